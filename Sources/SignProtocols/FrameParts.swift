/// The text's places in a frame.
public struct FrameText: Hashable, Sendable {
  public enum Align: String, Sendable, CaseIterable { case left, right, center }

  /// What the sign can show. Letters lose their accents; see `SignText.ascii`.
  public enum Characters: String, Sendable, CaseIterable {
    /// Printable ASCII, 0x20 to 0x7E.
    case ascii
    /// The same, small letters sent as capitals.
    case upperASCII = "upper-ascii"
    /// Digits only: seven-segment displays. Letters of a ticket number are left out.
    case digits
  }

  public static let places = 1...256

  /// Places the sign has, one of `places`. A longer text is shortened, see `TextFitting`.
  public let places_max: Int
  /// Shorter texts are filled up to `places_max`; else they are sent as they are.
  public let isPadded: Bool
  public let align: Align
  /// Printable ASCII.
  public let pad: UInt8
  public let characters: Characters

  public init(
    places_max: Int, isPadded: Bool = true, align: Align = .left,
    pad: UInt8 = UInt8(ascii: " "), characters: Characters = .ascii
  ) {
    self.places_max = places_max
    self.isPadded = isPadded
    self.align = align
    self.pad = pad
    self.characters = characters
  }
}

/// How a frame proves itself: one value over all bytes from one place up to the checksum itself.
public struct FrameChecksum: Hashable, Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// Sum of the bytes, low 8 bits.
    case sum8
    /// Two's complement of `sum8`: sum and checksum together give 0.
    case negatedSum8 = "negated-sum8"
    /// Exclusive or of the bytes.
    case xor8
  }
  public enum Form: String, Sendable, CaseIterable {
    /// One byte.
    case byte
    /// Two upper-case hexadecimal digits.
    case hex
  }

  public let kind: Kind
  public let form: Form
  /// Bytes of the frame's begin that are not covered: 1 leaves out an STX.
  public let uncoveredBytes: Int
  /// Bytes of the tail that come before the checksum, and are covered: 0 puts it right behind the
  /// text, 1 behind an ETX.
  public let tailBytesBefore: Int

  public init(
    kind: Kind, form: Form = .byte, uncoveredBytes: Int = 0, tailBytesBefore: Int = 0
  ) {
    self.kind = kind
    self.form = form
    self.uncoveredBytes = uncoveredBytes
    self.tailBytesBefore = tailBytesBefore
  }

  func encode(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let value: UInt8
    switch kind {
    case .sum8: value = bytes.reduce(0, &+)
    case .negatedSum8: value = 0 &- bytes.reduce(0, &+)
    case .xor8: value = bytes.reduce(0, ^)
    }
    return form == .byte ? [value] : Array(SignText.hex([value]).utf8)
  }

  var length: Int { form == .byte ? 1 : 2 }
}

/// Where in a frame the address stands, so that each of several signs on a line can be meant.
public struct FrameAddress: Hashable, Sendable {
  public enum Place: Hashable, Sendable {
    /// Index of its first byte in the head.
    case head(Int)
    /// Index of its first byte in the tail.
    case tail(Int)
  }

  public let format: AddressFormat
  public let place: Place

  public init(format: AddressFormat, place: Place) {
    self.format = format
    self.place = place
  }
}
