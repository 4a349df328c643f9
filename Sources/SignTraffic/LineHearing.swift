import Branch
import SignProtocols

/// What a frame's own copy tells of the line, and of the frame.
extension LineTraffic {
  /// The frame and all that belongs to it is over.
  mutating func finished(_ hearing: FrameHearing, _ now: MonotonicTime) {
    let frame = hearing.frame
    let knewEcho = echo.found != nil
    var (finding, answers) = hearing.end()
    keepSilence(frame, sent_us: 0, now)
    for case .noise(let bytes) in answers { actions.append(.noise(bytes: bytes)) }
    learn(finding, answers, frame)
    if isSounding {
      isSounding = false
      return
    }
    // Whether one copy is the frame's own or the answer, the reading that follows tells.
    let isUnclear = finding == .whole && answers == [.silent] && frame.isAnsweredByCopy
    if isUnclear, !knewEcho, turn?.frames.contains(where: \.isCheck) == true { answers = [] }
    // Nothing is to be heard of it, as was found now.
    if finding == .missing, !echo.isHeard, frame.question == .none { answers = [] }
    if frame.isLatch { latchEnded(frame, answers) }
    judge(answers, now)
  }

  private mutating func learn(
    _ finding: EchoFinding, _ answers: [SignAnswer], _ frame: SignFrame
  ) {
    switch finding {
    case .whole:
      actions.append(.echoed(bytes: frame.bytes.count))
      // One copy may also be the answer.
      if !frame.isAnsweredByCopy || answers.contains(.accepted) { tell(echo.wasHeard()) }
    case .missing:
      let isAnswered = !answers.contains { $0.isSilence }
      tell(echo.wasMissed(isCertain: isAnswered, patience))
    case .notAwaited:
      let isPlain = !answers.contains { if case .noise = $0 { true } else { false } }
      if isPlain, echo.found == nil, !frame.isAnsweredByCopy { tell(echo.wasNotHeard()) }
    case .spoilt: break
    }
  }

  /// Copies that nobody waits for.
  mutating func overheard(_ bytes: [UInt8]) {
    guard let count = echo.overheard(bytes) else { return }
    actions.append(.echoed(bytes: count))
    tell(echo.wasHeard())
  }

  private mutating func tell(_ change: LineEcho.Change?) {
    switch change {
    case .asSetUp: actions.append(.setting(nil))
    case .otherwise(let problem): actions.append(.setting(problem))
    case nil: break
    }
  }

  /// A frame whose answer cannot be told from its own copy waits until it is known whether there
  /// are copies. Reading tells: its answer is different, and silence will do as well.
  mutating func sounding(before frame: SignFrame) -> SignFrame? {
    guard case .modbus(let question) = frame.question, echo.found == nil,
      case .writeSingle(let register, _) = question.request, soundings < patience.tries_max,
      turn?.frames.contains(where: \.isCheck) == false
    else { return nil }
    soundings += 1
    isSounding = true
    let request = ModbusRequest.read(register: register, count: 1)
    return SignFrame(
      Modbus.frame(unit: question.unit, request), silence_us: frame.silence_us,
      question: .modbus(
        ModbusQuestion(unit: question.unit, request: request, answer_ms: question.answer_ms)))
  }

  /// What was spoilt made no board show anything.
  private mutating func latchEnded(_ frame: SignFrame, _ answers: [SignAnswer]) {
    latchTries += 1
    if answers.contains(where: \.isSpoilt), latchTries < patience.tries_max {
      latches.insert(frame, at: 0)
    } else {
      latchTries = 0
    }
  }
}

extension SignAnswer {
  fileprivate var isSpoilt: Bool { if case .spoilt = self { true } else { false } }
  fileprivate var isSilence: Bool { self == .silent || isSpoilt }
}
