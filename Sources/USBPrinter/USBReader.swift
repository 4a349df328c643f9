import Branch
import LinuxIO

/// The way back of a printer: one bulk IN transfer that is always pending, which costs nothing
/// while the printer has nothing to say.
///
/// | what a read gives | what follows |
/// |---|---|
/// | bytes | told, read again at once |
/// | nothing (some printers answer every read so) | a pause, see `ReadPace` |
/// | a halted endpoint | cleared by the worker, then read again after a growing wait |
/// | noise | read again after a growing wait |
/// | the device is gone | told, the end |
final class USBReader {
  /// A multiple of every bulk packet size: 64, 512, 1024 [USB 2.0, 5.8.3; USB 3.2, 8.12.1].
  static let read_max = 1024
  static let errorFirst = Span.milliseconds(250)
  static let errorLongest = Span.seconds(30)

  private let loop: EventLoop
  private let device: OpenUSBDevice
  private let endpoint: UInt8
  private let transfer: USBTransfer
  private var pace = ReadPace()
  private var errorPace = RetryPace(first: errorFirst, longest: errorLongest)
  private var timer: TimerID?
  private var isEnded = false
  private var isClearing = false

  var onBytes: (([UInt8]) -> Void)?
  var onGone: (() -> Void)?
  /// Asks for the endpoint to be cleared; `cleared` follows.
  var onHalt: ((UInt8) -> Void)?
  /// The last read is back after `end`.
  var onEnded: (() -> Void)?

  /// nil when the printer has no way back.
  init?(loop: EventLoop, context: USBContext, device: OpenUSBDevice) {
    guard let endpoint = device.interface.bulkIn,
      let transfer = USBTransfer(context, capacity: Self.read_max)
    else { return nil }
    self.loop = loop
    self.device = device
    self.endpoint = endpoint
    self.transfer = transfer
  }

  var isBusy: Bool { transfer.isBusy }

  func read() {
    guard !isEnded, !isClearing, !transfer.isBusy else { return }
    if let timer { loop.cancel(timer) }
    timer = nil
    let result = transfer.receive(from: endpoint, of: device.handle) { [weak self] in
      self?.done($0)
    }
    // A device that is going: its other signs (NO_DEVICE elsewhere, the descriptor) follow.
    if result != 0 { readLater(errorPace.wait()) }
  }

  /// Something was sent that the printer may answer.
  func expectAnswer() {
    pace.sent(at: Clock.monotonic())
    if timer != nil { read() }
  }

  func cleared() {
    isClearing = false
    readLater(errorPace.wait())
  }

  /// Nothing is read or told any more; the pending read comes back, see `isBusy`.
  func end() {
    isEnded = true
    if let timer { loop.cancel(timer) }
    timer = nil
    transfer.cancel()
  }

  func free() { transfer.free() }

  private func done(_ result: TransferResult) {
    if isEnded {
      onEnded?()
      return
    }
    switch result.status {
    case .completed where result.count > 0:
      errorPace.reset()
      onBytes?(result.bytes)
      read()
    case .completed, .timedOut, .cancelled:
      readLater(pace.pauseAfterEmptyRead(at: Clock.monotonic()))
    case .stalled:
      isClearing = true
      onHalt?(endpoint)
    case .gone: onGone?()
    case .failed:
      if result.count > 0 { onBytes?(result.bytes) }
      readLater(errorPace.wait())
    }
  }

  private func readLater(_ wait: Span) {
    guard !isEnded, timer == nil else { return }
    timer = loop.schedule(after: wait) { [weak self] in
      self?.timer = nil
      self?.read()
    }
  }
}
