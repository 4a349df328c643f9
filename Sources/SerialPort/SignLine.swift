public import Branch
public import LinuxIO

/// A serial line with a sign at its end, which needs silence between frames and shows the newest
/// only. Confined to the event loop's thread; every call returns at once.
public final class SignLine {
  private let loop: EventLoop
  private let onEvent: (SerialEvent) -> Void
  private var port: SerialPort?
  private var pacing: FramePacing
  private var timer: TimerID?

  /// - Parameters:
  ///   - gap: silence between two frames.
  ///   - onEvent: as of a `SerialPort`; `drained` follows each frame.
  public init(
    loop: EventLoop, path: String, settings: SerialSettings, gap: Span,
    onEvent: @escaping (SerialEvent) -> Void
  ) {
    self.loop = loop
    self.onEvent = onEvent
    pacing = FramePacing(settings: settings, gap: gap)
    port = SerialPort(loop: loop, path: path, settings: settings) { [unowned self] in handle($0) }
  }

  deinit { close() }

  /// Looks for the device, now and until it is there; `opened` or `lost` follows.
  public func start() { port?.start() }

  /// Stops for good. Bytes that the kernel took still go out.
  public func close() {
    pacing.reset()
    arm()
    port?.close()
    port = nil
  }

  /// Sends the frame now, or as soon as the sign takes another one; of several that wait, the
  /// newest. false when the line is not open.
  public func show(_ frame: [UInt8]) -> Bool {
    guard port?.isOpen == true else { return false }
    return write(pacing.shown(frame))
  }

  private func handle(_ event: SerialEvent) {
    switch event {
    case .opened, .lost: pacing.reset()
    case .drained: _ = write(pacing.drained(now: Clock.monotonic()))
    case .received, .note: break
    }
    arm()
    onEvent(event)
  }

  private func write(_ frame: [UInt8]?) -> Bool {
    guard let frame else { return true }
    if port?.write(frame) == true { return true }
    pacing.reset()
    return false
  }

  private func arm() {
    if let timer { loop.cancel(timer) }
    timer = pacing.deadline.map { deadline in
      loop.schedule(at: deadline) { [unowned self] in
        timer = nil
        _ = write(pacing.timePassed(now: Clock.monotonic()))
      }
    }
  }
}
