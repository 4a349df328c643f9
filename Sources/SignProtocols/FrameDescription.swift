public import Branch

/// A sign's frame, described wholly by data: bytes before the text (begin, address), the text,
/// bytes after it, and a checksum at a place among the latter; and what goes over the line around
/// it. It covers most counter displays:
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
  public let conversation: FrameConversation

  /// Bytes of head or tail.
  public static let partBytes_max = 256

  /// Throws `sign-frame` for a description whose frames a sign could not tell apart.
  public init(
    head: [UInt8], text: FrameText, tail: [UInt8], checksum: FrameChecksum? = nil,
    address: FrameAddress? = nil, conversation: FrameConversation = FrameConversation()
  ) throws(Problem) {
    self.head = head
    self.text = text
    self.tail = tail
    self.checksum = checksum
    self.address = address
    self.conversation = conversation
    try checkParts()
    try checkEnd()
    try checkConversation()
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

  private func checkConversation() throws(Problem) {
    if let lines = conversation.lines {
      let count = lines.values.first?.count ?? 0
      guard FrameLines.count.contains(lines.values.count), FrameLines.length.contains(count),
        lines.values.allSatisfy({ $0.count == count }),
        Set(lines.values).count == lines.values.count,
        linesRange != nil, addressRange.map({ !$0.overlaps(linesRange ?? $0) }) ?? true
      else { throw problem("its lines cannot be told apart", cure: "Give each its own bytes.") }
    }
    if let answer = conversation.answer, answer.isAmbiguous {
      throw problem(
        "its answers cannot be told apart", cure: "Let none of them begin with the other.")
    }
    let words = conversation.words.map(\.bytes)
    for (index, word) in words.enumerated() {
      guard FrameWord.length.contains(word.count), conversation.words[index].fits(address) else {
        throw problem("what is sent besides the text is too long", cure: "Give fewer bytes.")
      }
      // What comes before a text may come again; nothing else may.
      let others = words.indices[(index + 1)...]
        .filter { $0 >= conversation.before.count || words[$0] != word }.map { words[$0] }
      if (others + heads).contains(where: { zip($0, word).allSatisfy { $0 == $1 } }) {
        throw problem(
          "what is sent besides the text begins like another frame",
          cure: "Let it begin with other bytes, and let the text's frame begin with one at least.")
      }
    }
  }

  /// What a frame begins with, one for each line.
  var heads: [[UInt8]] {
    guard let lines = conversation.lines, case .head = lines.place else { return [head] }
    return lines.values.indices.map { parts(line: $0).head }
  }

  var tails: [[UInt8]] {
    guard let lines = conversation.lines, case .tail = lines.place else { return [tail] }
    return lines.values.indices.map { parts(line: $0).tail }
  }

  /// Head and tail of the frame for this line, from 0.
  func parts(line: Int) -> (head: [UInt8], tail: [UInt8]) {
    guard let lines = conversation.lines, let range = linesRange else { return (head, tail) }
    var (head, tail) = (head, tail)
    switch lines.place {
    case .head: head.replaceSubrange(range, with: lines.values[line])
    case .tail: tail.replaceSubrange(range, with: lines.values[line])
    }
    return (head, tail)
  }

  private var linesRange: Range<Int>? {
    conversation.lines.flatMap { range($0.place, length: $0.values.first?.count ?? 0) }
  }

  /// A text without a fixed width ends where the tail begins, so that has to be recognisable.
  private func checkEnd() throws(Problem) {
    if text.isPadded { return }
    guard text.characters != .sevenSegment else {
      throw problem("segments of any number have no recognisable end", cure: "Give a width.")
    }
    // What stands for other characters, and for a number that does not fit, is text as well.
    let textual = [UInt8(ascii: " "), SignText.replacement, TextFitting.dash]
    for end in tails.map(\.first) {
      guard let end, !SignText.isWord(end), !textual.contains(end) else {
        throw problem(
          "a text of any length has no recognisable end",
          cure: "Pad the text, or let a byte follow that no text has.")
      }
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

  /// The address as it stands in the frame.
  var addressBytes: [UInt8]? {
    guard let address, let range = addressRange else { return nil }
    switch address.place {
    case .head: return Array(head[range])
    case .tail: return Array(tail[range])
    }
  }

  /// Bytes of the address within head or tail.
  private var addressRange: Range<Int>? {
    address.flatMap { range($0.place, length: $0.format.length) }
  }

  private func range(_ place: FrameAddress.Place, length: Int) -> Range<Int>? {
    let (first, part) =
      switch place {
      case .head(let index): (index, head)
      case .tail(let index): (index, tail)
      }
    guard first >= 0, first + length <= part.count else { return nil }
    return first..<first + length
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
      head: head, text: text, tail: tail, checksum: checksum, address: address,
      conversation: conversation.addressed(bytes))
  }

  /// Whether a line of seven data bits could not carry the frame. A checksum may lose its top bit:
  /// a sign on such a line never sees it.
  var needsEightBits: Bool {
    let constant = conversation.words.flatMap(\.bytes) + (conversation.lines?.values ?? []).joined()
    let isWide = checksum.map { $0.kind.width == 2 && $0.form == .byte } ?? false
    return (head + tail + constant).contains { $0 > 0x7F } || isWide
      || text.characters == .sevenSegment && text.segments.needsEightBits
  }

  /// The frame that shows the text on the first line; an empty text makes it dark.
  public func encode(_ shown: String) -> [UInt8] {
    assemble(field(for: shown))
  }

  /// All that goes over the line to show the picture.
  public func frames(for picture: SignPicture) -> [SignFrame] {
    var frames = conversation.before.map { SignFrame($0.bytes) }
    if picture.text.isEmpty, let clear = conversation.clear {
      frames.append(SignFrame(clear.bytes))
    } else {
      let question = conversation.answer.map { SignQuestion.words($0) } ?? .none
      frames += lines(of: picture).enumerated().map { line, shown in
        SignFrame(assemble(field(for: shown), line: line), question: question)
      }
    }
    if picture.beeps, let beep = conversation.beep { frames.append(SignFrame(beep.bytes)) }
    if let latch = conversation.latch { frames.append(SignFrame(latch.bytes, isLatch: true)) }
    return frames
  }

  /// A text for each line of the sign.
  private func lines(of picture: SignPicture) -> [String] {
    guard let count = conversation.lines?.values.count else { return [picture.text] }
    return picture.lines(rows: count, places: text.places_max)
  }

  /// Bytes of the longest frame.
  public var frameBytes_max: Int {
    head.count + text.places_max + tail.count + (checksum?.length ?? 0)
  }

  func assemble(_ field: [UInt8], line: Int = 0) -> [UInt8] {
    let (head, tail) = parts(line: line)
    guard let checksum else { return head + field + tail }
    let before = head + field + tail.prefix(checksum.tailBytesBefore)
    let sum = checksum.encode(before.dropFirst(checksum.uncoveredBytes))
    return before + sum + tail.dropFirst(checksum.tailBytesBefore)
  }
}
