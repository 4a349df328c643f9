public import Branch

/// A sign's frame, described wholly by data: bytes before the text (begin, address), the text,
/// bytes after it, and a checksum at a place among the latter. It covers most counter displays:
/// EDI ED400 `02 a a digits 03`, Ditel DN `02 AH AL data 0D`, QSystem `01 addr text 07`, Rice Lake
/// `|AAccdata!`, CD5220 `1B 51 41 … 0D`.
public struct FrameDescription: Hashable, Sendable {
  /// Everything before the text, the address included.
  public let head: [UInt8]
  public let text: FrameText
  /// Everything after the text, without the checksum.
  public let tail: [UInt8]
  public let checksum: FrameChecksum?
  /// nil: the frame has no address.
  public let address: FrameAddress?

  /// Bytes of head or tail.
  public static let partBytes_max = 256

  /// Throws `sign-frame` for a description whose frames a sign could not tell apart.
  public init(
    head: [UInt8], text: FrameText, tail: [UInt8], checksum: FrameChecksum? = nil,
    address: FrameAddress? = nil
  ) throws(Problem) {
    self.head = head
    self.text = text
    self.tail = tail
    self.checksum = checksum
    self.address = address
    try checkParts()
    try checkEnd()
  }

  private func checkParts() throws(Problem) {
    guard head.count <= Self.partBytes_max, tail.count <= Self.partBytes_max else {
      throw problem("head or tail is too long", cure: "At most \(Self.partBytes_max) bytes each.")
    }
    guard FrameText.places.contains(text.places_max) else {
      let cure = "Give 1 to \(FrameText.places.upperBound)."
      throw problem("the text has \(text.places_max) places", cure: cure)
    }
    guard SignText.isPrintable(text.pad) else {
      throw problem("the pad is not printable", cure: "Use a space, or one ASCII character.")
    }
    guard !head.isEmpty || !tail.isEmpty else {
      throw problem("nothing stands around the text", cure: "Give a byte before or after it.")
    }
    guard addressRange != nil || address == nil else {
      throw problem(
        "the address lies outside of the frame", cure: "Put it before or after the text.")
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
    if let checksum, checksum.form == .byte, checksum.tailBytesBefore == 0 {
      throw problem(
        "a one-byte checksum follows a text of any length",
        cure: "Pad the text, or put the checksum further behind or in hexadecimal.")
    }
  }

  private func problem(_ cause: String, cure: String) -> Problem {
    Problem(
      code: "sign-frame", what: "the sign's frame cannot be used", cause: cause, cure: cure)
  }

  /// Bytes of the address within head or tail.
  private var addressRange: Range<Int>? {
    guard let address else { return nil }
    let (first, part) =
      switch address.place {
      case .head(let index): (index, head)
      case .tail(let index): (index, tail)
      }
    guard first >= 0, first + address.format.length <= part.count else { return nil }
    return first..<first + address.format.length
  }

  /// The same frame for the sign with this address. Throws `sign-frame` when a sign could not tell
  /// such frames apart, or when the frame has no such address.
  public func addressed(_ bytes: [UInt8]) throws(Problem) -> FrameDescription {
    guard let address, let range = addressRange, address.format.isValid(bytes) else {
      throw problem("it has no such address", cure: "Use an address of the profile's form.")
    }
    var head = head
    var tail = tail
    switch address.place {
    case .head: head.replaceSubrange(range, with: bytes)
    case .tail: tail.replaceSubrange(range, with: bytes)
    }
    return try FrameDescription(
      head: head, text: text, tail: tail, checksum: checksum, address: address)
  }

  /// Whether a line of seven data bits could not carry the frame. A checksum may lose its top bit:
  /// a sign on such a line never sees it.
  var needsEightBits: Bool { (head + tail).contains { $0 > 0x7F } }

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
