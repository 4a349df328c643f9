/// What a sign has to say to a frame before the next one goes over the line.
public enum SignQuestion: Hashable, Sendable {
  /// Nothing: most signs are write-only.
  case none
  case modbus(ModbusQuestion)
  /// The words that a frame language expects.
  case words(FrameAnswer)

  /// How long the answer may take, in milliseconds; nil when none is awaited.
  public var answer_ms: Int? {
    switch self {
    case .none: nil
    case .modbus(let question): question.answer_ms
    case .words(let answer): answer.within_ms
    }
  }

  /// Bytes of the longest answer as it should be; 0 when none is awaited.
  public var answerBytes_max: Int {
    switch self {
    case .none: 0
    case .modbus(let question): question.answerBytes_max
    case .words(let answer): max(answer.accepts.count, answer.refuses.count)
    }
  }
}

/// Bytes that go over a sign's line in one go, and what has to follow them.
public struct SignFrame: Hashable, Sendable {
  public let bytes: [UInt8]
  /// The line stays silent for so long, in microseconds, behind the frame, or behind its answer.
  public let silence_us: Int
  public let question: SignQuestion
  /// Makes all boards on the line show what they got; see `joined`.
  public let isLatch: Bool

  public init(
    _ bytes: [UInt8], silence_us: Int = 0, question: SignQuestion = .none, isLatch: Bool = false
  ) {
    self.bytes = bytes
    self.silence_us = silence_us
    self.question = question
    self.isLatch = isLatch
  }
}
