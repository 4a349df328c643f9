public import Branch
import CLinux
import Glibc
public import LinuxIO

/// Connects to `host:port` without blocking the loop: names are looked up on a worker, the
/// connection is waited for by epoll.
public final class Connector {
  private let loop: EventLoop
  private let connected: (consuming Descriptor) -> Void
  private let failed: (Problem) -> Void
  private var resolver: Worker<HostPort, Result<[SocketAddress], Problem>>?
  private var registration: RegistrationID?
  private var pending: CInt?
  private var target: HostPort?

  /// - Parameters:
  ///   - connected: owns the connected socket.
  ///   - failed: the attempt is over; call `connect` again when it suits.
  public init(
    loop: EventLoop, connected: @escaping (consuming Descriptor) -> Void,
    failed: @escaping (Problem) -> Void
  ) {
    self.loop = loop
    self.connected = connected
    self.failed = failed
  }

  deinit { cancel() }

  /// Starts an attempt; one before it is given up.
  public func connect(to target: HostPort) {
    cancel()
    self.target = target
    do {
      open(try SocketAddress.find(target, numericOnly: true))
    } catch {
      lookUp(target)
    }
  }

  /// Gives the attempt up without a word.
  public func cancel() {
    if let registration { loop.unregister(registration) }
    if let pending { Glibc.close(pending) }
    registration = nil
    pending = nil
    target = nil
  }

  private func lookUp(_ target: HostPort) {
    do throws(SystemError) {
      if resolver == nil {
        resolver = try Worker(
          loop: loop, name: "resolver", capacity: 1,
          perform: { target in
            Result { () throws(Problem) in try SocketAddress.find(target, numericOnly: false) }
          },
          deliver: { [unowned self] result in found(result) })
      }
      // An earlier look-up that still hangs is the answer to this one as well.
      _ = resolver?.submit(target)
    } catch {
      fail(error)
    }
  }

  private func found(_ result: Result<[SocketAddress], Problem>) {
    guard target != nil else { return }
    switch result {
    case .success(let addresses): open(addresses)
    case .failure(let problem):
      target = nil
      failed(problem)
    }
  }

  private func open(_ addresses: [SocketAddress]) {
    guard let address = addresses.first else { return }
    do throws(SystemError) {
      let descriptor = try makeSocket(address)
      let raw = descriptor.raw
      let result = address.withPointer { Glibc.connect(raw, $0, $1) }
      if result == 0 { return connected(descriptor) }
      guard errno == EINPROGRESS else { throw SystemError("connect", errno: errno) }
      registration = try loop.register(raw, [.write]) { [unowned self] _ in ready() }
      pending = descriptor.release()
    } catch {
      fail(error)
    }
  }

  private func ready() {
    guard let pending, let registration else { return }
    loop.unregister(registration)
    self.registration = nil
    self.pending = nil
    let descriptor = Descriptor(owning: pending)
    var error: CInt = 0
    var length = socklen_t(MemoryLayout<CInt>.size)
    getsockopt(descriptor.raw, SOL_SOCKET, SO_ERROR, &error, &length)
    if error == 0 { connected(descriptor) } else { fail(SystemError("connect", errno: error)) }
  }

  private func fail(_ error: SystemError) {
    let name = target.map(\.description) ?? "the hub"
    target = nil
    failed(
      Problem(
        code: "hub-unreachable", what: "cannot connect to \(name)", cause: error.text,
        cure: "Check that queuehub runs there and that no firewall is between."))
  }
}
