import Branch
import CLinux
import Glibc
import LinuxIO

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
