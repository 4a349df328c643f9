public import Branch
public import Configuration
import DeviceProfiles
public import LinuxIO
import NodeRuntime
import SerialPort
import SignProtocols
public import SignTraffic

/// The signs of one line tried out: opens it, shows one step after the other, and listens.
public final class SignTrial {
  /// Opening is quick or fails; a line that another program closes slowly gets this long.
  public static let opening: Span = .milliseconds(3500)
  /// What nobody asked for, as noise of a wrong speed or device, comes soon after the frame.
  public static let listening: Span = .seconds(1)
  /// How long a person looks at one step of several.
  public static let holds = Span.seconds(0)...Span.seconds(60)
  /// Bytes kept of what comes back in one step.
  public static let received_max = 256

  /// What came of one step.
  public struct Result: Sendable {
    public let step: SignStep
    public internal(set) var sent: [UInt8] = []
    /// The kernel took all of it.
    public internal(set) var isSent = false
    public internal(set) var received: [UInt8] = []
    /// All that came, also what is not kept.
    public internal(set) var receivedCount = 0
    /// Of them, bytes that were no answer to anything.
    public internal(set) var noise = 0
    /// Of them, bytes that the adapter heard of itself.
    public internal(set) var echoed = 0
    /// The adapter works otherwise than it is set up.
    public internal(set) var setting: Problem?
    public internal(set) var outcomes: [SignID: SignOutcome] = [:]
    public internal(set) var problems: [SignID: Problem] = [:]

    public var hasFailed: Bool { !problems.isEmpty }
    /// All that came is what the adapter heard of itself.
    public var isEchoOnly: Bool { echoed > 0 && receivedCount == echoed }
  }

  public struct Report: Sendable {
    /// nil: the line was not opened.
    public internal(set) var identity: String?
    public internal(set) var notes: [String] = []
    /// Steps that were begun.
    public internal(set) var results: [Result] = []
    /// nil: the line did what a line should.
    public internal(set) var problem: Problem?
  }

  private let loop: EventLoop
  private let steps: [SignStep]
  private let hold: Span
  private let onEnd: (Report) -> Void
  private var line: SignLine?
  private var timer: TimerID?
  private var report = Report()
  private var isStepDone = false
  private var isEnded = false

  /// - Parameters:
  ///   - sign: any of the line, whose settings all share.
  ///   - steps: one at least.
  ///   - hold: from one step to the next.
  public init(
    on sign: SignConfiguration, steps: [SignStep], hold: Span, loop: EventLoop,
    onEnd: @escaping (Report) -> Void
  ) {
    self.loop = loop
    self.steps = steps
    self.hold = hold
    self.onEnd = onEnd
    var boards: [SignBoard] = []
    for board in steps.flatMap({ $0.pictures.map(\.board) }) where !boards.contains(board) {
      boards.append(board)
    }
    // One try: what disturbs a line should be seen here, not made good.
    line = SignLine(
      loop: loop, path: sign.port, settings: sign.profile.serial, direction: sign.rs485,
      boards: boards, patience: LinePatience(tries_max: 1, looks: Self.never...Self.never)
    ) { [unowned self] in handle($0) }
  }

  /// Longer than any trial.
  private static let never = Span.seconds(86_400)

  public func start() {
    wait(Self.opening) { [unowned self] in
      end(
        Problem(
          code: "timed-out", what: "the line was not opened in time",
          cause: "no answer within \(Self.opening.ms) ms",
          cure: "Unplug the adapter, plug it in again, and try again."))
    }
    line?.start()
  }

  public func close() {
    if let timer { loop.cancel(timer) }
    timer = nil
    line?.close()
    line = nil
  }

  private func handle(_ event: SignLineEvent) {
    switch event {
    case .opened(let identity):
      report.identity = identity
      // Not here: the notes of the opening come first.
      wait(.milliseconds(0)) { [unowned self] in beginStep() }
    case .sends(let bytes):
      update { $0.sent += bytes }
      update { $0.isSent = false }
    case .sent: update { $0.isSent = true }
    case .received(let bytes):
      update { $0.receivedCount += bytes.count }
      update { $0.received += bytes.prefix(Self.received_max - $0.received.count) }
    case .told(let action): told(action)
    case .lost(let problem): end(problem)
    case .note(let text): report.notes.append(text)
    case .quiet: endStepWhenDone()
    }
  }

  private func told(_ action: LineAction) {
    switch action {
    case .ended(let id, let outcome): update { $0.outcomes[id] = outcome }
    case .health(let id, let problem?): update { $0.problems[id] = problem }
    case .noise(let bytes): update { $0.noise += bytes }
    case .echoed(let bytes): update { $0.echoed += bytes }
    case .setting(let problem): update { $0.setting = problem }
    case .write, .health, .lapsed: break
    }
  }

  private func update(_ change: (inout Result) -> Void) {
    guard !report.results.isEmpty else { return }
    change(&report.results[report.results.count - 1])
  }

  // MARK: steps

  private func beginStep() {
    let step = steps[report.results.count]
    isStepDone = false
    report.results.append(Result(step: step))
    // The port stalls by itself when no byte is taken, and says so.
    wait(SerialPort.stall_max * 2) { [unowned self] in end(nil) }
    for (board, picture) in step.pictures {
      if line?.show(picture, on: board.id) != true { return end(Self.refused) }
    }
  }

  private func endStepWhenDone() {
    guard !isEnded, !isStepDone, let result = report.results.last,
      result.outcomes.count == result.step.pictures.count
    else { return }
    isStepDone = true
    // A board that failed would not be tried again in the next step.
    if report.results.count < steps.count, !result.hasFailed || !result.step.isLookedAt {
      wait(result.step.isLookedAt ? hold : Span(ms: 0)) { [unowned self] in beginStep() }
    } else {
      let isAsked = result.outcomes.values.contains { $0 != .sent }
      wait(isAsked ? Span(ms: 0) : Self.listening) { [unowned self] in end(nil) }
    }
  }

  private func wait(_ span: Span, _ body: @escaping () -> Void) {
    if let timer { loop.cancel(timer) }
    timer = loop.schedule(after: span) { [unowned self] in
      timer = nil
      body()
    }
  }

  private func end(_ problem: Problem?) {
    guard !isEnded else { return }
    isEnded = true
    report.problem = problem
    // Not here: the line that tells it is still at work.
    _ = loop.schedule(after: .milliseconds(0)) { [unowned self] in
      close()
      onEnd(report)
    }
  }

  private static let refused = Problem(
    code: "refused", what: "the line took no bytes", cause: "it was closed again at once",
    cure: "Check cable and adapter, and try again.")
}

extension SignTrial.Result {
  /// What was sent did not come back as it was sent.
  public var collision: Problem? {
    for (id, outcome) in outcomes {
      if case .failed(.spoilt) = outcome { return problems[id] }
    }
    return nil
  }

  /// What came though nobody had asked.
  public func noiseProblem(of name: String) -> Problem? {
    var answers = SignAnswers()
    guard noise > 0, setting == nil, answers.take(received) else { return nil }
    return answers.problem(sign: name)
  }
}

/// Bytes for people: sixteen a line, in hexadecimal and as text.
public func hexDump(_ bytes: [UInt8]) -> [String] {
  stride(from: 0, to: bytes.count, by: 16).map { start in
    let row = bytes[start..<min(start + 16, bytes.count)]
    let hex = row.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    let text = String(
      decoding: row.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
    return hex + String(repeating: " ", count: 47 - hex.utf8.count) + "  " + text
  }
}
