import Branch

public enum ProfileTag {}
public enum KeyTag {}

/// A device profile: the name of its file in `Devices/` without `.json`.
public typealias ProfileID = Name<ProfileTag>

/// A key of a terminal as people call it, `button1`, whatever code the hardware sends.
public typealias KeyName = Name<KeyTag>

/// USB vendor and product id, `04b8:0202`.
public struct USBModel: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let vendor: UInt16
  public let product: UInt16

  public init(vendor: UInt16, product: UInt16) {
    self.vendor = vendor
    self.product = product
  }

  /// Two times four hex digits with a colon, as `lsusb` shows them; nil for any other form.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let vendor = Self.fourDigits(parts[0]),
      let product = Self.fourDigits(parts[1])
    else { return nil }
    self.init(vendor: vendor, product: product)
  }

  private static func fourDigits(_ text: some StringProtocol) -> UInt16? {
    guard text.utf8.count == 4, text.allSatisfy({ $0.isASCII && $0.isHexDigit }) else {
      return nil
    }
    return UInt16(text, radix: 16)
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.vendor, left.product) < (right.vendor, right.product)
  }

  public var description: String { "\(Self.hex(vendor)):\(Self.hex(product))" }

  private static func hex(_ number: UInt16) -> String {
    let digits = String(number, radix: 16)
    return String(repeating: "0", count: 4 - digits.utf8.count) + digits
  }
}
