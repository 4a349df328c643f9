import Branch
import CLinux
import Glibc
import LinuxIO
import PathPrinter
import Testing

/// A loop with a printer port on it and everything that the port told.
final class PortBench {
  let loop: EventLoop
  private(set) var events: [PrinterPortEvent] = []
  private var wanted: (([PrinterPortEvent]) -> Bool)?

  init() throws { loop = try EventLoop() }

  func record(_ event: PrinterPortEvent) {
    events.append(event)
    check()
  }

  /// For states that are not told by an event, such as bytes at the far end.
  func check() {
    if let wanted, wanted(events) { loop.stop() }
  }

  /// Runs the loop until the events satisfy the question. The limit only ends a run that hangs.
  func run(
    _ what: String, until isReached: @escaping ([PrinterPortEvent]) -> Bool,
    at location: SourceLocation = #_sourceLocation
  ) throws {
    if isReached(events) { return }
    wanted = isReached
    var isLate = false
    let limit = loop.schedule(after: .seconds(60)) { [loop] in
      isLate = true
      loop.stop()
    }
    loop.run()
    loop.cancel(limit)
    wanted = nil
    try #require(!isLate, "never came true: \(what); events: \(events)", sourceLocation: location)
  }

  var received: [UInt8] {
    events.flatMap { event -> [UInt8] in
      if case .received(let bytes) = event { bytes } else { [] }
    }
  }
}

extension PrinterPortEvent {
  var isArrived: Bool { if case .arrived = self { true } else { false } }
  var lostCode: String? { if case .lost(let problem) = self { problem.code } else { nil } }
  var stopped: (job: UInt64, accepted: Int, code: String)? {
    if case .stopped(let job, let accepted, let problem) = self {
      (job, accepted, problem.code)
    } else {
      nil
    }
  }
}

/// A directory that goes away with its owner.
final class ScratchDirectory {
  let path: String

  init() {
    var template = Array("/tmp/kioskd-test-XXXXXX".utf8CString)
    precondition(mkdtemp(&template) != nil)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { remove(path) }

  private func remove(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    if status.st_mode & S_IFMT == S_IFDIR {
      for name in SmallFile.entries(path) { remove("\(path)/\(name)") }
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}

/// The far end of a pty: what a serial printer would be.
final class FarEnd {
  private(set) var master: CInt
  let slavePath: String

  init() throws {
    master = try SystemCall.open("/dev/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK).release()
    // TIOCSPTLCK and TIOCGPTN (ioctl_tty(2)): Glibc's module hides grantpt(3) and ptsname(3).
    var locked: CInt = 0
    var number: CInt = 0
    try SystemCall.check("TIOCSPTLCK", ioctl(master, 0x4004_5431, &locked))
    try SystemCall.check("TIOCGPTN", ioctl(master, 0x8004_5430, &number))
    slavePath = "/dev/pts/\(number)"
  }

  deinit { hangUp() }

  func hangUp() {
    if master >= 0 { close(master) }
    master = -1
  }

  /// What stands there now, without waiting.
  func take() -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case .bytes(let count) = buffer.withUnsafeMutableBytes({
      SystemCall.read(master, into: $0)
    }) { all += buffer[0..<count] }
    return all
  }

  func put(_ bytes: [UInt8]) {
    _ = bytes.withUnsafeBytes { SystemCall.write(master, $0) }
  }
}

/// Every byte value, LF and XON/XOFF among them, `count` bytes in all.
func awkwardBytes(_ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 256) }
}
