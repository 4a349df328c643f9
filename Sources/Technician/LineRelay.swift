public import Branch
import Glibc
public import LinuxIO

/// The near end of a serial line that leads through this program: another one opens the link in
/// place of the line, and its bytes come here.
///
/// The slave is not kept open here, so that the other program finds a line that nobody holds. While
/// nobody has it open the master reports a hang-up without end; it is looked at now and then.
public final class LineRelay {
  static let look = Span.milliseconds(50)
  static let read_bytes = 4096
  /// Bytes that the other program has not read; more are dropped, as in an adapter.
  static let unsent_bytes_max = 65_536

  private let loop: EventLoop
  private let link: String
  private let onBytes: ([UInt8]) -> Void
  private let terminal: PseudoTerminal
  private var registration: RegistrationID?
  private var timer: TimerID?
  private var unsent: [UInt8] = []
  private var isClosed = false
  /// While it is false the other program's bytes stay with it, until its line is full.
  public var takesBytes = true {
    didSet { if takesBytes != oldValue { updateInterest() } }
  }

  /// - Parameter link: where the other program finds it; is made, and must not be there.
  public init(loop: EventLoop, link: String, onBytes: @escaping ([UInt8]) -> Void) throws(Problem) {
    self.loop = loop
    self.link = link
    self.onBytes = onBytes
    do throws(SystemError) {
      terminal = try PseudoTerminal()
      try Self.makeRaw(terminal.slavePath)
      try SystemCall.check("symlink", symlink(terminal.slavePath, link))
    } catch {
      throw Problem(
        code: "link", what: "cannot make \(link)", cause: error.description,
        cure: error.errno == EEXIST
          ? "Choose another name, or remove it." : "Choose a folder where you may write.")
    }
    lookAgain()
  }

  deinit { close() }

  /// Takes the link away.
  public func close() {
    guard !isClosed else { return }
    isClosed = true
    if let timer { loop.cancel(timer) }
    stopReading()
    if SmallFile.linkTarget(link) == terminal.slavePath { unlink(link) }
  }

  /// To the other program; dropped while there is none.
  public func send(_ bytes: [UInt8]) {
    guard registration != nil, unsent.count + bytes.count <= Self.unsent_bytes_max else { return }
    unsent += bytes
    flush()
  }

  /// A fresh terminal echoes and waits for whole lines; a serial line does not.
  private static func makeRaw(_ path: String) throws(SystemError) {
    let slave = try SystemCall.open(path, O_RDWR | O_NOCTTY | O_NONBLOCK)
    var settings = termios()
    try SystemCall.check("tcgetattr", tcgetattr(slave.raw, &settings))
    cfmakeraw(&settings)
    try SystemCall.check("tcsetattr", tcsetattr(slave.raw, TCSANOW, &settings))
  }

  private func lookAgain() {
    timer = nil
    var state = pollfd(fd: terminal.master.raw, events: Int16(POLLIN), revents: 0)
    poll(&state, 1, 0)
    if state.revents & Int16(POLLHUP) == 0 || state.revents & Int16(POLLIN) != 0 {
      registration = try? loop.register(terminal.master.raw, interest) { [unowned self] in
        ready($0)
      }
    }
    if registration == nil { lookLater() }
  }

  private func lookLater() {
    timer = loop.schedule(after: Self.look) { [unowned self] in lookAgain() }
  }

  private func stopReading() {
    if let registration { loop.unregister(registration) }
    registration = nil
    unsent = []
  }

  private func ready(_ readiness: Readiness) {
    if readiness.contains(.read), takesBytes {
      var buffer = [UInt8](repeating: 0, count: Self.read_bytes)
      let result = buffer.withUnsafeMutableBytes {
        SystemCall.read(terminal.master.raw, into: $0)
      }
      if case .bytes(let count) = result { return onBytes(Array(buffer[..<count])) }
    }
    if !readiness.isDisjoint(with: [.hangUp, .error]) {
      stopReading()
      return lookLater()
    }
    if readiness.contains(.write) { flush() }
  }

  private func flush() {
    if !unsent.isEmpty,
      case .bytes(let count) = unsent.withUnsafeBytes({
        SystemCall.write(terminal.master.raw, $0)
      })
    {
      unsent.removeFirst(count)
    }
    updateInterest()
  }

  private var interest: Readiness {
    var interest: Readiness = unsent.isEmpty ? [] : [.write]
    if takesBytes { interest.insert(.read) }
    return interest
  }

  private func updateInterest() {
    if let registration { loop.update(registration, interest) }
  }
}
