public import Branch
public import Configuration
import Glibc
import LinuxIO

/// A script played on a virtual branch.
public final class ScriptedDemo {
  /// Devices and link have to be there within this time before the first step.
  static let ready_max: Span = .seconds(15)
  /// How long facts may take to reach the hub after the last step.
  static let delivery_max: Span = .seconds(5)

  private let loop: EventLoop
  private let script: Script
  private let branch: VirtualBranch
  private let tell: (String) -> Void
  private var runner: ScriptRunner?
  private var timer: TimerID?
  private var outcome: Result<ScriptFailure?, Problem> = .success(nil)
  private var isOver = false

  /// Plays the script on the calling thread and returns when all is over and cleared away.
  /// - Parameters:
  ///   - configuration: of the branch; its devices, hub and journal are replaced by virtual ones.
  ///   - out: directory for what the run leaves behind, made when it is not there; nil for none.
  ///   - takesSignals: SIGINT and SIGTERM end the run in order. For programs; blocks both signals.
  ///   - tell: each step when it begins.
  /// - Returns: the step that did not come true, nil when all did.
  public static func play(
    _ script: Script, configuration: NodeConfiguration, out: String?, takesSignals: Bool = false,
    tell: @escaping (String) -> Void = { _ in }
  ) throws(Problem) -> ScriptFailure? {
    let loop = try makeLoop()
    let recorder: Recorder? =
      if let out { try Recorder(directory: out, configuration: configuration) } else { nil }
    let branch = try VirtualBranch(loop: loop, configuration: configuration, recorder: recorder)
    let demo = ScriptedDemo(loop, script, branch, tell)
    if takesSignals {
      do throws(SystemError) {
        try Signals.deliver([SIGINT, SIGTERM], to: loop) { [unowned demo] _ in demo.interrupted() }
      } catch {
        throw Problem.cannotStart(error)
      }
    }
    demo.begin()
    loop.run()
    return try demo.outcome.get()
  }

  static func makeLoop() throws(Problem) -> EventLoop {
    do throws(SystemError) { return try EventLoop() } catch { throw Problem.cannotStart(error) }
  }

  private init(
    _ loop: EventLoop, _ script: Script, _ branch: VirtualBranch, _ tell: @escaping (String) -> Void
  ) {
    self.loop = loop
    self.script = script
    self.branch = branch
    self.tell = tell
  }

  private func begin() {
    branch.onFailure = { [unowned self] in end(.failure($0)) }
    branch.onChange = { [unowned self] in if branch.isReady { play() } }
    timer = loop.schedule(after: Self.ready_max) { [unowned self] in
      end(.failure(branch.notReadyProblem))
    }
    do throws(Problem) { try branch.start() } catch { end(.failure(error)) }
  }

  private func play() {
    if let timer { loop.cancel(timer) }
    let runner = ScriptRunner(
      branch: branch, script: script,
      tell: { [unowned self] step in tell("\(step.line): \(step.text)") },
      done: { [unowned self] failure in played(failure) })
    self.runner = runner
    runner.begin()
  }

  /// What the node knows should stand in facts.jsonl, if there is a way to the hub.
  private func played(_ failure: ScriptFailure?) {
    guard failure == nil, branch.picture.isLinked, !branch.isDelivered else {
      return end(.success(failure))
    }
    branch.onChange = { [unowned self] in if branch.isDelivered { end(.success(nil)) } }
    timer = loop.schedule(after: Self.delivery_max) { [unowned self] in end(.success(nil)) }
  }

  private func interrupted() {
    end(
      .failure(
        Problem(
          code: "interrupted", what: "the run was ended", cause: "a signal came",
          cure: "Start it again.")))
  }

  private func end(_ outcome: Result<ScriptFailure?, Problem>) {
    guard !isOver else { return }
    isOver = true
    if let timer { loop.cancel(timer) }
    self.outcome = outcome
    branch.onChange = {}
    branch.onFailure = { _ in }
    branch.stop { [unowned self] problem in
      if let problem, (try? outcome.get()) != nil { self.outcome = .failure(problem) }
      loop.stop()
    }
  }
}

extension VirtualBranch {
  /// Devices that the hub has not heard of yet.
  private var missing: [DeviceRef] {
    let judge = Judge(picture: picture)
    return configuration.devices.filter { judge.verdict(.device($0, isFound: true)) != .holds }
  }

  var isReady: Bool { picture.isLinked && missing.isEmpty }

  var notReadyProblem: Problem {
    let names = missing.map(\.description).joined(separator: ", ")
    return Problem(
      code: "not-ready", what: "the demo's branch did not come up",
      cause: picture.isLinked ? "not found: \(names)" : "the node has no link to the hub",
      cure: "Use --out DIR and read log.txt there.")
  }

  /// Whether all that stands in the node's journal stands in the hub's store.
  var isDelivered: Bool {
    guard let last = lastFactNumber(inJournal: journalDirectory) else { return false }
    let node = configuration.node
    return picture.store.facts.contains { $0.node == node && $0.seq == last }
  }
}
