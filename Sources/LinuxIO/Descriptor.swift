import Glibc

/// An owned file descriptor: closed once, when its owner goes.
public struct Descriptor: ~Copyable {
  public let raw: CInt

  public init(owning raw: CInt) {
    precondition(raw >= 0)
    self.raw = raw
  }

  deinit { Glibc.close(raw) }

  /// Gives the number to somebody else, who closes it.
  public consuming func release() -> CInt {
    let raw = raw
    discard self
    return raw
  }

  public borrowing func setNonBlocking() throws(SystemError) {
    let flags = try SystemCall.check("fcntl", fcntl(raw, F_GETFL))
    try SystemCall.check("fcntl", fcntl(raw, F_SETFL, flags | O_NONBLOCK))
  }
}
