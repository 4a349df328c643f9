import Branch
import Captures
import LinuxIO
import PathPrinter

/// A printer that another program reaches through this one: all that goes to it and comes back is
/// recorded. The program finds a terminal, and can ask nothing of a kernel's driver (LPGETSTATUS).
final class PrinterRelay {
  /// Bytes that the printer has not taken; with more the program has to wait, as with the printer.
  static let waiting_bytes_max = 65_536

  private let recorder: CaptureRecorder
  private let onEvent: (PrinterPortEvent) -> Void
  private var relay: LineRelay?
  private var port: PathPrinter?
  private var waiting: [UInt8] = []
  private var job: UInt64 = 0
  private var isOpen = false
  private var isWriting = false

  /// - Parameters:
  ///   - link: where the other program finds it; is made, and must not be there.
  ///   - onEvent: what the printer's port tells, once it is recorded.
  init(
    loop: EventLoop, path: String, link: String, recorder: CaptureRecorder,
    onEvent: @escaping (PrinterPortEvent) -> Void
  ) throws(Problem) {
    self.recorder = recorder
    self.onEvent = onEvent
    relay = try LineRelay(loop: loop, link: link) { [unowned self] in take($0) }
    relay?.takesBytes = false
    port = PathPrinter(loop: loop, path: path) { [unowned self] in handle($0) }
  }

  deinit { close() }

  func start() { port?.start() }

  func close() {
    relay?.close()
    relay = nil
    port?.close()
    port = nil
  }

  private func take(_ bytes: [UInt8]) {
    recorder.add(.out, bytes)
    waiting += bytes
    pump()
    // Somebody may count what was recorded.
    onEvent(.progress(job: job, accepted: 0))
  }

  private func pump() {
    if isOpen, !isWriting, !waiting.isEmpty {
      isWriting = true
      job += 1
      port?.write(job: job, bytes: waiting)
      waiting = []
    }
    relay?.takesBytes = isOpen && waiting.count < Self.waiting_bytes_max
  }

  private func handle(_ event: PrinterPortEvent) {
    switch event {
    case .arrived:
      isOpen = true
      recorder.add(.note("opened"))
    case .lost(let problem):
      isOpen = false
      waiting = []
      recorder.add(.note("lost: \(problem.code)"))
    case .written: isWriting = false
    case .stopped(_, let accepted, let problem):
      isWriting = false
      recorder.add(.note("the printer took only \(accepted) of these bytes: \(problem.cause)"))
    case .received(let bytes):
      recorder.add(.in, bytes)
      relay?.send(bytes)
    case .progress, .portStatus, .conditions, .spooled, .troubled: break
    }
    pump()
    onEvent(event)
  }
}
