import Branch
import Glibc
import LinuxIO
import SerialPort
import Testing

/// A pseudo terminal: the sign's side is the master, the port opens the slave. Faults: `unplug`
/// closes the master, which the slave sees as a hang-up, as with a pulled adapter.
final class VirtualLine {
  private(set) var master: CInt
  let slavePath: String
  /// Kept open so that the kernel does not give the path to a terminal of another test.
  private let reservation: Descriptor

  init() throws {
    let pair = try PseudoTerminal()
    slavePath = pair.slavePath
    reservation = try SystemCall.open(slavePath, O_RDWR | O_NOCTTY)
    master = fcntl(pair.master.raw, F_DUPFD_CLOEXEC, 0)
    try #require(master >= 0)
  }

  deinit { unplug() }

  func unplug() {
    if master >= 0 { close(master) }
    master = -1
  }

  /// What arrived at the sign so far.
  func read() -> [UInt8] {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while master >= 0 {
      let count = Glibc.read(master, &buffer, buffer.count)
      guard count > 0 else { break }
      bytes += buffer[0..<count]
    }
    return bytes
  }

  /// - Returns: how many bytes the line took.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Int { max(0, Glibc.write(master, bytes, bytes.count)) }
}

/// A loop and a port at a link in a directory of its own, and what the port told.
final class SerialWorld {
  let loop: EventLoop
  let directory: String
  var events: [SerialEvent] = []
  private(set) var port: SerialPort?
  private var lines: [VirtualLine] = []
  var linkPath: String { directory + "/sign" }

  init(
    queueBytes_max: Int = 8192, settings: SerialSettings? = nil, direction: RS485Settings? = nil
  ) throws {
    loop = try EventLoop()
    var template = Array("/tmp/kioskd-serial-XXXXXX".utf8CString)
    directory = try #require(mkdtemp(&template).map { String(cString: $0) })
    port = SerialPort(
      loop: loop, path: directory + "/sign",
      settings: try settings ?? SerialSettings(baud: 9600, dataBits: 7, parity: .even),
      direction: direction, queueBytes_max: queueBytes_max
    ) { [unowned self] in events.append($0) }
  }

  deinit {
    port?.close()
    unlink(linkPath)
    rmdir(directory)
  }

  /// Lets the link lead to the line, replacing what it led to before in one step.
  func plug(_ line: VirtualLine) throws {
    lines.append(line)
    let fresh = directory + "/fresh"
    try #require(symlink(line.slavePath, fresh) == 0)
    try #require(rename(fresh, linkPath) == 0)
  }

  /// Runs the loop until the condition holds; fails the test at the deadline.
  func run(
    _ what: String, location: SourceLocation = #_sourceLocation, until condition: () -> Bool
  ) {
    let end = Clock.monotonic() + .seconds(30)
    while !condition() {
      guard Clock.monotonic() < end else {
        Issue.record("waited in vain: \(what); events: \(events)", sourceLocation: location)
        return
      }
      turn()
    }
  }

  /// One batch of the loop, or 20 ms without any.
  func turn() {
    let timer = loop.schedule(after: .milliseconds(20)) { [loop] in loop.stop() }
    let before = loop.wakeups
    stopAfterBatch(since: before)
    loop.run()
    loop.cancel(timer)
  }

  private var hooked = false
  private var turnStart: UInt64 = 0

  private func stopAfterBatch(since wakeups: UInt64) {
    turnStart = wakeups
    if hooked { return }
    hooked = true
    loop.afterEachBatch { [unowned self] in
      if loop.wakeups > turnStart { loop.stop() }
    }
  }

  var openedCount: Int { events.count { if case .opened = $0 { true } else { false } } }
  var problems: [Problem] {
    events.compactMap { if case .lost(let problem) = $0 { problem } else { nil } }
  }
  var received: [UInt8] {
    events.flatMap { if case .received(let bytes) = $0 { bytes } else { [] as [UInt8] } }
  }
  var notes: [String] {
    events.compactMap { if case .note(let text) = $0 { text } else { nil } }
  }
}
