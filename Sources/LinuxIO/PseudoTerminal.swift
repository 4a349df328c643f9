import CLinux

/// A pair of connected terminals: a virtual device holds the master, and the slave's path is given
/// to whoever would open a serial port. Closing the master is an unplug for the other side.
public struct PseudoTerminal: ~Copyable {
  /// Non-blocking, close-on-exec.
  public let master: Descriptor
  /// `/dev/pts/3`
  public let slavePath: String

  public init() throws(SystemError) {
    var path = [CChar](repeating: 0, count: 64)
    let raw = try SystemCall.check("posix_openpt", kioskd_open_pty(&path, CInt(path.count)))
    master = Descriptor(owning: raw)
    let bytes = path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
    slavePath = String(decoding: bytes, as: UTF8.self)
  }
}
