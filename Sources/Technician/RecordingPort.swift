public import Branch
import Captures

/// A printer's transport with a recorder beside it: what goes to the printer and what comes back.
public final class RecordingPort: PrinterPort {
  private let recorder: CaptureRecorder
  private var port: (any PrinterPort)?

  /// - Parameter makePort: makes the transport, which tells its events to what it is given.
  public init(
    _ recorder: CaptureRecorder,
    makePort: (@escaping (PrinterPortEvent) -> Void) -> any PrinterPort,
    onEvent: @escaping (PrinterPortEvent) -> Void
  ) {
    self.recorder = recorder
    port = makePort { event in
      Self.record(event, recorder)
      onEvent(event)
    }
  }

  private static func record(_ event: PrinterPortEvent, _ recorder: CaptureRecorder) {
    switch event {
    case .received(let bytes): recorder.add(.in, bytes)
    // Not what it calls itself: its serial number stands there.
    case .arrived: recorder.add(.note("opened"))
    case .lost(let problem): recorder.add(.note("lost: \(problem.code)"))
    case .written: recorder.add(.note("the device took all bytes"))
    case .stopped(_, let accepted, let problem):
      recorder.add(.note("stopped after \(accepted) bytes: \(problem.cause)"))
    case .portStatus(let byte): recorder.add(.note("port status \(String(byte, radix: 16))"))
    case .conditions(let conditions):
      let words = conditions.map(\.rawValue).sorted().joined(separator: " ")
      recorder.add(.note("the spooler says: \(words.isEmpty ? "nothing wrong" : words)"))
    case .spooled(_, let completed, let detail):
      recorder.add(.note("the spooler \(completed ? "finished" : "gave up"): \(detail)"))
    case .troubled(let problem): recorder.add(.note("the spooler says: \(problem.cause)"))
    case .progress: break
    }
  }

  public func start() { port?.start() }

  public func write(job: UInt64, bytes: [UInt8]) {
    recorder.add(.out, bytes)
    port?.write(job: job, bytes: bytes)
  }

  public func send(query bytes: [UInt8]) {
    recorder.add(.out, bytes)
    port?.send(query: bytes)
  }

  public func requestPortStatus() { port?.requestPortStatus() }
  public func softReset() {
    recorder.add(.note("soft reset"))
    port?.softReset()
  }
  public func cancel(job: UInt64) { port?.cancel(job: job) }

  public func close() {
    port?.close()
    port = nil
  }
}
