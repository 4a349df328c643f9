import CLinux
import Glibc

/// A failed system call: which one, and errno.
public struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  public let call: String
  public let errno: CInt

  public init(_ call: String, errno: CInt) {
    self.call = call
    self.errno = errno
  }

  /// The kernel's words for the error, `No such device`.
  public var text: String { String(cString: strerror(errno)) }
  public var description: String { "\(call): \(text)" }

  /// The device behind a descriptor is gone; an ordinary event (DESIGN §3 rule 6).
  public var isDeviceGone: Bool { [EIO, ENODEV, ENXIO, EPIPE, ESHUTDOWN].contains(errno) }
}

/// What one read or write gave.
public enum Transfer: Equatable, Sendable {
  case bytes(Int)
  /// Nothing to read or no room now; epoll will tell when.
  case wouldBlock
  /// read() returned 0: the other side closed, or a tty was unplugged.
  case end
  case failed(SystemError)
}

/// The one gate to read, write and open: EINTR is repeated here and nowhere else; an errno that
/// only a programming error can cause (EBADF, EFAULT) traps.
public enum SystemCall {
  public static func read(_ descriptor: CInt, into buffer: UnsafeMutableRawBufferPointer)
    -> Transfer
  {
    while true {
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      if count > 0 { return .bytes(count) }
      if count == 0 { return .end }
      if let result = classify("read", errno) { return result }
    }
  }

  public static func write(_ descriptor: CInt, _ buffer: UnsafeRawBufferPointer) -> Transfer {
    while true {
      let count = Glibc.write(descriptor, buffer.baseAddress, buffer.count)
      if count >= 0 { return .bytes(count) }
      if let result = classify("write", errno) { return result }
    }
  }

  /// Like write() to a socket, without SIGPIPE.
  public static func send(_ descriptor: CInt, _ buffer: UnsafeRawBufferPointer) -> Transfer {
    while true {
      let count = Glibc.send(descriptor, buffer.baseAddress, buffer.count, CInt(MSG_NOSIGNAL))
      if count >= 0 { return .bytes(count) }
      if let result = classify("send", errno) { return result }
    }
  }

  private static func classify(_ call: String, _ error: CInt) -> Transfer? {
    switch error {
    case EINTR: return nil
    case EAGAIN: return .wouldBlock
    case EBADF, EFAULT: preconditionFailure("\(call): errno \(error) is a bug of ours")
    default: return .failed(SystemError(call, errno: error))
    }
  }

  /// Opens close-on-exec.
  public static func open(_ path: String, _ flags: CInt, mode: UInt32 = 0)
    throws(SystemError) -> Descriptor
  {
    while true {
      let descriptor = kioskd_open(path, flags, mode)
      if descriptor >= 0 { return Descriptor(owning: descriptor) }
      if errno != EINTR { throw SystemError("open \(path)", errno: errno) }
    }
  }

  /// Turns a -1 result into a thrown error.
  @discardableResult
  public static func check(_ call: String, _ result: CInt) throws(SystemError) -> CInt {
    if result < 0 { throw SystemError(call, errno: errno) }
    return result
  }
}
