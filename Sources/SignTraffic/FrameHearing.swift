import SignProtocols

/// What came back of a frame over an adapter that hears itself.
enum EchoFinding: Hashable, Sendable {
  /// Its adapter is not taken to hear itself.
  case notAwaited
  /// All bytes, in order and without a gap.
  case whole
  /// None, though what stood behind them may have come.
  case missing
  /// Bytes, but not those that were sent: torn, garbled, or somebody sent at the same time.
  case spoilt
}

/// Listens while a frame and its answer are on their way. What an adapter hears of itself is the
/// first whole copy of the frame, wherever it begins: a transceiver that turns round may add a
/// byte before it. Only what follows can be an answer; that of Modbus function 06 is a second copy
/// ("MODBUS Application Protocol Specification" V1.1b3, section 6.6).
struct FrameHearing: Sendable {
  /// Bytes in which the copy is looked for; of more, the last.
  static let heardBytes_max = 2_048

  let frame: SignFrame
  let awaitsEcho: Bool
  private var heard: [UInt8] = []
  private var hasEcho = false
  /// Bytes before the copy.
  private var leading = 0
  /// Behind the copy; of everything where none is awaited.
  private var reader: SignAnswerReader
  private var answers: [SignAnswer] = []
  /// Of everything before the copy: an answer that comes without one.
  private var early: SignAnswerReader
  private var earlyAnswers: [SignAnswer] = []

  init(_ frame: SignFrame, awaitsEcho: Bool) {
    self.frame = frame
    self.awaitsEcho = awaitsEcho
    reader = SignAnswerReader(frame.question)
    early = reader
  }

  var lacksEcho: Bool { awaitsEcho && !hasEcho }

  /// Nothing more is to be waited for.
  var isOver: Bool {
    guard lacksEcho else { return frame.question == .none ? hasEcho : reader.isAnswered }
    // An answer with a checksum cannot come before its question was heard.
    return frame.isChecked && early.isAnswered && !frame.bytes.starts(with: heard)
  }

  mutating func take(_ bytes: [UInt8]) {
    guard lacksEcho else { return answers += reader.feed(bytes) }
    for (index, byte) in bytes.enumerated() {
      heard.append(byte)
      earlyAnswers += early.feed([byte])
      if heard.count > Self.heardBytes_max {
        heard.removeFirst()
        leading += 1
      }
      guard heard.reversed().starts(with: frame.bytes.reversed()) else { continue }
      hasEcho = true
      leading += heard.count - frame.bytes.count
      answers += reader.feed(bytes[(index + 1)...])
      return
    }
  }

  /// The time is over, or all is there.
  func end() -> (echo: EchoFinding, answers: [SignAnswer]) {
    var (reader, early) = (reader, early)
    guard lacksEcho else {
      let told = answers + reader.end()
      guard leading > 0 else { return (awaitsEcho ? .whole : .notAwaited, told) }
      return (.whole, [.noise(bytes: leading)] + told)
    }
    let sent = frame.bytes.count
    if heard.isEmpty {
      let told = frame.question == .none ? SignAnswer.spoilt(sent: sent, heard: 0) : .silent
      return (.missing, [told])
    }
    let told = earlyAnswers + early.end()
    let hasNoise = told.contains { if case .noise = $0 { true } else { false } }
    if early.isAnswered, !hasNoise { return (.missing, told) }
    if early.isAnswered, frame.isChecked { return (.spoilt, told) }
    let count = leading + heard.count
    return (.spoilt, [.noise(bytes: count), .spoilt(sent: sent, heard: count)])
  }
}

extension SignFrame {
  /// Its answers have a checksum.
  fileprivate var isChecked: Bool { if case .modbus = question { true } else { false } }

  /// The answer as it should be cannot be told from a copy of the frame.
  var isAnsweredByCopy: Bool {
    switch question {
    case .none: false
    case .modbus(let asked): if case .writeSingle = asked.request { true } else { false }
    case .words(let answer): answer.accepts == bytes || answer.refuses == bytes
    }
  }
}
