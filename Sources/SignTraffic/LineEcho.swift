import Branch
import SignProtocols

/// Whether a line's adapter hears what it sends: as it was set up, and as it was found since the
/// line was opened. What was found counts, so that signs go on showing what they should.
struct LineEcho: Sendable {
  /// How long after its last bit a frame may take to be heard: USB adapters gather bytes for up to
  /// 16 ms, and the box may be busy.
  static let late = Span.milliseconds(500)
  /// A shorter copy may have come by chance.
  static let proofBytes_min = 3
  /// Frames that a copy may still come of; of more, the last.
  static let awaited_max = 8

  /// As it was set up.
  let isSet: Bool
  /// As it was found; nil: nothing told it yet.
  private(set) var found: Bool?
  /// Frames in a row of which nothing was heard.
  private var missed = 0
  private var isToldWrong = false
  /// Sent without waiting for a copy, the newest last.
  private var sent: [[UInt8]] = []
  /// What was heard last, as much as the longest of them.
  private var heard: [UInt8] = []

  init(isSet: Bool) { self.isSet = isSet }

  var isHeard: Bool { found ?? isSet }

  /// What is to be told when it was found to be otherwise than before.
  enum Change: Hashable, Sendable {
    case asSetUp
    case otherwise(Problem)
  }

  /// A frame goes out.
  mutating func sent(_ frame: SignFrame) {
    guard !isHeard, frame.bytes.count >= Self.proofBytes_min, !frame.isAnsweredByCopy else {
      return
    }
    if sent.count == Self.awaited_max { sent.removeFirst() }
    sent.append(frame.bytes)
  }

  /// Bytes came while no copy is waited for. Gives how many of them were a copy all the same.
  mutating func overheard(_ bytes: [UInt8]) -> Int? {
    guard !isHeard, let longest = sent.map(\.count).max() else { return nil }
    for byte in bytes {
      while heard.count >= longest { heard.removeFirst() }
      heard.append(byte)
      let copy = sent.first { heard.reversed().starts(with: $0.reversed()) }
      if let copy { return copy.count }
    }
    return nil
  }

  mutating func wasHeard() -> Change? {
    missed = 0
    return find(
      true,
      Problem(
        code: "line-hears-itself",
        what: "the adapter of this line hears what it sends, and is not set up so",
        cause: "bytes came back as they were sent",
        cure: "Give the line's signs \"rs485\": {\"hearsItself\": true}, or switch the adapter's "
          + "echo off."))
  }

  /// - Parameter isCertain: an answer came, so the frame went out.
  mutating func wasMissed(isCertain: Bool, _ patience: LinePatience) -> Change? {
    missed += 1
    guard missed >= patience.tries_max || isCertain && found == nil else { return nil }
    return find(
      false,
      Problem(
        code: "line-deaf",
        what: "the adapter of this line is set up to hear what it sends, and does not",
        cause: "nothing came back of what was sent"
          + (isCertain ? ", though a sign answered it" : ""),
        cure: "Remove \"hearsItself\" from \"rs485\" of the line's signs; if it heard itself "
          + "before, check the adapter and its cable."))
  }

  /// A frame had its answer and no copy where none was waited for.
  mutating func wasNotHeard() -> Change? {
    missed = 0
    return isSet ? nil : find(false, nil)
  }

  private mutating func find(_ hears: Bool, _ problem: Problem?) -> Change? {
    found = hears
    if hears == isSet {
      defer { isToldWrong = false }
      return isToldWrong ? .asSetUp : nil
    }
    guard !isToldWrong, let problem else { return nil }
    isToldWrong = true
    return .otherwise(problem)
  }
}
