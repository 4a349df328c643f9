/// What was asked of a sign by Modbus, and what its answer is held against.
public struct ModbusQuestion: Hashable, Sendable {
  public let unit: UInt8
  public let request: ModbusRequest
  /// What registers that are read back should hold.
  public let written: [UInt16]
  public let answer_ms: Int

  public init(unit: UInt8, request: ModbusRequest, written: [UInt16] = [], answer_ms: Int) {
    self.unit = unit
    self.request = request
    self.written = written
    self.answer_ms = answer_ms
  }

  /// Unit, function, data and checksum; an exception is shorter.
  var answerBytes_max: Int {
    if case .read(_, let count) = request { 5 + 2 * count } else { 8 }
  }
}

/// Finds the one answer to a question among bytes. An adapter that hears itself gives the request
/// back, which for function 06 cannot be told from an answer: whoever listens takes it out first.
struct ModbusAnswerReader: Sendable {
  private static let exceptionFlag: UInt8 = 0x80

  private let question: ModbusQuestion
  private var buffer: [UInt8] = []

  init(_ question: ModbusQuestion) { self.question = question }

  mutating func take(_ byte: UInt8) -> (SignAnswer, length: Int)? {
    buffer.append(byte)
    while !buffer.isEmpty {
      guard let length = expectedLength() else {
        buffer.removeFirst()
        continue
      }
      if buffer.count < length { return nil }
      let frame = Array(buffer.prefix(length))
      if Modbus.isSound(frame), let answer = answer(frame) { return (answer, length) }
      buffer.removeFirst()
    }
    return nil
  }

  /// Bytes of the answer that the buffer may begin; nil when it begins none.
  private func expectedLength() -> Int? {
    guard buffer[0] == question.unit else { return nil }
    guard buffer.count > 1 else { return 5 }
    let function = question.request.function
    if buffer[1] == function | Self.exceptionFlag { return 5 }
    guard buffer[1] == function else { return nil }
    guard case .read(_, let count) = question.request else { return 8 }
    guard buffer.count > 2 else { return 5 }
    return buffer[2] == count * 2 ? 5 + count * 2 : nil
  }

  private func answer(_ frame: [UInt8]) -> SignAnswer? {
    if frame[1] & Self.exceptionFlag != 0 {
      return .refused(code: Int(frame[2]), meaning: Modbus.meaning(ofException: frame[2]))
    }
    switch question.request {
    case .writeSingle(let register, let value):
      let told = Modbus.values(frame[2..<6])
      guard told[0] == register else { return nil }
      return told[1] == value ? .accepted : differs([value], [told[1]])
    case .writeMultiple(let register, let values):
      return Modbus.values(frame[2..<6]) == [register, UInt16(values.count)] ? .accepted : nil
    case .read:
      let held = Modbus.values(frame[3..<frame.count - 2])
      return held == question.written ? .verified : differs(question.written, held)
    }
  }

  private func differs(_ written: [UInt16], _ read: [UInt16]) -> SignAnswer {
    .differs(
      SignDifference(place: Int(question.request.register), written: written, read: read))
  }
}
