public import Branch
import CLinux
import Glibc
public import LinuxIO

/// A listening TCP socket.
public final class LineListener {
  /// Connections taken in one go.
  static let acceptAtOnce_max = 64
  static let backlog: CInt = 4096
  /// Pause after the process ran out of descriptors.
  static let pause: Span = Span(ms: 200)

  private let loop: EventLoop
  private let descriptor: Descriptor
  private var registration: RegistrationID?
  private var pauseTimer: TimerID?
  /// The port, also where the kernel chose it.
  public let port: UInt16

  /// Listens; problems name the address and the cure.
  /// - Parameter accepted: owns the connected, non-blocking socket.
  public init(
    loop: EventLoop, at target: HostPort, accepted: @escaping (consuming Descriptor) -> Void
  ) throws(Problem) {
    let descriptor = try Self.open(target)
    port = Self.port(of: descriptor.raw)
    self.loop = loop
    self.descriptor = descriptor
    do throws(SystemError) {
      registration = try loop.register(self.descriptor.raw, [.read]) { [unowned self] _ in
        accept(accepted)
      }
    } catch {
      throw Problem(
        code: "listen-failed", what: "cannot watch \(target)", cause: error.description,
        cure: "This is a fault of the system; restart the service.")
    }
  }

  deinit { close() }

  public func close() {
    if let registration { loop.unregister(registration) }
    if let pauseTimer { loop.cancel(pauseTimer) }
    registration = nil
    pauseTimer = nil
  }

  /// Where to listen, looked up; may wait for a name server. Whoever reaches the port is believed,
  /// so that only this machine may: another address is refused with `not-loopback`.
  @discardableResult
  public static func address(of target: HostPort) throws(Problem) -> SocketAddress {
    guard let address = try SocketAddress.find(target, numericOnly: false).first else {
      throw Problem(
        code: "host-unknown", what: "\(target.host) was not found", cause: "no address",
        cure: "Give an address of this machine.")
    }
    guard address.isLoopback else {
      throw Problem(
        code: "not-loopback", what: "\(target) can be reached from other machines",
        cause: "there is no authentication yet: whoever comes would be believed",
        cure: "Listen on 127.0.0.1 or [::1], and let other boxes come through a tunnel that knows "
          + "them, such as ssh -L.")
    }
    return address
  }

  private static func open(_ target: HostPort) throws(Problem) -> Descriptor {
    let address = try address(of: target)
    do throws(SystemError) {
      return try listen(address)
    } catch {
      throw Problem(
        code: error.errno == EADDRINUSE ? "address-in-use" : "listen-failed",
        what: "cannot listen on \(target)", cause: error.description,
        cure: error.errno == EADDRINUSE
          ? "Stop the other program on this port (ss -ltnp), or choose another port."
          : "Give an address of this machine.")
    }
  }

  private static func listen(_ address: SocketAddress) throws(SystemError) -> Descriptor {
    let descriptor = try makeSocket(address)
    setOption(descriptor.raw, SOL_SOCKET, SO_REUSEADDR, 1)
    let raw = descriptor.raw
    try SystemCall.check("bind", address.withPointer { bind(raw, $0, $1) })
    try SystemCall.check("listen", Glibc.listen(descriptor.raw, backlog))
    return descriptor
  }

  private static func port(of descriptor: CInt) -> UInt16 {
    var storage = sockaddr_in6()
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    _ = withUnsafeMutablePointer(to: &storage) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        getsockname(descriptor, $0, &length)
      }
    }
    // The port stands at the same place in sockaddr_in and sockaddr_in6.
    return UInt16(bigEndian: storage.sin6_port)
  }

  private func accept(_ accepted: (consuming Descriptor) -> Void) {
    for _ in 0..<Self.acceptAtOnce_max {
      let flags = CInt(SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
      let connection = kioskd_accept4(descriptor.raw, flags)
      if connection >= 0 {
        accepted(Descriptor(owning: connection))
        continue
      }
      switch errno {
      case EAGAIN: return
      case EMFILE, ENFILE, ENOBUFS, ENOMEM: return pauseAccepting()
      default: continue  // the peer was gone before it was accepted
      }
    }
  }

  /// Without descriptors the socket stays readable: do not spin on it.
  private func pauseAccepting() {
    guard let registration, pauseTimer == nil else { return }
    loop.update(registration, [])
    pauseTimer = loop.schedule(after: Self.pause) { [unowned self] in
      pauseTimer = nil
      if let registration = self.registration { loop.update(registration, [.read]) }
    }
  }
}
