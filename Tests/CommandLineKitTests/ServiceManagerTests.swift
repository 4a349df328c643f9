import Branch
import CLinux
import Glibc
import LinuxIO
import Testing

@testable import CommandLineKit

/// What systemd does: a datagram socket that waits for assignments.
private final class Manager {
  private let socket: CInt

  /// `@name` is abstract.
  init(_ name: String) throws {
    socket = try SystemCall.check(
      "socket",
      Glibc.socket(
        AF_UNIX, CInt(SOCK_DGRAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0))
    let address = try #require(UnixAddress(name))
    try SystemCall.check("bind", address.withPointer { bind(socket, $0, $1) })
  }

  deinit { close(socket) }

  /// The next datagram; nil when none waits.
  func heard() -> String? {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = recv(socket, &buffer, buffer.count, 0)
    return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
  }
}

private func service(_ environment: [String: String], process: pid_t = 42) throws
  -> ServiceManager?
{
  try ServiceManager(environment: { environment[$0] }, process)
}

@Suite struct ServiceManagerTests {
  private func talk(_ name: String) throws {
    let manager = try Manager(name)
    let service = try #require(try service(["NOTIFY_SOCKET": name]))
    try service.tellReady(status: "3 of 3 devices")
    #expect(manager.heard() == "READY=1\nSTATUS=3 of 3 devices")
    try service.tell(status: "hub away\nREADY=1")
    #expect(manager.heard() == "STATUS=hub away\\nREADY=1")
    try service.tellAlive()
    #expect(manager.heard() == "WATCHDOG=1")
    try service.tellStopping(status: "bye")
    #expect(manager.heard() == "STOPPING=1\nSTATUS=bye")
    #expect(manager.heard() == nil)
  }

  @Test("a manager behind a path hears everything")
  func path() throws {
    var template = Array("/tmp/notify-XXXXXX".utf8CString)
    let directory = try #require(mkdtemp(&template).map { String(cString: $0) })
    defer {
      unlink(directory + "/socket")
      rmdir(directory)
    }
    try talk(directory + "/socket")
  }

  @Test("a manager behind an abstract name hears everything")
  func abstract() throws { try talk("@kioskd-test-\(getpid())") }

  @Test("nobody asked: nobody is told")
  func absent() throws {
    #expect(try service([:]) == nil)
    #expect(try service(["NOTIFY_SOCKET": ""]) == nil)
  }

  @Test("a manager that went away is an error, not a crash")
  func gone() throws {
    let service = try #require(try service(["NOTIFY_SOCKET": "/nonexistent/socket"]))
    #expect(throws: SystemError("send to the service manager", errno: ENOENT)) {
      try service.tellAlive()
    }
  }

  @Test("an address of another kind is a problem with a name")
  func otherKind() {
    let long = "/" + String(repeating: "x", count: 107)
    for name in ["vsock:2:9999", "relative", "/", "@", long] {
      let problem = #expect(throws: Problem.self) { try service(["NOTIFY_SOCKET": name]) }
      #expect(problem?.code == "notify-socket")
    }
    #expect(UnixAddress("/" + String(repeating: "x", count: 106)) != nil)
    #expect(UnixAddress("@" + String(repeating: "x", count: 107)) != nil)
  }

  @Test("the watchdog is fed twice within its limit")
  func watchdog() throws {
    let socket = ["NOTIFY_SOCKET": "/s"]
    func limit(_ more: [String: String]) throws -> Span? {
      try service(socket.merging(more) { $1 })?.watchdogLimit
    }
    #expect(try limit(["WATCHDOG_USEC": "30000000"]) == .seconds(30))
    #expect(try limit(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "42"]) == .seconds(30))
    #expect(try limit(["WATCHDOG_USEC": "30000000", "WATCHDOG_PID": "43"]) == nil)
    for nonsense in ["", "0", "-5", "soon"] {
      #expect(try limit(["WATCHDOG_USEC": nonsense]) == nil)
    }
    #expect(try limit([:]) == nil)
    let watched = try service(["NOTIFY_SOCKET": "/s", "WATCHDOG_USEC": "30000000"])
    #expect(watched?.watchdogInterval == .seconds(15))
  }

  @Test("the real environment is read")
  func current() throws {
    #expect((try ServiceManager.current() == nil) == (getenv("NOTIFY_SOCKET") == nil))
  }
}
