public import Branch
import CLinux
import Glibc
public import LinuxIO

/// What a serial port tells its owner.
public enum SerialEvent: Equatable, Sendable {
  /// The line is set up and takes bytes. `identity` names adapter and path for people. What a sign
  /// showed before is unknown now: send it again.
  case opened(identity: String)
  /// The device is gone or cannot be opened; the port goes on looking for it by itself. Bytes that
  /// waited are dropped. Told again only when the reason changes.
  case lost(Problem)
  /// Bytes from the other side, 1 to `SerialPort.readBytes_max` at once.
  case received([UInt8])
  /// The kernel took all bytes that were written. They may still be on their way.
  case drained
  /// Something that a technician may want to know.
  case note(String)
}

/// A serial line at a path (`/dev/serial/by-path/…`, `/dev/ttyUSB0`, a pty), which may come and go.
/// Confined to the event loop's thread; every call returns at once.
public final class SerialPort {
  public static let readBytes_max = 1024
  /// Reads for one wake-up, so that one chattering line cannot starve the others.
  static let reads_max = 4
  /// Bytes taken from the other side in `floodWindow` besides answers; a line that sends more is
  /// not listened to until the window ends. Signs send little or nothing by themselves.
  static let floodBytes_max = 65_536
  /// Bytes of answers for each that was sent. The most is that of a Modbus question of 8 bytes, to
  /// which 251 are the answer, on an adapter that hears itself.
  static let answerBytes_max: UInt64 = 33
  static let floodWindow = Span.seconds(60)
  /// A device that takes no byte for so long is closed and opened anew.
  public static let stall_max = Span.seconds(15)

  public let path: String
  public let settings: SerialSettings
  /// nil: the driver's own way is left as it is.
  public let direction: RS485Settings?
  /// Bytes that may wait; more are refused.
  public let queueBytes_max: Int
  /// Bytes that the kernel took since the port was made.
  public private(set) var acceptedBytes: UInt64 = 0

  private let loop: EventLoop
  private let onEvent: (SerialEvent) -> Void
  private var search: DeviceSearch?
  private var descriptor: Descriptor?
  private var registration: RegistrationID?
  private var queue: [UInt8] = []
  private var stallTimer: TimerID?
  private var floodTimer: TimerID?
  private var floodBytes = 0
  /// `acceptedBytes` when the window began.
  private var sentBefore: UInt64 = 0
  private var isDeaf = false

  /// - Parameters:
  ///   - queueBytes_max: 1 or more.
  ///   - onEvent: runs on the loop's thread, never from within a call to this port except `start`.
  public init(
    loop: EventLoop, path: String, settings: SerialSettings, direction: RS485Settings? = nil,
    queueBytes_max: Int = 8192, onEvent: @escaping (SerialEvent) -> Void
  ) {
    self.loop = loop
    self.path = path
    self.settings = settings
    self.direction = direction
    self.queueBytes_max = queueBytes_max
    self.onEvent = onEvent
  }

  deinit { close() }

  public var isOpen: Bool { registration != nil }
  /// Bytes that the kernel did not take yet.
  public var queuedBytes: Int { queue.count }

  /// Looks for the device, now and until it is there; `opened` or `lost` follows.
  public func start() {
    guard search == nil else { return }
    let search = DeviceSearch(
      loop: loop, path: path, subsystem: "tty", attempt: { [unowned self] in open() },
      tell: { [unowned self] in onEvent(.lost($0)) })
    self.search = search
    search.start()
  }

  /// Queues bytes behind those that wait. false when the port is not open or has no room for all of
  /// them; then none is taken.
  public func write(_ bytes: [UInt8]) -> Bool {
    guard isOpen, bytes.count <= queueBytes_max - queue.count else { return false }
    if bytes.isEmpty { return true }
    queue += bytes
    updateInterest()
    if stallTimer == nil { startStallTimer() }
    return true
  }

  /// Stops for good. Bytes that the kernel took still go out.
  public func close() {
    search?.stop()
    search = nil
    shut(discardingUnsent: false)
  }

  // MARK: Opening

  private func open() -> DeviceAttempt {
    // Of /dev/null nobody is to be told to stop those who have it open.
    guard isPerhapsSerial(path) else { return .needsChange(LineProblems.notSerial(path)) }
    let holders = DeviceHolder.others(of: path)
    if !holders.isEmpty { return .needsTime(DeviceProblems.held(path, by: holders)) }
    do throws(SystemError) {
      // O_NONBLOCK: without it the open waits for a carrier that a sign never gives.
      let line = try SystemCall.open(path, O_RDWR | O_NOCTTY | O_NONBLOCK)
      guard isatty(line.raw) == 1 else { return .needsChange(LineProblems.notSerial(path)) }
      // Two locks, because others look at one or the other. Root passes the second one.
      guard kioskd_lock_exclusively(line.raw) == 0 else {
        return .needsTime(LineProblems.locked(path))
      }
      _ = kioskd_tiocexcl(line.raw)
      let kept = try settings.apply(to: line.raw)
      let refused = isPseudoTerminal(line.raw) ? [] : kept
      let turning = direction?.apply(to: line.raw)
      if let direction, direction.isRequired, case .unknown(let error)? = turning {
        // On a pty it would stay.
        _ = kioskd_tiocnxcl(line.raw)
        return .needsChange(RS485Settings.problem(path, error))
      }
      tcflush(line.raw, TCIOFLUSH)
      registration = try loop.register(line.raw, [.read]) { [weak self] in self?.handle($0) }
      descriptor = consume line
      isDeaf = false
      onEvent(.opened(identity: identity))
      tell(refused, turning)
      return .found
    } catch {
      return isHelpedByChange(error)
        ? .needsChange(DeviceProblems.opening(path, error))
        : .needsTime(DeviceProblems.opening(path, error))
    }
  }

