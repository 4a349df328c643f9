import CLinux
import Glibc
import LinuxIO

/// A path that yields `input_event` records.
enum EventPath {
  enum Kind {
    case evdev, stream, file
  }

  /// For reading and writing: LEDs need it, and a FIFO that one has open for writing oneself never
  /// ends when its writers come and go. Reading alone will do for an event node.
  static func open(_ path: String) throws(SystemError) -> Descriptor {
    do throws(SystemError) {
      return try SystemCall.open(path, O_RDWR | O_NOCTTY | O_NONBLOCK)
    } catch {
      guard [EACCES, EPERM, EROFS].contains(error.errno) else { throw error }
      var status = stat()
      guard stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFIFO else { throw error }
      return try SystemCall.open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK)
    }
  }

  static func kind(_ raw: CInt, _ status: stat) -> Kind {
    switch status.st_mode & S_IFMT {
    case S_IFREG: .file
    case S_IFCHR where EventDevice.isOne(raw): .evdev
    default: .stream
    }
  }

  /// A tty would change bytes and hold them back until a line ends.
  static func makeRaw(_ raw: CInt) {
    var line = termios()
    guard isatty(raw) == 1, tcgetattr(raw, &line) == 0 else { return }
    cfmakeraw(&line)
    tcsetattr(raw, TCSANOW, &line)
  }
}

/// Identity of what a path leads to.
struct Inode: Equatable {
  private let device: UInt
  private let number: UInt
  private let rawDevice: UInt

  init(_ status: stat) {
    device = UInt(status.st_dev)
    number = UInt(status.st_ino)
    rawDevice = UInt(status.st_rdev)
  }
}
