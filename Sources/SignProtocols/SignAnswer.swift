public import Branch

/// What a sign answered to a frame.
public enum SignAnswer: Hashable, Sendable {
  /// It says that it took the frame.
  case accepted
  /// What it holds is what was written.
  case verified
  /// It understood the frame, and refuses it: the code of its protocol and what that means.
  case refused(code: Int, meaning: String)
  case differs(SignDifference)
  /// Bytes that are no answer to what was asked: a wrong speed, a bad line, another device.
  case noise(bytes: Int)
  /// Nothing that could be an answer came in time.
  case silent
  /// The adapter hears what it sends, and heard other bytes than those of the frame, or none.
  case spoilt(sent: Int, heard: Int)
}

/// What was written to a sign, and what it holds.
public struct SignDifference: Hashable, Sendable {
  /// Place of the first value, such as a Modbus register.
  public let place: Int
  public let written: [UInt16]
  public let read: [UInt16]

  public init(place: Int, written: [UInt16], read: [UInt16]) {
    self.place = place
    self.written = written
    self.read = read
  }

  /// What a technician is told.
  public func problem(sign: String) -> Problem {
    let pairs = zip(written, read).enumerated().filter { $1.0 != $1.1 }
    let first = pairs.first.map { index, pair in
      "register \(place + index) was written \(pair.0) and holds \(pair.1)"
    }
    return Problem(
      code: "sign-differs", what: "sign \(sign) does not hold what was written to it",
      cause: first ?? "it was written \(written.count) values and tells \(read.count)",
      cure: "Check its address, that no other device has the same one, and its registers.")
  }
}

/// Reads what a sign answers to one frame, from any split of its bytes. Nothing is decided before
/// the answer is whole; what comes before and behind it is noise, and told as a count.
public struct SignAnswerReader: Sendable {
  private enum Reader: Sendable {
    case none
    case modbus(ModbusAnswerReader)
    case words(FrameAnswerReader)

    var isSilent: Bool { if case .none = self { true } else { false } }
  }

  private var reader: Reader
  /// Bytes that were no part of an answer so far.
  private var noise = 0
  public private(set) var isAnswered = false

  public init(_ question: SignQuestion) {
    switch question {
    case .none: reader = .none
    case .modbus(let question): reader = .modbus(ModbusAnswerReader(question))
    case .words(let answer): reader = .words(FrameAnswerReader(answer))
    }
  }

  public mutating func feed(_ bytes: some Sequence<UInt8>) -> [SignAnswer] {
    var answers: [SignAnswer] = []
    for byte in bytes {
      noise += 1
      guard !isAnswered, let (answer, length) = take(byte) else { continue }
      isAnswered = true
      noise -= length
      answers.append(answer)
    }
    return answers
  }

  private mutating func take(_ byte: UInt8) -> (SignAnswer, length: Int)? {
    switch reader {
    case .none: return nil
    case .modbus(var modbus):
      defer { reader = .modbus(modbus) }
      return modbus.take(byte)
    case .words(var words):
      defer { reader = .words(words) }
      return words.take(byte)
    }
  }

  /// The time for an answer is over: what is still to be told.
  public mutating func end() -> [SignAnswer] {
    let told: [SignAnswer] = noise > 0 ? [.noise(bytes: noise)] : []
    noise = 0
    return isAnswered || reader.isSilent ? told : told + [.silent]
  }
}
