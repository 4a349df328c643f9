public import Branch
public import Captures
import Glibc
public import LinuxIO
import SerialPort

/// Plays a capture to a path, with the pauses that it was recorded with.
public final class CapturePlayer {
  public struct Result: Sendable {
    public var sent_bytes = 0
    public var received_bytes = 0
    /// nil: all of it was written.
    public var problem: Problem?
  }

  /// A reader that takes nothing for so long has gone to sleep.
  static let stall = Span.seconds(10)
  /// Time for the last answers.
  static let farewell = Span.milliseconds(200)

  private let loop: EventLoop
  private let path: String
  private let line: SerialSettings
  private let isFast: Bool
  private let onEnd: (Result) -> Void
  private let pieces: [(time_us: Int64, bytes: [UInt8])]
  private var port: SerialPort?
  private var file: Descriptor?
  private var registration: RegistrationID?
  private var timer: TimerID?
  private var unsent: [UInt8] = []
  private var began: MonotonicTime?
  private var place = 0
  private var isFarewell = false
  private var result = Result()

  /// - Parameters:
  ///   - direction: which side's bytes; records of an input device are `in` and always played.
  ///   - line: settings, where the path is a serial line.
  public init(
    loop: EventLoop, capture: Capture, path: String, direction: Capture.Direction,
    line: SerialSettings, isFast: Bool, onEnd: @escaping (Result) -> Void
  ) {
    self.loop = loop
    self.path = path
    self.line = line
    self.isFast = isFast
    self.onEnd = onEnd
    pieces = capture.entries.compactMap { entry in
      switch entry.event {
      case .bytes(direction, let bytes): (entry.time_us, bytes)
      case .input(let record): (entry.time_us, record.event(at: entry.time_us).bytes)
      default: nil
      }
    }
  }

  public func start() {
    guard !pieces.isEmpty else {
      return end(
        Problem(
          code: "replay-empty", what: "there is nothing to play",
          cause: "the capture has no bytes in this direction",
          cure: "Try --direction in, or another capture."))
    }
    do throws(SystemError) {
      // A FIFO without a reader refuses to be opened like this, which is better than to wait.
      let file = try SystemCall.open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | creating, mode: 0o644)
      guard isatty(file.raw) == 0 else { return startLine() }
      self.file = consume file
      begin()
    } catch {
      end(Self.opening(path, error))
    }
  }

  public func close() {
    if let timer { loop.cancel(timer) }
    timer = nil
    if let registration { loop.unregister(registration) }
    registration = nil
    port?.close()
    port = nil
    file = nil
  }

  /// A file is made, and none that is there is written over. A device that is not there is none.
  private var creating: CInt {
    let kind = PathKind(path)
    return kind == .file || (kind == .absent && !path.hasPrefix("/dev/")) ? O_CREAT | O_EXCL : 0
  }

  private static func opening(_ path: String, _ error: SystemError) -> Problem {
    guard error.errno == ENXIO else { return DeviceProblems.opening(path, error) }
    return Problem(
      code: "replay-unread", what: "nobody reads \(path)", cause: "it is a FIFO without a reader",
      cure: "Start the reader first, then play again.")
  }

  private func startLine() {
    let port = SerialPort(loop: loop, path: path, settings: line) { [unowned self] event in
      switch event {
      case .opened: begin()
      case .lost(let problem): end(problem)
      case .received(let bytes): result.received_bytes += bytes.count
      case .drained: next()
      case .note: break
      }
    }
    self.port = port
    port.start()
  }

  private func begin() {
    began = Clock.monotonic()
    next()
  }

  /// Waits for the next piece, or ends.
  private func next() {
    if let timer { loop.cancel(timer) }
    timer = nil
    guard place < pieces.count, let began else { return sayFarewell() }
    let wait = isFast ? Span(ms: 0) : Span(ms: (pieces[place].time_us - pieces[0].time_us) / 1000)
    timer = loop.schedule(at: began + wait) { [unowned self] in sendNext() }
  }

  private func sendNext() {
    timer = nil
    let bytes = pieces[place].bytes
    place += 1
    result.sent_bytes += bytes.count
    timer = loop.schedule(after: Self.stall) { [unowned self] in end(stalled) }
    if let port {
      if !port.write(bytes) { end(stalled) }
    } else {
      unsent = bytes
      writeSome()
    }
  }

  private func writeSome() {
    guard let raw = file?.raw else { return }
    while !unsent.isEmpty {
      switch unsent.withUnsafeBytes({ SystemCall.write(raw, $0) }) {
      case .bytes(let count): unsent.removeFirst(count)
      case .wouldBlock, .end:
        guard registration == nil else { return }
        registration = try? loop.register(raw, [.write]) { [unowned self] _ in writeSome() }
        return
      case .failed(let error): return end(DeviceProblems.unplugged(path, error.description))
      }
    }
    if let registration { loop.unregister(registration) }
    registration = nil
    next()
  }

  private func sayFarewell() {
    guard port != nil, !isFarewell else { return end(nil) }
    isFarewell = true
    timer = loop.schedule(after: Self.farewell) { [unowned self] in end(nil) }
  }

  private var stalled: Problem {
    Problem(
      code: "device-stalled", what: "\(path) takes no bytes",
      cause: "\(result.sent_bytes) bytes were given to it",
      cure: "Check that something reads at its other end.")
  }

  private func end(_ problem: Problem?) {
    result.problem = problem
    let found = result
    // Not here: the port that tells it is still at work.
    _ = loop.schedule(after: .milliseconds(0)) { [unowned self] in
      close()
      onEnd(found)
    }
  }
}
