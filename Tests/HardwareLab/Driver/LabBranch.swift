/// A branch that a scenario can play: which devices stand there, and the file that `kioskd` reads.
/// The kernel has no more than four HID gadget functions at once (Linux 6.1, drivers/usb/gadget/
/// function/f_hid.c: HIDG_MINORS), so there are several.
enum LabBranch: String, CaseIterable {
  case main
  /// Boxes that are mistaken for each other.
  case twins
  /// A box with two event nodes, and a scanner.
  case terminals
  /// Scanners with American, British and German keyboards.
  case scanners
  /// French, Belgian and Spanish ones.
  case moreScanners = "more-scanners"
  /// Two signs on one line.
  case signs
  /// Two signs on one line, behind an FTDI adapter.
  case ftdi

  /// QEMU brings an adapter of FTDI.
  var hasAdapter: Bool { LabDevice.standing(in: self).contains(where: \.isAdapter) }

  /// As the guest sees it.
  var configuration: String {
    self == .main ? "/lab/branch.json" : "/lab/Branches/\(rawValue).json"
  }
}

extension LabDevice {
  static let twins: [LabDevice] = [
    // Nothing but their port tells them apart.
    box("twin-left", model: "Twin box", serial: "", in: [.twins]),
    box("twin-right", model: "Twin box", serial: "", in: [.twins]),
    box("panel", model: "Two-part panel", serial: "LAB-PANEL-1", in: [.terminals]),
    LabDevice(
      name: "panel-2", kind: .box,
      identity: USBIdentity(
        vendor: 0x1d6b, product: 0x0104, maker: "kioskd", model: "Two-part panel",
        serial: "LAB-PANEL-1"),
      branches: [.terminals], partOf: "panel"),
  ]

  static let scanners: [LabDevice] = [
    scanner("scanner", .us, in: .terminals),
    scanner("scanner-us", .us, in: .scanners),
    scanner("scanner-uk", .uk, in: .scanners),
    scanner("scanner-de", .de, in: .scanners),
    scanner("scanner-caps", .us, in: .scanners, heedsCapsLock: true),
    scanner("scanner-fr", .fr, in: .moreScanners),
    scanner("scanner-be", .be, in: .moreScanners),
    scanner("scanner-es", .es, in: .moreScanners),
  ]

  private static func scanner(
    _ name: String, _ layout: ScannerLayout, in branch: LabBranch, heedsCapsLock: Bool = false
  ) -> LabDevice {
    var scanner = box(
      name, model: "Code scanner", serial: "LAB-\(name.uppercased())", in: [branch])
    scanner.layout = layout
    scanner.heedsCapsLock = heedsCapsLock
    return scanner
  }

  static let lines: [LabDevice] = [
    LabDevice(
      name: "board-1", kind: .sign, identity: line, branches: [.signs], signAddress: "01"),
    LabDevice(
      name: "board-2", kind: .sign, identity: line, branches: [.signs], partOf: "board-1",
      signAddress: "02"),
    LabDevice(
      name: "ftdi-1", kind: .sign, identity: adapter, isAdapter: true, branches: [.ftdi],
      signAddress: "01"),
    LabDevice(
      name: "ftdi-2", kind: .sign, identity: adapter, isAdapter: true, branches: [.ftdi],
      partOf: "ftdi-1", signAddress: "02"),
  ]

  /// The names that QEMU's usb-serial gives itself (QEMU, hw/usb/dev-serial.c); the number is ours.
  private static let adapter = USBIdentity(
    vendor: 0x0403, product: 0x6001, maker: "QEMU", model: "QEMU USB SERIAL", serial: "LAB-FTDI-1")

  private static let line = USBIdentity(
    vendor: 0x1d6b, product: 0x0104, maker: "kioskd", model: "RS-485 line", serial: "LAB-LINE-1")

  /// A gadget of the guest's own kernel.
  var isGadget: Bool { !sounds && !isAdapter }

  /// Sets of keys that it has; signs on one line have one adapter.
  var parts: Int { kind == .sign ? 1 : 1 + Self.all.count { $0.partOf == name } }
}
