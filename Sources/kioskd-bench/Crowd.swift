import Branch
import CLinux
import Glibc
import LinuxIO

/// Thousands of nodes in one thread: each a socket that greets, declares a service and a counter,
/// and then says PING now and then. They know of the hub's answers only what has to come.
final class Crowd {
  /// Nodes that may be between their connection and the answer to their greeting: boxes come back
  /// after pauses that chance makes different, and a hub's listen queue holds 4,096.
  static let atOnce_max = 1_000
  /// Descriptors for all else.
  static let descriptors_spare = 64

  private enum Phase {
    case away, connecting, greeting, declaring, settled
  }

  private struct Node {
    var descriptor: CInt = -1
    var phase = Phase.away
  }

  private let port: UInt16
  private let epoll: Descriptor
  private var nodes: [Node]
  private var settledCount = 0
  private var events = [epoll_event](repeating: epoll_event(), count: 256)
  private var buffer = [UInt8](repeating: 0, count: 4096)

  /// - Parameter port: of the hub on 127.0.0.1.
  init(_ count: Int, port: UInt16) throws(Problem) {
    self.port = port
    nodes = [Node](repeating: Node(), count: count)
    do throws(SystemError) {
      epoll = Descriptor(
        owning: try SystemCall.check("epoll_create1", epoll_create1(CInt(EPOLL_CLOEXEC))))
    } catch {
      throw benchProblem("no epoll", error.text)
    }
  }

  deinit { leave() }

  /// Raises the limit of descriptors of this process, and of those it starts, for so many nodes.
  static func makeRoom(for count: Int) throws(Problem) {
    let limit = DescriptorLimit.raise()
    guard limit < count + descriptors_spare else { return }
    throw benchProblem(
      "no room for \(count) sockets", "\(limit) files may be open",
      cure: "Raise the hard limit (ulimit -Hn), or ask for fewer --nodes.")
  }

  // MARK: coming and going

  /// Connects, greets and declares until the hub has answered all of them.
  func arrive(within span: Span) throws(Problem) {
    let deadline = Clock.monotonic() + span
    settledCount = 0
    var next = 0
    while settledCount < nodes.count {
      while next < nodes.count, next - settledCount < Self.atOnce_max {
        try connect(next)
        next += 1
      }
      try turn(wait_ms: 100)
      guard Clock.monotonic() < deadline else {
        throw benchProblem(
          "not all nodes could greet", "\(settledCount) of \(nodes.count) in \(span.ms) ms")
      }
    }
  }

  /// Closes all connections without a word.
  func leave() {
    for index in nodes.indices where nodes[index].descriptor >= 0 {
      close(nodes[index].descriptor)
      nodes[index] = Node()
    }
  }

  /// Each node says PING once in a `heartbeat`, one after the other.
  func beat(every heartbeat: Span, for span: Span) throws(Problem) {
    let start = Clock.monotonic()
    var said = 0
    while true {
      let passed = Clock.monotonic() - start
      if passed >= span { return }
      let due = Int(passed.ms) * nodes.count / Int(heartbeat.ms)
      while said < due {
        try say("PING\n", said % nodes.count)
        said += 1
      }
      try turn(wait_ms: 2)
    }
  }

  private func connect(_ index: Int) throws(Problem) {
    let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    do throws(SystemError) {
      let descriptor = try SystemCall.check("socket", socket(AF_INET, kind, 0))
      nodes[index] = Node(descriptor: descriptor, phase: .connecting)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = port.bigEndian
      address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
      let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      }
      if result < 0, errno != EINPROGRESS { throw SystemError("connect", errno: errno) }
      var event = epoll_event(
        events: EPOLLOUT.rawValue, data: epoll_data_t(u64: UInt64(index)))
      try SystemCall.check(
        "epoll_ctl", epoll_ctl(epoll.raw, EPOLL_CTL_ADD, descriptor, &event))
    } catch {
      throw benchProblem("node \(index) cannot connect", error.description)
    }
  }

  // MARK: talking

  private func turn(wait_ms: CInt) throws(Problem) {
    let count = epoll_wait(epoll.raw, &events, CInt(events.count), wait_ms)
    for place in 0..<Int(max(0, count)) { try ready(Int(events[place].data.u64)) }
  }

  private func ready(_ index: Int) throws(Problem) {
    if nodes[index].phase == .connecting {
      var event = epoll_event(events: EPOLLIN.rawValue, data: epoll_data_t(u64: UInt64(index)))
      epoll_ctl(epoll.raw, EPOLL_CTL_MOD, nodes[index].descriptor, &event)
      nodes[index].phase = .greeting
      return try say(Self.hello(index), index)
    }
    let descriptor = nodes[index].descriptor
    let result = buffer.withUnsafeMutableBytes { SystemCall.read(descriptor, into: $0) }
    guard case .bytes(let count) = result else {
      throw benchProblem("the hub left node \(index)", "\(result)")
    }
    try heard(buffer[..<count], index)
  }

  /// On this machine an answer comes in one piece.
  private func heard(_ bytes: ArraySlice<UInt8>, _ index: Int) throws(Problem) {
    switch nodes[index].phase {
    case .greeting where bytes.starts(with: "WELCOME ".utf8):
      nodes[index].phase = .declaring
      try say("SERVICE id=cash prefix=A\nCOUNTER id=1 services=cash\nPING\n", index)
    case .declaring where bytes.starts(with: "PONG ".utf8):
      nodes[index].phase = .settled
      settledCount += 1
    case .settled where bytes.starts(with: "PONG ".utf8): break
    default:
      throw benchProblem("node \(index) was refused", String(decoding: bytes, as: UTF8.self))
    }
  }

  private func say(_ text: String, _ index: Int) throws(Problem) {
    let descriptor = nodes[index].descriptor
    let bytes = Array(text.utf8)
    let result = bytes.withUnsafeBytes { SystemCall.send(descriptor, $0) }
    guard result == .bytes(bytes.count) else {
      throw benchProblem("node \(index) cannot speak", "\(result)")
    }
  }

  /// As kioskd greets; two nodes a branch.
  private static func hello(_ index: Int) -> String {
    "HELLO version=1 node=kiosk-\(index) branch=branch-\(index / 2)"
      + " epoch=\(1_795_330_000_000 + index) next=1 commands=0 now=1795334400000"
      + " boot=0f2a9c1b7d3e4f5a8b6c9d0e1f2a3b4c machine=5d1c8e2f9a3b7c4d mono=86400000"
      + " can=clock,starts,expire\n"
  }
}
