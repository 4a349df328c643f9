import LinuxIO

/// A USB device that has a printer interface, as sysfs shows it.
struct USBCandidate: Equatable, Sendable {
  /// Where it is plugged in, `1-2.3`: bus 1, port 2 of the root hub, port 3 of the hub there.
  let port: String
  let bus: Int
  /// Changes with every plug.
  let address: Int
  let vendorID: UInt16
  let productID: UInt16
  let manufacturer: String
  let product: String
  let serial: String
  /// `bInterfaceNumber` of the interfaces of class 7.
  let printerInterfaces: [Int]

  /// The node's path below /dev/bus/usb, `001/005`.
  var node: String { Self.threeDigits(bus) + "/" + Self.threeDigits(address) }

  private static func threeDigits(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 3 - digits.utf8.count)) + digits
  }

  /// `04b8:0202`.
  var ids: String { Self.hex(vendorID) + ":" + Self.hex(productID) }

  static func hex(_ id: UInt16) -> String {
    let digits = String(id, radix: 16)
    return String(repeating: "0", count: 4 - digits.utf8.count) + digits
  }

  /// For people: `EPSON TM-T88V (04b8:0202), serial J6QF, USB 1-2`.
  var identity: String {
    let names = [manufacturer, product].filter { !$0.isEmpty }.joined(separator: " ")
    let name = names.isEmpty ? "USB printer" : names
    return "\(name) (\(ids))" + (serial.isEmpty ? "" : ", serial \(serial)") + ", USB \(port)"
  }
}

/// The USB devices that the kernel knows, read from sysfs. Not from libusb: its list follows
/// udevd and is stale without it, and to read a serial number there the device must be opened,
/// while sysfs tells it to everybody.
struct USBTree {
  /// `/sys` but in tests.
  let sysfs: String
  static let printerClass = "07"

  /// All devices but hubs, with the printer interfaces that they have.
  func devices() -> [USBCandidate] {
    let directory = sysfs + "/bus/usb/devices"
    let names = SmallFile.entries(directory)
    return names.filter(Self.isDevice).compactMap { name in
      let interfaces = names.filter { $0.hasPrefix(name + ":") }
      return device(name, directory, interfaces)
    }
  }

  /// `1-2.3`; not `usb1` (a root hub) and not `1-2.3:1.0` (an interface).
  static func isDevice(_ name: String) -> Bool {
    guard let first = name.utf8.first else { return false }
    return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) && name.contains("-")
      && !name.contains(":")
  }

  private func device(_ name: String, _ directory: String, _ interfaces: [String])
    -> USBCandidate?
  {
    let path = "\(directory)/\(name)"
    func text(_ attribute: String) -> String { SmallFile.text("\(path)/\(attribute)") ?? "" }
    // Attributes go away one by one while the device does: what has no number is not there.
    guard let bus = Int(text("busnum")), let address = Int(text("devnum")),
      let vendorID = UInt16(text("idVendor"), radix: 16),
      let productID = UInt16(text("idProduct"), radix: 16), text("bDeviceClass") != "09"
    else { return nil }
    let printers = interfaces.compactMap { interface -> Int? in
      let place = "\(directory)/\(interface)"
      guard SmallFile.text("\(place)/bInterfaceClass") == Self.printerClass else { return nil }
      return SmallFile.text("\(place)/bInterfaceNumber").flatMap { Int($0, radix: 16) }
    }
    return USBCandidate(
      port: name, bus: bus, address: address, vendorID: vendorID, productID: productID,
      manufacturer: text("manufacturer"), product: text("product"), serial: text("serial"),
      printerInterfaces: printers)
  }
}
