import Branch
import CLinux
import Glibc
import LinuxIO

/// The person's terminal, taken over whole: alternate screen, no cursor, keys without Return.
/// Given back by `leave`, and when the program crashes.
final class ScreenTerminal {
  private static let enter = "\u{1B}[?1049h\u{1B}[?25l\u{1B}[?7l\u{1B}[2J"
  private static let leave = "\u{1B}[0m\u{1B}[?7h\u{1B}[?25h\u{1B}[?1049l"
  private static let crashes = [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP, SIGQUIT]

  private var settings = termios()
  private var shown: [String] = []
  private(set) var size = ScreenSize()

  init() throws(Problem) {
    guard tcgetattr(STDIN_FILENO, &settings) == 0 else {
      throw Problem(
        code: "no-terminal", what: "the keyboard cannot be read key by key",
        cause: SystemError("tcgetattr", errno: errno).text,
        cure: "Start it on a terminal, or play a script with --script.")
    }
    CrashRestore.arm(settings, Array(Self.leave.utf8), signals: Self.crashes)
    var raw = settings
    cfmakeraw(&raw)
    tcsetattr(STDIN_FILENO, TCSANOW, &raw)
    write(Self.enter)
    measure()
  }

  /// Asks for the window's size and forgets what was drawn.
  func measure() {
    var window = winsize()
    let isKnown = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &window) == 0 && window.ws_col > 0
    size =
      isKnown ? ScreenSize(columns: Int(window.ws_col), rows: Int(window.ws_row)) : ScreenSize()
    shown = []
    write("\u{1B}[0m\u{1B}[2J")
  }

  /// Shows rows of exactly the window's width; what stands there already is not sent again.
  func show(_ rows: [String]) {
    var out = ""
    for (index, row) in rows.enumerated() where index >= shown.count || shown[index] != row {
      out += "\u{1B}[\(index + 1);1H" + row
    }
    shown = rows
    if !out.isEmpty { write(out) }
  }

  func leave() {
    write(Self.leave)
    tcsetattr(STDIN_FILENO, TCSANOW, &settings)
    CrashRestore.disarm(signals: Self.crashes)
  }

  private func write(_ text: String) {
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      switch rest.withUnsafeBytes({ SystemCall.write(STDOUT_FILENO, $0) }) {
      case .bytes(let count): rest = rest.dropFirst(count)
      case .wouldBlock:
        var wait = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
        poll(&wait, 1, -1)
      case .end, .failed: return
      }
    }
  }
}

/// Gives the terminal back when the program dies: all that the handler needs lies ready, because
/// a signal handler may hardly do more than write(2) and tcsetattr(3) (signal-safety(7)).
private enum CrashRestore {
  private struct Ready {
    var settings = termios()
    var bytes: UnsafeMutableBufferPointer<UInt8>
  }

  // Written before the handler is installed, and only read after that.
  nonisolated(unsafe) private static let ready = UnsafeMutablePointer<Ready?>.allocate(capacity: 1)

  static func arm(_ settings: termios, _ bytes: [UInt8], signals: [CInt]) {
    let copy = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: bytes.count)
    _ = copy.initialize(from: bytes)
    ready.initialize(to: Ready(settings: settings, bytes: copy))
    for number in signals {
      signal(number) { number in
        CrashRestore.restore()
        signal(number, SIG_DFL)
        raise(number)
      }
    }
  }

  static func disarm(signals: [CInt]) {
    for number in signals { signal(number, SIG_DFL) }
    ready.pointee?.bytes.deallocate()
    ready.pointee = nil
  }

  private static func restore() {
    guard var state = ready.pointee else { return }
    Glibc.write(STDOUT_FILENO, state.bytes.baseAddress, state.bytes.count)
    tcsetattr(STDIN_FILENO, TCSANOW, &state.settings)
  }
}
