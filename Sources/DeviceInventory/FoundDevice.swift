public import LinuxIO

/// A device that is plugged in, as sysfs shows it. Which profile fits is decided above, by
/// vendor and product.
public struct FoundDevice: Equatable, Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    case printer
    /// Keys, buttons, scanners: it has evdev nodes.
    case terminal
    /// A serial line behind USB.
    case serial
    case unknown
  }

  public var kind: Kind
  public var vendorID: UInt16?
  public var productID: UInt16?
  /// Empty where the device does not say.
  public var manufacturer: String
  public var product: String
  public var serial: String
  /// `1-2.3`; nil for a device that is not on USB.
  public var usbPort: String?
  /// The kernel driver that has it: `usblp`, `usbhid`, `ftdi_sio`, `usbfs` (a program, through
  /// libusb); nil: none.
  public var driver: String?
  /// What a program opens. A printer has its USB node, and /dev/usb/lpN where usblp has it.
  public var nodes: [DeviceNode]

  /// `04b8:0202`; nil for a device without these numbers.
  public var ids: String? {
    guard let vendorID, let productID else { return nil }
    return Self.hex(vendorID) + ":" + Self.hex(productID)
  }

  private static func hex(_ id: UInt16) -> String {
    let digits = String(id, radix: 16)
    return String(repeating: "0", count: 4 - digits.utf8.count) + digits
  }
}

/// A path in /dev, and whether this user may open it.
public struct DeviceNode: Equatable, Sendable {
  public var path: String
  /// nil: the node does not exist (yet).
  public var access: NodeAccess?
}
