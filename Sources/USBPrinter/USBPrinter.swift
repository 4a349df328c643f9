public import Branch
import CLibUSB
import Glibc
public import LinuxIO

/// A printer of the USB printer class, driven through libusb without ever waiting for it.
///
/// ```
/// looking -- found in sysfs --> opening (worker) -- claimed --> open -- lost --> ending --.
///  ^  ^ '-- refused: waits, or a change on the bus <--'                                 |
///  |  '---------------------------------------------------------------------------------'
///  '--- every transfer back, interface released (worker)
/// ```
///
/// - Looking costs nothing: a change below /dev/bus/usb wakes it. A refusal (no rights, claimed by
///   another program) is told once, and tried again with a growing wait.
/// - A job goes in transfers of 4 KiB without a time limit: a printer out of paper takes nothing
///   for hours, and it is the owner's deadline that ends the job, by `cancel`. The accepted count
///   is libusb's, also for a transfer that was torn or cancelled half-way.
/// - At rest one read is pending, and no timer runs.
public final class USBPrinter: PrinterPort {
  /// Looks after a change on the bus: the node is there before the interfaces are, and udevd sets
  /// the rights after that; on a slow box some seconds may pass.
  static let settling: [Span] = [
    .milliseconds(0), .milliseconds(50), .milliseconds(150), .milliseconds(500), .seconds(1),
    .seconds(3),
  ]
  static let retryFirst = Span.seconds(1)
  /// Also the belt for a change that inotify did not tell.
  static let retryLongest = Span.seconds(60)
  /// Query bytes that wait for a job to end.
  static let query_max = 256
  /// Open for so long, a device counts as sound, and its next loss starts a fresh row of tries.
  static let soundAfter = Span.seconds(5)
  static let unplugged = "unplugged or switched off"
  /// For the last transfers to come back when the program ends.
  static let closing_max = Span.seconds(1)

  struct Job {
    let id: UInt64
    let bytes: [UInt8]
    var accepted = 0
    var isGivenUp = false
  }

  enum State {
    case idle
    case looking
    case opening
    case open(USBConnection)
    /// Transfers are coming back, or the worker releases the interface.
    case ending(USBConnection)
  }

  let selector: USBPrinterSelector
  let loop: EventLoop
  let tree: USBTree
  let nodes: String
  let onEvent: (PrinterPortEvent) -> Void

  var state = State.idle
  var isClosed = false
  var watch: BusWatch?
  var context: USBContext?
  var worker: Worker<USBDoor.Task, USBDoor.Outcome>?
  /// Keeps this object until the worker has given back what it was opening or releasing.
  var untilWorkerIsDone: USBPrinter?
  var timer: TimerID?
  var settleStep = USBPrinter.settling.count
  var retryPace = RetryPace(first: retryFirst, longest: retryLongest)
  var reported: Problem?
  var job: Job?
  var queries: [UInt8] = []
  var isOutHalted = false

  /// - Parameters:
  ///   - sysfs: where sysfs is mounted; another tree in tests.
  ///   - nodes: where the kernel makes the nodes of USB devices.
  ///   - onEvent: runs on the loop's thread, never inside a call to this object. After `close`
  ///     nothing comes. Call `close` before letting go of the object.
  public init(
    loop: EventLoop, selector: USBPrinterSelector, sysfs: String = "/sys",
    nodes: String = "/dev/bus/usb", onEvent: @escaping (PrinterPortEvent) -> Void
  ) {
    self.loop = loop
    self.selector = selector
    self.nodes = nodes
    self.onEvent = onEvent
    tree = USBTree(sysfs: sysfs)
  }

  // MARK: - Calls

  public func start() {
    guard case .idle = state, !isClosed else { return }
    state = .looking
    // Without inotify (limit of watches) the growing wait alone finds the device.
    watch = try? BusWatch(loop: loop, root: nodes) { [weak self] in self?.busChanged() }
    soon { $0.look() }
  }

  public func write(job id: UInt64, bytes: [UInt8]) {
    precondition(job == nil, "one job at a time")
    job = Job(id: id, bytes: bytes)
    soon { printer in
      if case .open = printer.state { return printer.pump() }
      // While transfers come back, the loss that ends them ends this job too.
      if case .ending = printer.state { return }
      printer.stopJob(printer.reported ?? USBProblem.notThere(printer.selector))
    }
  }

  public func send(query bytes: [UInt8]) {
    guard case .open = state, queries.count + bytes.count <= Self.query_max else { return }
    queries += bytes
    soon { $0.pump() }
  }

  public func requestPortStatus() {
    guard case .open(let connection) = state else { return }
    connection.requestStatus { [weak self] in self?.tell(.portStatus($0)) }
  }

  /// Empties the printer's buffers, for what it holds of a job that was given up.
  public func softReset() {
    guard case .open(let connection) = state else { return }
    connection.softReset { [weak self] in self?.pump() }
  }

  public func cancel(job id: UInt64) {
    soon { printer in
      guard printer.job?.id == id else { return }
      printer.job?.isGivenUp = true
      guard case .open(let connection) = printer.state else { return }
      guard connection.isSending else { return printer.stopGivenUp(connection) }
      connection.cancelSending()
    }
  }

  public func close() {
    guard !isClosed else { return }
    isClosed = true
    watch?.close()
    if let timer { loop.cancel(timer) }
    timer = nil
    job = nil
    switch state {
    case .open(let connection):
      state = .ending(connection)
      if giveBackNow(connection) { finishClosing() }
    case .opening, .ending: untilWorkerIsDone = self
    case .idle, .looking: finishClosing()
    }
  }

  /// Synchronous, because the loop may never turn again: the program ends, and usblp has to get
  /// its printer back. Bounded: the kernel gives cancelled transfers back at once.
  ///
  /// - Returns: false when libusb still holds a transfer; then nothing of it may be freed.
  private func giveBackNow(_ connection: USBConnection) -> Bool {
    connection.end {}
    let limit = Clock.monotonic() + Self.closing_max
    while connection.isBusy, Clock.monotonic() < limit {
      context?.handleEvents(timeout: timeval(tv_sec: 0, tv_usec: 50_000))
    }
    guard !connection.isBusy else { return false }
    connection.free()
    USBDoor.release(connection.device)
    context?.close(connection.device.wrapped)
    return true
  }

  func finishClosing() {
    state = .idle
    worker?.close()
    worker = nil
    context?.close()
    untilWorkerIsDone = nil
  }

  /// Runs on the next turn of the loop, so that no event reaches the owner inside its own call.
  func soon(_ body: @escaping (USBPrinter) -> Void) {
    _ = loop.schedule(after: .milliseconds(0)) { [weak self] in
      guard let self, !isClosed else { return }
      body(self)
    }
  }

  func tell(_ event: PrinterPortEvent) {
    if !isClosed { onEvent(event) }
  }
}
