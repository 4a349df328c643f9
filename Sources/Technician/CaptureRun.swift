public import Branch
import Captures
public import DeviceProfiles
import EvdevTerminal
public import LinuxIO
import PathPrinter
import SerialPort
import TerminalInput

/// Records a device until it is closed: opens it as a node does, and goes on when it was unplugged.
public final class CaptureRun {
  public enum Event {
    case opened(identity: String)
    /// It is looked for again.
    case lost(Problem)
    case note(String)
    /// The recorder takes no more.
    case stopped(Problem)
    /// So many events or pieces of bytes so far.
    case progress(Int)
  }

  /// What is to be done beside listening.
  public struct Plan {
    /// Take an input device away from everybody else.
    public var grabs = false
    /// How a serial line is set.
    public var line: SerialSettings?
    /// A link for another program, which reaches the serial line or printer through it.
    public var through: String?
    /// A printer that is asked how it is.
    public var printer: PrinterProfile?

    public init() {}
  }

  private let loop: EventLoop
  private let source: CaptureSource
  private let plan: Plan
  private let recorder: CaptureRecorder
  private let onEvent: (Event) -> Void
  private var terminal: EvdevTerminal?
  private var port: SerialPort?
  private var relay: LineRelay?
  private var trial: PrinterTrialRun?
  private var printer: PrinterRelay?
  private var isStopped = false

  public init(
    loop: EventLoop, source: CaptureSource, plan: Plan, recorder: CaptureRecorder,
    onEvent: @escaping (Event) -> Void
  ) {
    self.loop = loop
    self.source = source
    self.plan = plan
    self.recorder = recorder
    self.onEvent = onEvent
  }

  /// Throws when another program has the device for itself, or the link cannot be made.
  public func start() throws(Problem) {
    switch source.kind {
    case .evdev: try startTerminal()
    case .serial: try startLine()
    case .printer: try startPrinter()
    }
  }

  /// Gives the device back; the recorder is left to its owner.
  public func close() {
    terminal?.close()
    terminal = nil
    relay?.close()
    relay = nil
    port?.close()
    port = nil
    trial?.close()
    trial = nil
    printer?.close()
    printer = nil
  }

  private func told() {
    onEvent(.progress(recorder.count))
    guard !isStopped else { return }
    if let problem = recorder.problem {
      isStopped = true
      onEvent(.stopped(problem))
    } else if recorder.isFull {
      isStopped = true
      onEvent(.stopped(Self.full))
    }
  }

  private static let full = Problem(
    code: "capture-full", what: "the capture is full",
    cause: "it has \(Capture.file_bytes_max >> 20) MiB or \(Capture.entries_max) entries",
    cure: "Record a shorter time.")

  private func opened(_ identity: String) {
    recorder.forgetStamps()
    recorder.add(.note("opened"))
    onEvent(.opened(identity: identity))
  }

  private func lost(_ problem: Problem) {
    recorder.add(.note("lost: \(problem.code)"))
    onEvent(.lost(problem))
  }

  // MARK: Terminals

  private func startTerminal() throws(Problem) {
    if let problem = KeyWatch.obstacle(source.path) { throw problem }
    let terminal = EvdevTerminal(
      loop: loop, selector: .path(source.path),
      rules: TerminalRules(debounce: TerminalProfile.debounce_standard), grabs: plan.grabs,
      onRaw: { [unowned self] in take($0) },
      onEvent: { [unowned self] in take($0) })
    self.terminal = terminal
    terminal.start()
  }

  private func take(_ raw: RawInput) {
    switch raw {
    case .keysDown(let held): recorder.add(.keysDown(held))
    case .event(let event):
      guard let record = InputRecord(event) else { return }
      recorder.add(record, stamp_us: event.seconds &* 1_000_000 &+ event.microseconds)
    }
    told()
  }

  private func take(_ event: TerminalEvent) {
    switch event {
    case .opened(let identity, _): opened(identity)
    case .lost(let problem): lost(problem)
    case .note(let text): onEvent(.note(text))
    case .pressed, .burst, .scanned, .unreadable: break
    }
  }

  // MARK: Serial lines

  private func startLine() throws(Problem) {
    guard let settings = plan.line ?? (try? SerialSettings()) else { return }
    let port = SerialPort(loop: loop, path: source.path, settings: settings) {
      [unowned self] event in
      switch event {
      case .opened(let identity): opened(identity)
      case .lost(let problem): lost(problem)
      case .received(let bytes):
        recorder.add(.in, bytes)
        relay?.send(bytes)
        told()
      case .note(let text):
        recorder.add(.note(text))
        onEvent(.note(text))
      case .drained: break
      }
    }
    self.port = port
    if let link = plan.through {
      relay = try LineRelay(loop: loop, link: link) { [unowned self] bytes in
        recorder.add(.out, bytes)
        if !port.write(bytes) { recorder.add(.note("the line took none of these bytes")) }
        told()
      }
    }
    port.start()
  }

  // MARK: Printers

  private func startPrinter() throws(Problem) {
    if let link = plan.through {
      printer = try PrinterRelay(loop: loop, path: source.path, link: link, recorder: recorder) {
        [unowned self] in take($0)
      }
      printer?.start()
      return
    }
    guard let profile = plan.printer else { return }
    let printerPlan = PrinterTrialPlan(
      profile: profile, device: .path(source.path), confirmation: .seconds(1))
    let trial = PrinterTrialRun(
      loop: loop, plan: printerPlan, ticket: nil,
      makePort: { [loop, source, recorder, unowned self] onPort in
        RecordingPort(
          recorder, makePort: { PathPrinter(loop: loop, path: source.path, onEvent: $0) },
          onEvent: { event in
            self.take(event)
            onPort(event)
          })
      }, onEnd: { _ in })
    self.trial = trial
    trial.start()
  }

  private func take(_ event: PrinterPortEvent) {
    switch event {
    case .arrived(let identity): onEvent(.opened(identity: identity))
    case .lost(let problem): onEvent(.lost(problem))
    default: break
    }
    told()
  }
}