  /// What the driver does otherwise; the sign may work all the same.
  private func tell(_ refused: [String], _ turning: RS485Settings.Outcome?) {
    if isOpen, !refused.isEmpty { onEvent(.note(settings.problem(path, refused).description)) }
    switch turning {
    case .unknown(let error)? where isOpen && direction?.asksTheDriver == true:
      onEvent(.note(RS485Settings.problem(path, error).description))
    case .otherwise(let taken)? where isOpen:
      onEvent(.note("\(path): its driver switches the line with \(taken)"))
    default: break
    }
  }

  private func isHelpedByChange(_ error: SystemError) -> Bool {
    [ENOENT, ENOTDIR, EACCES, EPERM, ELOOP, ENAMETOOLONG, EISDIR].contains(error.errno)
  }

  private var identity: String {
    let node = resolvedPath(path) ?? path
    let name = node.split(separator: "/").last.map(String.init) ?? node
    let usb = USBIdentity(behind: "/sys/class/tty/\(name)").map { ", \($0)" } ?? ""
    return (node == path ? path : "\(path) (\(node))") + usb + ", \(settings)"
  }

  /// The kernel keeps 8N1 on a pty whatever one asks for. Unix98 slaves have major 136 to 143.
  private func isPseudoTerminal(_ raw: CInt) -> Bool {
    var status = stat()
    return fstat(raw, &status) == 0 && (136...143).contains((status.st_rdev >> 8) & 0xFFF)
  }

  // MARK: Transfers

  private func handle(_ readiness: Readiness) {
    if readiness.contains(.read), !isDeaf { readSome() }
    if isOpen, !readiness.isDisjoint(with: [.hangUp, .error]) { lose("the line hung up") }
    if isOpen, readiness.contains(.write) { writeSome() }
  }

  private func readSome() {
    var buffer = [UInt8](repeating: 0, count: Self.readBytes_max)
    for _ in 0..<Self.reads_max {
      guard let raw = descriptor?.raw else { return }
      switch buffer.withUnsafeMutableBytes({ SystemCall.read(raw, into: $0) }) {
      case .bytes(let count): take(buffer[0..<count])
      case .wouldBlock: return
      case .end: return lose("read: end of file")
      case .failed(let error): return lose(error.description)
      }
      if isDeaf { return }
    }
  }

  private func take(_ bytes: ArraySlice<UInt8>) {
    if floodTimer == nil {
      floodTimer = loop.schedule(after: Self.floodWindow) { [weak self] in self?.endFloodWindow() }
      sentBefore = acceptedBytes
    }
    floodBytes += bytes.count
    onEvent(.received(Array(bytes)))
    let answers = Int(clamping: (acceptedBytes &- sentBefore) * Self.answerBytes_max)
    guard isOpen, floodBytes - answers > Self.floodBytes_max else { return }
    isDeaf = true
    updateInterest()
    onEvent(.note("\(path) sends without end; what it sends is ignored for a while"))
  }

  private func endFloodWindow() {
    floodTimer = nil
    floodBytes = 0
    guard isDeaf else { return }
    isDeaf = false
    if let raw = descriptor?.raw { tcflush(raw, TCIFLUSH) }
    updateInterest()
  }

  private func writeSome() {
    guard let raw = descriptor?.raw, !queue.isEmpty else { return updateInterest() }
    switch queue.withUnsafeBytes({ SystemCall.write(raw, $0) }) {
    case .bytes(let count):
      queue.removeFirst(count)
      acceptedBytes &+= UInt64(count)
      if count > 0 { startStallTimer() }
      updateInterest()
      if queue.isEmpty { onEvent(.drained) }
    case .wouldBlock: return
    case .end: return
    case .failed(let error): lose(error.description)
    }
  }

  private func updateInterest() {
    guard let registration else { return }
    var interest: Readiness = isDeaf ? [] : [.read]
    if !queue.isEmpty { interest.insert(.write) }
    loop.update(registration, interest)
  }

  /// Runs anew from each accepted byte while bytes wait.
  private func startStallTimer() {
    if let stallTimer { loop.cancel(stallTimer) }
    stallTimer = nil
    guard !queue.isEmpty else { return }
    stallTimer = loop.schedule(after: Self.stall_max) { [weak self] in self?.stalled() }
  }

  private func stalled() {
    stallTimer = nil
    lose(
      Problem(
        code: "device-stalled", what: "\(path) takes no bytes",
        cause: "\(queue.count) bytes waited for \(Self.stall_max.ms / 1000) s",
        cure: "Switch the sign off and on; if that does not help, replace the adapter."))
  }

  // MARK: Losing

  private func lose(_ cause: String) { lose(DeviceProblems.unplugged(path, cause)) }

  private func lose(_ problem: Problem) {
    shut(discardingUnsent: true)
    search?.resume(after: problem)
    onEvent(.lost(problem))
  }

  private func shut(discardingUnsent: Bool) {
    if let registration { loop.unregister(registration) }
    registration = nil
    for timer in [stallTimer, floodTimer] { if let timer { loop.cancel(timer) } }
    stallTimer = nil
    floodTimer = nil
    floodBytes = 0
    queue = []
    if let line = descriptor.take() { LineClosing.close(line, discardingUnsent: discardingUnsent) }
  }
}
