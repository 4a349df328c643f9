/// A device of the lab: what hangs on which port. The branches' files name the same serial numbers.
struct LabDevice {
  enum Kind: String { case printer, sign, box }

  let name: String
  let kind: Kind
  /// An empty serial number is none.
  let identity: USBIdentity
  /// Not plugged in before the first step, and in no configuration.
  var isStranger = false
  /// Not a gadget on a bus, but an input device with a beeper.
  var sounds = false
  /// Not a gadget, but an FTDI adapter that hangs on QEMU (Adapter.swift).
  var isAdapter = false
  /// Where it stands.
  var branches: Set<LabBranch> = [.main]
  /// The device whose second set of keys, or second sign on a line, this is.
  var partOf: String?
  /// Of a sign that shares its line.
  var signAddress: String?
  /// The keyboard that a scanner believes to be.
  var layout: ScannerLayout?
  /// A scanner that looks at the Caps Lock lamp, and types small for large while it is lit.
  var heedsCapsLock = false

  /// Devices of all branches.
  static let all: [LabDevice] = mainBranch + twins + scanners + lines

  /// Devices that stand in a branch, in the order of their ports.
  static func standing(in branch: LabBranch) -> [LabDevice] {
    all.filter { $0.branches.contains(branch) }
  }

  private static let mainBranch: [LabDevice] = [
    printer("printer", serial: "LAB-PRINTER-1", in: Set(LabBranch.allCases)),
    printer("printer-2", serial: "LAB-PRINTER-2"),
    printer("printer-3", serial: "LAB-PRINTER-3"),
    LabDevice(
      name: "sign", kind: .sign,
      identity: USBIdentity(
        vendor: 0x1d6b, product: 0x0104, maker: "kioskd", model: "LED sign", serial: "LAB-SIGN-1")),
    box(
      "kiosk", model: "4-button kiosk", serial: "LAB-KIOSK-1",
      in: [.main, .twins, .terminals, .signs, .ftdi]),
    box("kiosk-2", model: "4-button kiosk", serial: "LAB-KIOSK-2", in: [.main, .twins]),
    box("counter", model: "Counter keypad", serial: "LAB-COUNTER-1", in: [.main, .signs, .ftdi]),
    box("smiley", model: "Smiley terminal", serial: "LAB-SMILEY-1"),
    // A serial line that says it is the printer, down to the serial number.
    LabDevice(
      name: "impostor", kind: .sign,
      identity: USBIdentity(
        vendor: 0x04b8, product: 0x0202, maker: "EPSON", model: "TM-T88V",
        serial: "LAB-PRINTER-1"), isStranger: true),
    LabDevice(
      name: "buzzer", kind: .box,
      identity: USBIdentity(
        vendor: 0, product: 0, maker: "kioskd", model: "buzzer", serial: "lab-buzzer"),
      sounds: true, branches: [.main, .terminals]),
  ]

  /// IEEE 1284 device id as a TM-T88V gives it.
  static let id1284 = "MFG:EPSON;CMD:ESC/POS;MDL:TM-T88V;CLS:PRINTER;DES:EPSON TM-T88V;"

  private static func printer(
    _ name: String, serial: String, in branches: Set<LabBranch> = [.main]
  ) -> LabDevice {
    LabDevice(
      name: name, kind: .printer,
      identity: USBIdentity(
        vendor: 0x04b8, product: 0x0202, maker: "EPSON", model: "TM-T88V", serial: serial),
      branches: branches)
  }

  static func box(
    _ name: String, model: String, serial: String, in branches: Set<LabBranch> = [.main]
  ) -> LabDevice {
    LabDevice(
      name: name, kind: .box,
      identity: USBIdentity(
        vendor: 0x1d6b, product: 0x0104, maker: "kioskd", model: model, serial: serial),
      branches: branches)
  }

  /// Name under which udev's rules link the sign's serial line, whatever number it got.
  var serialLink: String {
    let words = [identity.maker, identity.model, identity.serial]
    let name = words.joined(separator: "_").split(separator: " ").joined(separator: "_")
    // One chip of FTDI may have several ports.
    return "/dev/serial/by-id/usb-\(name)-if00\(isAdapter ? "-port0" : "")"
  }

  var function: GadgetFunction {
    switch kind {
    case .printer: .printer(id1284: Self.id1284)
    case .sign: .serialLine
    case .box: .keyboard
    }
  }
}
