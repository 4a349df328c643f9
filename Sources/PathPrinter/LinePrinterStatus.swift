import CLinux
import Glibc

/// The status lines of a printer of the kernel.
enum LinePrinterStatus {
  /// LPGETSTATUS [Linux include/uapi/linux/lp.h]: an int whose low byte has the lines of the
  /// port: 08 not-error, 10 selected, 20 paper empty.
  static let request: UInt = 0x060B

  /// Asks, and closes the descriptor; nil when the driver does not answer.
  @Sendable static func read(_ descriptor: CInt) -> UInt8? {
    defer { Glibc.close(descriptor) }
    var lines: CInt = 0
    guard ioctl(descriptor, request, &lines) == 0 else { return nil }
    return UInt8(truncatingIfNeeded: lines)
  }
}
