import Glibc

/// The USB device behind a node of /dev, as sysfs tells it (kernel documentation,
/// ABI/stable/sysfs-bus-usb).
public struct USBIdentity: Hashable, Sendable, CustomStringConvertible {
  /// Where it is plugged in: bus, then the ports on the way, `1-2.4`.
  public let port: String
  /// Four hexadecimal digits each.
  public let vendorID: String
  public let productID: String
  public let serial: String?
  public let manufacturer: String?
  public let product: String?

  /// - Parameter classDevice: an entry of /sys/class, `/sys/class/tty/ttyUSB0`.
  /// - Returns: nil when no USB device is above it.
  public init?(behind classDevice: String) {
    guard var directory = resolvedPath(classDevice) else { return nil }
    while let slash = directory.lastIndex(of: "/"), slash != directory.startIndex {
      if let vendor = SmallFile.text(directory + "/idVendor"),
        let product = SmallFile.text(directory + "/idProduct")
      {
        port = String(directory[directory.index(after: slash)...])
        vendorID = vendor
        productID = product
        serial = Self.attribute(directory, "serial")
        manufacturer = Self.attribute(directory, "manufacturer")
        self.product = Self.attribute(directory, "product")
        return
      }
      directory = String(directory[..<slash])
    }
    return nil
  }

  private static func attribute(_ directory: String, _ name: String) -> String? {
    guard let text = SmallFile.text(directory + "/" + name), !text.isEmpty else { return nil }
    return text
  }

  public var description: String {
    let name = [manufacturer, product].compactMap { $0 }.joined(separator: " ")
    let title = name.isEmpty ? "USB device" : name
    let number = serial.map { ", serial \($0)" } ?? ""
    return "\(title) (\(vendorID):\(productID)\(number)) at port \(port)"
  }
}

/// The path without links, `.` and `..`; nil when it does not exist.
public func resolvedPath(_ path: String) -> String? {
  guard let resolved = realpath(path, nil) else { return nil }
  defer { free(resolved) }
  return String(cString: resolved)
}
