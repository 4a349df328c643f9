import Branch
import LinuxIO

/// Why a script did not come true.
public struct ScriptFailure: Error, Equatable, Sendable, CustomStringConvertible {
  public let file: String
  public let line: Int
  /// The line as it stands in the script.
  public let step: String
  /// What was seen instead.
  public let seen: String

  public var description: String { "\(file):\(line): \(step): \(seen)" }
}

/// Does the steps of a script one after the other. Waits for states by the branch's own events.
final class ScriptRunner {
  private let branch: VirtualBranch
  private let script: Script
  private let tell: (Script.Step) -> Void
  private let done: (ScriptFailure?) -> Void
  private var next = 0
  /// The expectation in hand and the timer of its patience.
  private var waiting: (expectation: ScriptExpectation, patience: Patience, timer: TimerID)?

  /// - Parameters:
  ///   - tell: each step when it begins.
  ///   - done: comes once.
  init(
    branch: VirtualBranch, script: Script, tell: @escaping (Script.Step) -> Void,
    done: @escaping (ScriptFailure?) -> Void
  ) {
    self.branch = branch
    self.script = script
    self.tell = tell
    self.done = done
  }

  private var loop: EventLoop { branch.loop }
  private var step: Script.Step { script.steps[next] }

  func begin() {
    branch.onChange = { [weak self] in self?.look() }
    runStep()
  }

  private func runStep() {
    guard next < script.steps.count else { return finish(nil) }
    tell(step)
    do throws(Problem) {
      try perform(step.action)
    } catch {
      fail("\(error)")
    }
  }

  /// Each step on a turn of the loop of its own, so that no recursion grows with the script.
  private func goOn(after span: Span = Span(ms: 0)) {
    next += 1
    _ = loop.schedule(after: span) { [weak self] in self?.runStep() }
  }

  private func perform(_ action: Script.Action) throws(Problem) {
    switch action {
    case .press(let terminal, let press):
      guard branch.press(terminal, press) else { return fail("\(terminal) is not plugged in") }
    case .printer(let printer, let hand): branch.handle(printer, hand)
    case .unplug(let device): branch.unplug(device)
    case .plug(let device): try branch.plug(device)
    case .hub(let isUp):
      if isUp { try branch.bringHubUp() } else { branch.takeHubDown() }
    case .wait(let span): return goOn(after: span)
    case .expect(let expectation, let patience): return expect(expectation, patience)
    }
    goOn()
  }

  // MARK: expectations

  private func expect(_ expectation: ScriptExpectation, _ patience: Patience) {
    let span =
      switch patience {
      case .within(let span), .lasting(let span): span
      }
    let timer = loop.schedule(after: span) { [weak self] in self?.patienceEnded() }
    waiting = (expectation, patience, timer)
    look()
  }

  private func look() {
    guard let (expectation, patience, _) = waiting else { return }
    let verdict = Judge(picture: branch.picture).verdict(expectation)
    switch (patience, verdict) {
    case (.within, .holds): settled()
    case (.within, .notYet), (.lasting, .holds): break
    case (_, .never(let seen)), (.lasting, .notYet(let seen)): fail(seen)
    }
  }

  private func patienceEnded() {
    guard let (expectation, patience, _) = waiting else { return }
    guard case .within(let span) = patience else { return settled() }
    let seen = Judge(picture: branch.picture).verdict(expectation).seen ?? "it came true too late"
    fail("\(seen), after \(span.ms) ms")
  }

  private func settled() {
    if let waiting { loop.cancel(waiting.timer) }
    waiting = nil
    goOn()
  }

  private func fail(_ seen: String) {
    if let waiting { loop.cancel(waiting.timer) }
    waiting = nil
    finish(ScriptFailure(file: script.file, line: step.line, step: step.text, seen: seen))
  }

  private func finish(_ failure: ScriptFailure?) {
    branch.onChange = {}
    done(failure)
  }
}
