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
  public enum Encoding: String, Sendable, CaseIterable {
    /// One byte.
    case byte
    /// Two upper-case hexadecimal digits.
    case hex
  }

  public let kind: Kind
  public let encoding: Encoding
  /// Bytes of the frame's begin that are not covered: 1 leaves out an STX.
  public let uncoveredBytes: Int
  /// Bytes of the tail that come before the checksum, and are covered: 0 puts it right behind the
  /// text, 1 behind an ETX.
  public let tailBytesBefore: Int

  public init(
    kind: Kind, encoding: Encoding = .hex, uncoveredBytes: Int = 0, tailBytesBefore: Int = 0
  ) {
    self.kind = kind
    self.encoding = encoding
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
    return encoding == .byte ? [value] : Array(SignText.hex([value]).utf8)
  }

  var length: Int { encoding == .byte ? 1 : 2 }
}

/// A sign's frame, described wholly by data: bytes before the text (begin, address), the text,
/// bytes after it, and a checksum at a place among the latter. It covers most counter displays:
/// EDI ED400 `02 a a digits 03`, Ditel DN `02 AH AL data 0D`, QSystem `01 addr text 07`, Rice Lake
/// `|AAccdata!`, CD5220 `1B 51 41 … 0D`.
public struct FrameDescription: Hashable, Sendable {
  /// Everything before the text, the address included.
  public let head: [UInt8]
  public let text: FrameTextField
  /// Everything after the text, without the checksum.
  public let tail: [UInt8]
  public let checksum: FrameChecksum?

  /// Bytes of head or tail.
  public static let partBytes_max = 256

  /// Throws `sign-frame` for a description whose frames a sign could not tell apart.
  public init(
    head: [UInt8], text: FrameTextField, tail: [UInt8], checksum: FrameChecksum? = nil
  ) throws(Problem) {
    self.head = head
    self.text = text
    self.tail = tail
    self.checksum = checksum
    try checkParts()
    try checkEnd()
  }

  private func checkParts() throws(Problem) {
    guard head.count <= Self.partBytes_max, tail.count <= Self.partBytes_max else {
      throw problem("head or tail is too long", cure: "At most \(Self.partBytes_max) bytes each.")
    }
    guard (1...FrameTextField.placesLimit).contains(text.places_max) else {
      let cure = "Give 1 to \(FrameTextField.placesLimit)."
      throw problem("the text has \(text.places_max) places", cure: cure)
    }
    guard SignText.isPrintable(text.pad) else {
      throw problem("the pad is not printable", cure: "Use a space, or one ASCII character.")
    }
    guard !head.isEmpty || !tail.isEmpty else {
      throw problem("nothing stands around the text", cure: "Give a byte before or after it.")
    }
    guard let checksum else { return }
    guard (0...head.count).contains(checksum.uncoveredBytes),
      (0...tail.count).contains(checksum.tailBytesBefore)
    else {
      throw problem("the checksum lies outside of the frame", cure: "Cover the text.")
    }
  }

  /// A text without a fixed width ends where the tail begins, so that has to be recognisable.
  private func checkEnd() throws(Problem) {
    if text.isPadded { return }
    guard let end = tail.first, !SignText.isWord(end), end != UInt8(ascii: " ") else {
      throw problem(
        "a text of any length has no recognisable end",
        cure: "Pad the text, or let a byte follow that no text has.")
    }
    if let checksum, checksum.encoding == .byte, checksum.tailBytesBefore == 0 {
      throw problem(
        "a one-byte checksum follows a text of any length",
        cure: "Pad the text, or put the checksum further behind or in hexadecimal.")
    }
  }

  private func problem(_ cause: String, cure: String) -> Problem {
    Problem(
      code: "sign-frame", what: "the sign's frame cannot be used", cause: cause, cure: cure)
  }

  /// The frame that shows the text; an empty text makes the sign dark.
  public func encode(_ shown: String) -> [UInt8] {
    assemble(field(for: shown))
  }

  /// Bytes of the longest frame.
  public var frameBytes_max: Int {
    head.count + text.places_max + tail.count + (checksum?.length ?? 0)
  }

  func assemble(_ field: [UInt8]) -> [UInt8] {
    guard let checksum else { return head + field + tail }
    let before = head + field + tail.prefix(checksum.tailBytesBefore)
    let sum = checksum.encode(before.dropFirst(checksum.uncoveredBytes))
    return before + sum + tail.dropFirst(checksum.tailBytesBefore)
  }
}
