import Branch

/// Which of the USB devices of a box is meant.
public enum USBPrinterSelector: Hashable, Sendable, CustomStringConvertible {
  /// The serial number that the device reports, exactly. Finds it at any port.
  case serial(String)
  /// `1-2.3`: the plug, whatever printer stands there. For twins without serial numbers.
  case port(String)
  case model(vendorID: UInt16, productID: UInt16)
  /// The only printer of the box.
  case anyPrinter

  public var description: String {
    switch self {
    case .serial(let serial): "the USB printer with serial number \(serial)"
    case .port(let port): "the USB printer at port \(port)"
    case .model(let vendorID, let productID):
      "the USB printer \(USBCandidate.hex(vendorID)):\(USBCandidate.hex(productID))"
    case .anyPrinter: "a USB printer"
    }
  }

  private func fits(_ device: USBCandidate) -> Bool {
    switch self {
    case .serial(let serial): device.serial == serial
    case .port(let port): device.port == port
    case .model(let vendorID, let productID):
      device.vendorID == vendorID && device.productID == productID
    case .anyPrinter: !device.printerInterfaces.isEmpty
    }
  }

  /// The one device that is meant, of all that are plugged in. With two that fit, neither: the
  /// tickets of one service would come out of the other's printer after a reboot.
  ///
  /// - Throws: `absent`, `not-a-printer`, or `ambiguous-device`.
  func choose(from devices: [USBCandidate]) throws(Problem) -> USBCandidate {
    let fitting = devices.filter(fits)
    let printers = fitting.filter { !$0.printerInterfaces.isEmpty }
    if printers.count == 1 { return printers[0] }
    if printers.count > 1 { throw USBProblem.ambiguous(self, printers) }
    if let other = fitting.first { throw USBProblem.notPrinter(self, other) }
    throw USBProblem.absent(self)
  }
}
