public import Branch

/// The text's places in a frame.
public struct FrameTextField: Hashable, Sendable {
  public enum Align: String, Sendable, CaseIterable { case left, right, center }
  public enum Characters: String, Sendable, CaseIterable {
    /// Printable ASCII.
    case ascii
    /// Digits only: seven-segment displays. Letters of a ticket number are left out.
    case digits
  }

  /// Places the sign has, 1 to 80. A longer text is shortened, see `TextFitting`.
  public let places_max: Int
  /// Shorter texts are filled up to `places_max`; else they are sent as they are.
  public let isPadded: Bool
  public let align: Align
  /// Printable ASCII.
  public let pad: UInt8
  public let isUpperCased: Bool
  public let characters: Characters

  public static let placesLimit = 80

  public init(
    places_max: Int, isPadded: Bool = true, align: Align = .left,
    pad: UInt8 = UInt8(ascii: " "), isUpperCased: Bool = false, characters: Characters = .ascii
  ) {
    self.places_max = places_max
    self.isPadded = isPadded
    self.align = align
    self.pad = pad
    self.isUpperCased = isUpperCased
    self.characters = characters
  }
}

/// How a frame proves itself.
public struct FrameChecksum: Hashable, Sendable {
  public enum Kind: String, Sendable, CaseIterable {
    /// Sum of the bytes, low 8 bits.
    case sum8
    /// Two's complement of `sum8`: sum and checksum together give 0.
    case negatedSum8 = "negated-sum8"
    /// Exclusive or of the bytes.
    case xor8
  }
  public enum Encoding: String, Sendable, CaseIterable {
    /// One byte.
    case byte
    /// Two upper-case hexadecimal digits.
    case hex
  }
  public enum Place: String, Sendable, CaseIterable {
    case beforeSuffix = "before-suffix"
    /// The suffix is then summed as well.
    case afterSuffix = "after-suffix"
  }

  public let kind: Kind
  public let encoding: Encoding
  public let place: Place
  /// Whether the prefix is summed; the address and the text always are.
  public let coversPrefix: Bool

  public init(
    kind: Kind, encoding: Encoding = .hex, place: Place = .beforeSuffix, coversPrefix: Bool = false
  ) {
    self.kind = kind
    self.encoding = encoding
    self.place = place
    self.coversPrefix = coversPrefix
  }

  func encode(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    let value: UInt8
    switch kind {
    case .sum8: value = bytes.reduce(0, &+)
    case .negatedSum8: value = 0 &- bytes.reduce(0, &+)
    case .xor8: value = bytes.reduce(0, ^)
    }
    return encoding == .byte ? [value] : Array(SignText.hex([value]).utf8)
  }

  var length: Int { encoding == .byte ? 1 : 2 }
}

/// A sign's frame, described wholly by data: prefix, address, text, suffix and a checksum before
/// or after the suffix. It covers most counter displays: EDI ED400 `02 a a digits 03`, Ditel DN
/// `02 AH AL data 0D`, QSystem `01 addr text 07`, Rice Lake `|AAccdata!`, CD5220 `1B 51 41 … 0D`.
public struct FrameDescription: Hashable, Sendable {
  public let prefix: [UInt8]
  public let address: [UInt8]
  public let text: FrameTextField
  public let suffix: [UInt8]
  public let checksum: FrameChecksum?

  /// Bytes of a prefix, address or suffix.
  public static let partBytes_max = 32

  /// Throws `sign-frame` for a description whose frames a sign could not tell apart.
  public init(
    prefix: [UInt8], address: [UInt8] = [], text: FrameTextField, suffix: [UInt8],
    checksum: FrameChecksum? = nil
  ) throws(Problem) {
    for (name, part) in [("prefix", prefix), ("address", address), ("suffix", suffix)]
    where part.count > Self.partBytes_max {
      throw Self.problem("the \(name) has \(part.count) bytes", cure: "At most 32 are possible.")
    }
    guard (1...FrameTextField.placesLimit).contains(text.places_max) else {
      throw Self.problem("the text has \(text.places_max) places", cure: "Give 1 to 80.")
    }
    guard SignText.isPrintable(text.pad) else {
      throw Self.problem("the pad is not printable", cure: "Use a space, or one ASCII character.")
    }
    guard !prefix.isEmpty || !suffix.isEmpty else {
      throw Self.problem("prefix and suffix are empty", cure: "Give at least one of them.")
    }
    if !text.isPadded {
      guard let end = suffix.first, !SignText.isLetter(end), !SignText.isDigit(end), end != 0x20
      else {
        throw Self.problem(
          "a text of any length has no recognisable end",
          cure: "Pad the text, or start the suffix with a byte that no text has.")
      }
      if let checksum, checksum.encoding == .byte, checksum.place == .beforeSuffix {
        throw Self.problem(
          "a one-byte checksum follows a text of any length",
          cure: "Pad the text, or put the checksum after the suffix or in hexadecimal.")
      }
    }
    self.prefix = prefix
    self.address = address
    self.text = text
    self.suffix = suffix
    self.checksum = checksum
  }

  private static func problem(_ cause: String, cure: String) -> Problem {
    Problem(
      code: "sign-frame", what: "the sign's frame cannot be used", cause: cause, cure: cure)
  }

  /// The frame that shows the text; an empty text makes the sign dark.
  public func encode(_ shown: String) -> [UInt8] {
    assemble(field(for: shown))
  }

  /// Bytes of the longest frame.
  public var frameBytes_max: Int {
    prefix.count + address.count + text.places_max + suffix.count + (checksum?.length ?? 0)
  }

  func assemble(_ field: [UInt8]) -> [UInt8] {
    let body = address + field
    guard let checksum else { return prefix + body + suffix }
    let covered = (checksum.coversPrefix ? prefix : []) + body
    switch checksum.place {
    case .beforeSuffix: return prefix + body + checksum.encode(covered) + suffix
    case .afterSuffix: return prefix + body + suffix + checksum.encode(covered + suffix)
    }
  }

  private func field(for shown: String) -> [UInt8] {
    var bytes = SignText.ascii(shown).map { isReserved($0) ? SignText.replacement : $0 }
    if text.isUpperCased { bytes = SignText.uppercased(bytes) }
    if text.characters == .digits { bytes = digits(of: bytes) }
    return padded(TextFitting.fit(bytes, into: text.places_max))
  }

  /// A byte of the text that a sign would take for the frame's begin or end. Letters and digits
  /// are never reserved: as part of a prefix they are known by their place.
  private func isReserved(_ byte: UInt8) -> Bool {
    guard byte == prefix.first || byte == suffix.first else { return false }
    return !SignText.isLetter(byte) && !SignText.isDigit(byte) && byte != UInt8(ascii: " ")
      && byte != SignText.replacement
  }

  /// The first run of digits; dashes when the text has none, so that `CLOSED` is not dark.
  private func digits(of bytes: [UInt8]) -> [UInt8] {
    if TextFitting.trimmed(bytes).isEmpty { return [] }
    let run = bytes.drop { !SignText.isDigit($0) }.prefix(while: SignText.isDigit)
    return run.isEmpty ? [UInt8](repeating: TextFitting.dash, count: text.places_max) : Array(run)
  }

  private func padded(_ bytes: [UInt8]) -> [UInt8] {
    guard text.isPadded else { return bytes }
    let missing = text.places_max - bytes.count
    let before: Int
    switch text.align {
    case .left: before = 0
    case .right: before = missing
    case .center: before = missing / 2
    }
    return [UInt8](repeating: text.pad, count: before) + bytes
      + [UInt8](repeating: text.pad, count: missing - before)
  }
}
