import Branch

/// Bytes that always are the same but for the sign's address.
public struct FrameWord: Hashable, Sendable {
  public static let length = 1...64

  public let bytes: [UInt8]
  /// Where the address begins; nil when it has none, as what all signs on the line obey.
  public let addressIndex: Int?

  public init(_ bytes: [UInt8], addressIndex: Int? = nil) {
    self.bytes = bytes
    self.addressIndex = addressIndex
  }

  /// Whether the address lies within it.
  func fits(_ address: FrameAddress?) -> Bool {
    guard let addressIndex else { return true }
    guard let address, addressIndex >= 0 else { return false }
    return addressIndex + address.format.length <= bytes.count
  }

  func addressed(_ address: [UInt8]) -> FrameWord {
    guard let addressIndex else { return self }
    let end = addressIndex + address.count
    return FrameWord(
      bytes[..<addressIndex] + address + bytes[end...], addressIndex: addressIndex)
  }
}

/// Bytes that tell one line of the sign from another: each is sent in a frame of its own.
public struct FrameLines: Hashable, Sendable {
  public static let count = 1...SignPicture.lines_max
  public static let length = 1...8

  public let place: FrameAddress.Place
  /// What stands in that place for each line, from the top; all of one length.
  public let values: [[UInt8]]

  public init(place: FrameAddress.Place, values: [[UInt8]]) {
    self.place = place
    self.values = values
  }
}

/// What the sign answers to a frame with text.
public struct FrameAnswer: Hashable, Sendable {
  public static let within_ms = 10...5_000
  public static let length = 1...32

  public let accepts: [UInt8]
  /// Empty: a sign that refuses is silent.
  public let refuses: [UInt8]
  public let within_ms: Int

  public init(accepts: [UInt8], refuses: [UInt8] = [], within_ms: Int) {
    self.accepts = accepts
    self.refuses = refuses
    self.within_ms = within_ms
  }

  /// Whether one of the answers would be told before the other is whole.
  var isAmbiguous: Bool {
    !refuses.isEmpty
      && (accepts == refuses || Self.occurs(accepts, early: refuses)
        || Self.occurs(refuses, early: accepts))
  }

  /// Whether it stands in the other before its end.
  private static func occurs(_ bytes: [UInt8], early other: [UInt8]) -> Bool {
    guard bytes.count < other.count else { return false }
    return (0..<other.count - bytes.count).contains { other[$0...].starts(with: bytes) }
  }
}

/// Finds one of two answers among bytes; of two that end together the longer one counts.
struct FrameAnswerReader: Sendable {
  private let answer: FrameAnswer
  private var recent: [UInt8] = []

  init(_ answer: FrameAnswer) { self.answer = answer }

  mutating func take(_ byte: UInt8) -> (SignAnswer, length: Int)? {
    recent.append(byte)
    let longest = max(answer.accepts.count, answer.refuses.count)
    if recent.count > longest { recent.removeFirst() }
    let isAccepted = recent.reversed().starts(with: answer.accepts.reversed())
    let isRefused =
      !answer.refuses.isEmpty && recent.reversed().starts(with: answer.refuses.reversed())
    if isRefused, !isAccepted || answer.refuses.count > answer.accepts.count {
      let told = SignText.hex(answer.refuses, separator: " ")
      return (.refused(code: 0, meaning: "it answered \(told)"), answer.refuses.count)
    }
    return isAccepted ? (.accepted, answer.accepts.count) : nil
  }
}

/// All that a sign needs around the frame with its text.
public struct FrameConversation: Hashable, Sendable {
  public static let before_max = 8

  /// Sent before each text.
  public let before: [FrameWord]
  /// Sent instead of an empty text.
  public let clear: FrameWord?
  /// Sent behind a text that comes with a sound.
  public let beep: FrameWord?
  /// Sent behind the texts of all signs on the line, which then show them at once.
  public let latch: FrameWord?
  public let lines: FrameLines?
  public let answer: FrameAnswer?

  public init(
    before: [FrameWord] = [], clear: FrameWord? = nil, beep: FrameWord? = nil,
    latch: FrameWord? = nil, lines: FrameLines? = nil, answer: FrameAnswer? = nil
  ) {
    self.before = before
    self.clear = clear
    self.beep = beep
    self.latch = latch
    self.lines = lines
    self.answer = answer
  }

  var words: [FrameWord] { before + [clear, beep, latch].compactMap { $0 } }

  func addressed(_ address: [UInt8]) -> FrameConversation {
    FrameConversation(
      before: before.map { $0.addressed(address) }, clear: clear?.addressed(address),
      beep: beep?.addressed(address), latch: latch?.addressed(address), lines: lines,
      answer: answer)
  }
}
