import Branch
import CLinux
import Glibc
import LinuxIO

/// The device's end of a serial cable: a pseudo terminal behind an outlet. Bytes both ways;
/// pulling closes it, which the other side sees as an unplugged device.
final class VirtualLine {
  /// Bytes taken in one go.
  static let read_bytes = 4096
  /// Answers that the other side has not read; more are dropped, as in a device's send buffer.
  static let unsent_bytes_max = 4096

  /// What is open while the cable is plugged in. The slave is kept open as well: without any
  /// opener the master would report a hang-up for ever.
  private final class Cable {
    let terminal: PseudoTerminal
    let slave: Descriptor
    var registration: RegistrationID?

    init() throws(SystemError) {
      terminal = try PseudoTerminal()
      slave = try SystemCall.open(terminal.slavePath, O_RDWR | O_NOCTTY | O_NONBLOCK)
      // A fresh terminal echoes; a device does not.
      var settings = termios()
      tcgetattr(slave.raw, &settings)
      cfmakeraw(&settings)
      tcsetattr(slave.raw, TCSANOW, &settings)
    }
  }

  private let loop: EventLoop
  private let outlet: Outlet
  private let onBytes: ([UInt8]) -> Void
  private var cable: Cable?
  private var unsent: [UInt8] = []

  init(loop: EventLoop, outlet: Outlet, onBytes: @escaping ([UInt8]) -> Void) {
    self.loop = loop
    self.outlet = outlet
    self.onBytes = onBytes
  }

  deinit { pull() }

  var isPlugged: Bool { cable != nil }

  /// While false nothing is read, and the other side has to wait once the kernel's buffer is full.
  var isReading = true {
    didSet { if isReading != oldValue { updateInterest() } }
  }

  func plug() throws(Problem) {
    guard cable == nil else { return }
    let cable: Cable
    do throws(SystemError) {
      cable = try Cable()
      cable.registration = try loop.register(cable.terminal.master.raw, [.read]) {
        [unowned self] in ready($0)
      }
    } catch {
      throw Problem(
        code: "no-terminal", what: "cannot make a pseudo terminal", cause: error.description,
        cure: "Mount /dev/pts, or raise kernel.pty.max.")
    }
    self.cable = cable
    do throws(Problem) {
      try outlet.plug { symlink(cable.terminal.slavePath, $0) }
    } catch {
      close()
      throw error
    }
  }

  func pull() {
    guard cable != nil else { return }
    outlet.pull()
    close()
  }

  func send(_ bytes: [UInt8]) {
    guard cable != nil, unsent.count + bytes.count <= Self.unsent_bytes_max else { return }
    unsent += bytes
    flush()
  }

  private func close() {
    if let registration = cable?.registration { loop.unregister(registration) }
    cable = nil
    unsent = []
  }

  private func ready(_ readiness: Readiness) {
    if readiness.contains(.read) { read() }
    if readiness.contains(.write) { flush() }
  }

  private func read() {
    guard let cable else { return }
    var buffer = [UInt8](repeating: 0, count: Self.read_bytes)
    let result = buffer.withUnsafeMutableBytes {
      SystemCall.read(cable.terminal.master.raw, into: $0)
    }
    if case .bytes(let count) = result { onBytes(Array(buffer[..<count])) }
  }

  private func flush() {
    guard let cable else { return }
    if !unsent.isEmpty,
      case .bytes(let count) = unsent.withUnsafeBytes({
        SystemCall.write(cable.terminal.master.raw, $0)
      })
    {
      unsent.removeFirst(count)
    }
    updateInterest()
  }

  private func updateInterest() {
    guard let registration = cable?.registration else { return }
    var interest: Readiness = isReading ? [.read] : []
    if !unsent.isEmpty { interest.insert(.write) }
    loop.update(registration, interest)
  }
}
