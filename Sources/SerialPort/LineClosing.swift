import CLinux
import Glibc
import LinuxIO

/// Closing a tty waits until its bytes are sent, up to 30 s (closing_wait, setserial(8)); on an
/// adapter whose sign is stuck that would stop everything else for as long.
enum LineClosing {
  /// - Parameter discardingUnsent: false lets the bytes that the kernel has go out.
  static func close(_ line: consuming Descriptor, discardingUnsent: Bool) {
    if discardingUnsent { tcflush(line.raw, TCOFLUSH) }
    // On a pty both stay as long as the other side is open.
    _ = kioskd_tiocnxcl(line.raw)
    _ = kioskd_unlock(line.raw)
    var unsent: CInt = 0
    let isKnown = kioskd_tty_unsent(line.raw, &unsent) == 0
    // A line that hung up answers EIO and is closed without waiting.
    if !isKnown || unsent == 0 { return }
    let raw = line.release()
    do throws(SystemError) {
      try startThread(name: "serial-close") { Glibc.close(raw) }
    } catch {
      Glibc.close(raw)
    }
  }
}
