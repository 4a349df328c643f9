import Branch

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

  public init(form: Form, digits: Int) {
    self.form = form
    self.digits = digits
  }

  private var radix: Int { form == .hex ? 16 : 10 }

  /// Largest address that fits.
  public var address_max: Int {
    guard form != .byte else { return 255 }
    return (0..<digits).reduce(1) { power, _ in power * radix } - 1
  }

  /// The bytes of the address that a person wrote in the radix of the form; nil when it does not
  /// fit.
  public func bytes(_ written: String) -> [UInt8]? {
    guard (1...8).contains(written.utf8.count),
      written.utf8.allSatisfy({ $0 != 0x2B && $0 != 0x2D }),
      let number = Int(written, radix: radix), (0...address_max).contains(number)
    else { return nil }
    if form == .byte { return [UInt8(number)] }
    let text = String(number, radix: radix, uppercase: true)
    return Array(repeating: UInt8(ascii: "0"), count: digits - text.utf8.count) + text.utf8
  }

  /// What `bytes` takes, for a message.
  var rule: String {
    let last = String(address_max, radix: radix, uppercase: true)
    return form == .hex ? "hex digits from 0 to \(last)" : "a number from 0 to \(last)"
  }
}

/// How the text stands in a frame.
public struct FrameText: Hashable, Sendable {
  public enum Align: String, Sendable, CaseIterable {
    case left, right
  }

  /// What the sign can show; other characters become the pad character.
  public enum Characters: String, Sendable, CaseIterable {
    /// 0x20 to 0x7E.
    case ascii
    /// The same, small letters sent as capitals.
    case upperASCII = "upper-ascii"
    /// 0 to 9, minus and blank.
    case digits
  }

  public static let width = 1...256

  /// Characters the field always has; shorter texts are padded, longer ones cut. nil: as long as
  /// the text, at most the columns of the sign.
  public let width: Int?
  public let align: Align
  /// Printable ASCII.
  public let pad: UInt8
  public let characters: Characters

  public init(
    width: Int?, align: Align = .left, pad: UInt8 = 0x20, characters: Characters = .ascii
  ) {
    self.width = width
    self.align = align
    self.pad = pad
    self.characters = characters
  }
}

/// A check over bytes of the frame.
public struct FrameChecksum: Hashable, Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// The bytes added up, modulo 256.
    case sum8
    /// The bytes combined by exclusive or.
    case xor8
  }

  public enum Form: String, Sendable, CaseIterable {
    case byte
    /// Two capital hex digits.
    case hex
  }

  public let kind: Kind
  public let form: Form
  /// Index in `FrameFormat.layout` of the first element that is covered; the last one is that
  /// before the checksum.
  public let firstElement: Int

  public init(kind: Kind, form: Form, firstElement: Int) {
    self.kind = kind
    self.form = form
    self.firstElement = firstElement
  }

  /// The check as it stands in the frame.
  public func bytes(over covered: some Sequence<UInt8>) -> [UInt8] {
    let value = covered.reduce(UInt8(0)) { kind == .sum8 ? $0 &+ $1 : $0 ^ $1 }
    guard form == .hex else { return [value] }
    let digits = String(value, radix: 16, uppercase: true)
    return Array((digits.utf8.count == 1 ? "0" + digits : digits).utf8)
  }
}

/// A frame of a serial sign, part by part.
public struct FrameFormat: Hashable, Sendable {
  public enum Element: Hashable, Sendable {
    case bytes([UInt8])
    case address
    case text
    case checksum
  }

  public static let elements_max = 32
  public static let literal_bytes_max = 32
  public static let gap = Span(ms: 0)...Span(ms: 5000)

  /// In the order of sending; `text` once, `address` and `checksum` at most once.
  public let layout: [Element]
  /// nil: the frame has no address.
  public let addressFormat: AddressFormat?
  /// Bytes of the address unless the configuration gives another; empty without address.
  public let address: [UInt8]
  public let text: FrameText
  public let checksum: FrameChecksum?
  /// Silence that the sign needs between two frames.
  public let gap: Span

  public init(
    layout: [Element], addressFormat: AddressFormat? = nil, address: [UInt8] = [],
    text: FrameText, checksum: FrameChecksum? = nil, gap: Span = Span(ms: 0)
  ) {
    self.layout = layout
    self.addressFormat = addressFormat
    self.address = address
    self.text = text
    self.checksum = checksum
    self.gap = gap
  }
}
