public import Branch
import CLinux
import Glibc
import LinuxIO

/// The service manager that started us, over the datagram socket in NOTIFY_SOCKET
/// (sd_notify(3)). Spoken here in full, so that the daemon needs no libsystemd.
public struct ServiceManager: Sendable {
  /// Longest status text, in characters; the rest is cut.
  public static let status_max = 500

  private let address: UnixAddress
  /// How long the manager waits for `tellAlive` before it kills us; nil when it does not watch.
  public let watchdogLimit: Span?

  /// nil when nobody asked to be told. Throws `notify-socket` when NOTIFY_SOCKET holds an address
  /// of another kind; the service can run, but its manager will think that it never started.
  public static func current() throws(Problem) -> ServiceManager? {
    try ServiceManager(environment: { name in getenv(name).map { String(cString: $0) } }, getpid())
  }

  init?(environment: (String) -> String?, _ process: pid_t) throws(Problem) {
    guard let text = environment("NOTIFY_SOCKET"), !text.isEmpty else { return nil }
    guard let address = UnixAddress(text) else {
      throw Problem(
        code: "notify-socket", what: "The service manager cannot be told that we are ready",
        cause: "NOTIFY_SOCKET is '\(text)', which is neither a path nor an abstract name",
        cure: "Use Type=simple in the unit, or a manager with a Unix socket.")
    }
    self.address = address
    watchdogLimit = Self.watchdogLimit(environment, process)
  }

  /// WATCHDOG_USEC, unless WATCHDOG_PID says that it is meant for another process
  /// (sd_watchdog_enabled(3)).
  private static func watchdogLimit(_ environment: (String) -> String?, _ process: pid_t) -> Span? {
    if let meant = environment("WATCHDOG_PID"), meant != "\(process)" { return nil }
    guard let text = environment("WATCHDOG_USEC"), let limit_us = Int64(text), limit_us > 0 else {
      return nil
    }
    return .milliseconds(max(1, limit_us / 1000))
  }

  /// How often to call `tellAlive`: half of the limit, as sd_watchdog_enabled(3) recommends.
  public var watchdogInterval: Span? { watchdogLimit.map { Span(ms: max(1, $0.ms / 2)) } }

  /// Started, and able to serve. Waits for room in the manager's queue: a start that is not
  /// heard of ends in a kill. Throws the error of the socket.
  public func tellReady(status: String) throws(SystemError) {
    try send(["READY=1", Self.status(status)], flags: CInt(MSG_NOSIGNAL))
  }

  /// One line for `systemctl status`.
  public func tell(status: String) throws(SystemError) {
    try send([Self.status(status)], flags: Self.withoutWaiting)
  }

  /// The event loop turns. A lost one is made up for by the next.
  public func tellAlive() throws(SystemError) {
    try send(["WATCHDOG=1"], flags: Self.withoutWaiting)
  }

  /// On the way out; the manager expects no more signs of life.
  public func tellStopping(status: String) throws(SystemError) {
    try send(["STOPPING=1", Self.status(status)], flags: Self.withoutWaiting)
  }

  private static var withoutWaiting: CInt { CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT) }

  /// Assignments are separated by line breaks, so that none may stand in the text.
  private static func status(_ text: String) -> String {
    "STATUS=" + Log.escaped(String(text.prefix(status_max)))
  }

  private func send(_ assignments: [String], flags: CInt) throws(SystemError) {
    let socket = Descriptor(
      owning: try SystemCall.check(
        "socket", socket(AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_CLOEXEC.rawValue), 0)))
    let message = Array(assignments.joined(separator: "\n").utf8)
    while true {
      let count = address.withPointer { pointer, length in
        sendto(socket.raw, message, message.count, flags, pointer, length)
      }
      if count >= 0 { return }
      if errno != EINTR { throw SystemError("send to the service manager", errno: errno) }
    }
  }
}

/// `/run/systemd/notify`, or `@name` for Linux's abstract namespace (unix(7)).
package struct UnixAddress: Sendable {
  private let address: sockaddr_un
  private let length: socklen_t

  /// nil for another form, or for a name that does not fit into the kernel's 108 bytes.
  package init?(_ text: String) {
    var bytes = Array(text.utf8)
    guard let first = bytes.first, bytes.count > 1, !bytes.contains(0),
      first == UInt8(ascii: "/") || first == UInt8(ascii: "@")
    else { return nil }
    let isAbstract = first == UInt8(ascii: "@")
    // A path ends with a zero; an abstract name starts with one and ends with its length.
    if isAbstract { bytes[0] = 0 } else { bytes.append(0) }
    var address = sockaddr_un()
    guard bytes.count <= MemoryLayout.size(ofValue: address.sun_path) else { return nil }
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    self.address = address
    let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
    length = socklen_t(offset + bytes.count)
  }

  func withPointer<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
    withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, length) }
    }
  }
}
