/// How an address stands in a frame.
public struct AddressFormat: Hashable, Sendable {
  public enum Form: String, Sendable, CaseIterable {
    /// Decimal digits, with leading zeros.
    case decimal
    /// Capital hex digits, with leading zeros.
    case hex
    /// One byte of this value.
    case byte
  }

  public static let digits = 1...4

  public let form: Form
  /// Width of `decimal` and `hex`, in characters.
  public let digits: Int
  /// Value of the byte that is address 0, with `byte`: 0x30 for a sign that takes `1` as its first.
  public let offset: UInt8

  public init(form: Form, digits: Int, offset: UInt8 = 0) {
    self.form = form
    self.digits = digits
    self.offset = form == .byte ? offset : 0
  }

  private var radix: Int { form == .hex ? 16 : 10 }

  /// Largest address that fits.
  public var address_max: Int {
    guard form != .byte else { return 255 - Int(offset) }
    return (0..<digits).reduce(1) { power, _ in power * radix } - 1
  }

  /// The bytes of the address that a person wrote in the radix of the form; nil when it does not
  /// fit.
  public func bytes(_ written: String) -> [UInt8]? {
    guard (1...8).contains(written.utf8.count),
      written.utf8.allSatisfy({ $0 != 0x2B && $0 != 0x2D }),
      let number = Int(written, radix: radix), (0...address_max).contains(number)
    else { return nil }
    if form == .byte { return [UInt8(number) + offset] }
    let text = String(number, radix: radix, uppercase: true)
    return Array(repeating: UInt8(ascii: "0"), count: digits - text.utf8.count) + text.utf8
  }

  /// How a person writes the address of these bytes; nil when they are none.
  public func written(_ address: [UInt8]) -> String? {
    guard isValid(address) else { return nil }
    if form == .byte { return String(address[0] - offset) }
    return Int(SignText.string(address), radix: radix).map {
      String($0, radix: radix, uppercase: true)
    }
  }

  /// Whether these bytes are an address of this form.
  func isValid(_ address: [UInt8]) -> Bool {
    form == .byte
      ? address.count == 1 && address[0] >= offset
      : address.count == digits && bytes(SignText.string(address)) == address
  }

  /// Bytes of every address.
  public var length: Int { form == .byte ? 1 : digits }

  /// What `bytes` takes, for a message.
  public var rule: String {
    let last = String(address_max, radix: radix, uppercase: true)
    return form == .hex ? "hex digits from 0 to \(last)" : "a number from 0 to \(last)"
  }
}
