/// The lab's branch: what hangs on which port. branch.json names the same serial numbers.
struct LabDevice {
  enum Kind: String { case printer, sign, box }

  let name: String
  let kind: Kind
  let identity: USBIdentity
  /// Not plugged in before the first step, and in no configuration.
  var isStranger = false
  /// Not a gadget on a bus, but an input device with a beeper.
  var sounds = false

  static let all: [LabDevice] = [
    printer("printer", serial: "LAB-PRINTER-1"),
    printer("printer-2", serial: "LAB-PRINTER-2"),
    printer("printer-3", serial: "LAB-PRINTER-3"),
    LabDevice(
      name: "sign", kind: .sign,
      identity: USBIdentity(
        vendor: 0x1d6b, product: 0x0104, maker: "kioskd", model: "LED sign", serial: "LAB-SIGN-1")),
    box("kiosk", model: "4-button kiosk", serial: "LAB-KIOSK-1"),
    box("kiosk-2", model: "4-button kiosk", serial: "LAB-KIOSK-2"),
    box("counter", model: "Counter keypad", serial: "LAB-COUNTER-1"),
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
      sounds: true),
  ]

  /// IEEE 1284 device id as a TM-T88V gives it.
  static let id1284 = "MFG:EPSON;CMD:ESC/POS;MDL:TM-T88V;CLS:PRINTER;DES:EPSON TM-T88V;"

  private static func printer(_ name: String, serial: String) -> LabDevice {
    LabDevice(
      name: name, kind: .printer,
      identity: USBIdentity(
        vendor: 0x04b8, product: 0x0202, maker: "EPSON", model: "TM-T88V", serial: serial))
  }

  private static func box(_ name: String, model: String, serial: String) -> LabDevice {
    LabDevice(
      name: name, kind: .box,
      identity: USBIdentity(
        vendor: 0x1d6b, product: 0x0104, maker: "kioskd", model: model, serial: serial))
  }

  /// Name under which udev's rules link the sign's serial line, whatever number it got.
  var serialLink: String {
    let words = [identity.maker, identity.model, identity.serial]
    let name = words.joined(separator: "_").split(separator: " ").joined(separator: "_")
    return "/dev/serial/by-id/usb-\(name)-if00"
  }

  var function: GadgetFunction {
    switch kind {
    case .printer: .printer(id1284: Self.id1284)
    case .sign: .serialLine
    case .box: .keyboard
    }
  }
}
