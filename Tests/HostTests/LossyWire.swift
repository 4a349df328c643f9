import Foundation
import Glibc
import LinuxIO
import Testing

/// Two hosts on this machine with a bad line between them: network namespaces whose only way to
/// each other are packets that the test carries by hand.
///
/// Faults that it can show: packets that come late, in another order, or never; a line that is dead
/// in one direction or both without a word to anybody. It never changes a packet.
final class LossyWire: RunDevice {
  struct Quality {
    /// Each packet takes a time in this range, so that a later one may overtake it.
    var delay_ms: ClosedRange<Int64> = 0...0
    /// Of 100 packets, so many never come.
    var loss_percent = 0
    var isDeadToHub = false
    var isDeadToNode = false
  }

  static let nodeAddress = "10.77.0.1"
  static let hubAddress = "10.77.0.2"

  var quality = Quality()
  private(set) var carried = 0
  private(set) var lost = 0
  let nodeSide: String
  let hubSide: String
  private let node: Descriptor
  private let hub: Descriptor
  private var random: RunRandom
  private var underway: [(due: MonotonicMs, toHub: Bool, packet: [UInt8])] = []
  typealias MonotonicMs = Int64

  init(seed: UInt64) throws {
    random = RunRandom(seed: seed)
    let name = "kt\(getpid())-\(UInt32(truncatingIfNeeded: random.next()) % 10_000)"
    nodeSide = name + "n"
    hubSide = name + "h"
    node = try Self.makeHost(nodeSide, address: Self.nodeAddress, peer: Self.hubAddress)
    hub = try Self.makeHost(hubSide, address: Self.hubAddress, peer: Self.nodeAddress)
  }

  deinit {
    for side in [nodeSide, hubSide] { _ = try? Self.ip(["netns", "del", side]) }
  }

  // MARK: hosts

  private static func makeHost(
    _ name: String, address: String, peer: String
  ) throws -> Descriptor {
    try ip(["netns", "add", name])
    let inside = ["netns", "exec", name, "ip"]
    try ip(inside + ["link", "set", "lo", "up"])
    let tunnel = try openTunnel(inNamespace: name)
    try ip(inside + ["addr", "add", address, "peer", peer, "dev", "wire"])
    try ip(inside + ["link", "set", "wire", "up"])
    return tunnel
  }

  private static func ip(_ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["ip"] + arguments
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "ip \(arguments.joined(separator: " "))")
  }

  /// A tunnel device belongs to the namespace of the thread that makes it (tun.c), so this thread
  /// goes there for a moment.
  private static func openTunnel(inNamespace name: String) throws -> Descriptor {
    let home = try SystemCall.open("/proc/thread-self/ns/net", O_RDONLY)
    let there = try SystemCall.open("/run/netns/\(name)", O_RDONLY)
    try SystemCall.check("setns", enter(there))
    defer { _ = enter(home) }
    let tunnel = try SystemCall.open("/dev/net/tun", O_RDWR | O_NONBLOCK)
    // struct ifreq: the name in 16 bytes, then the flags (linux/if_tun.h: IFF_TUN | IFF_NO_PI).
    var request = [UInt8](repeating: 0, count: 40)
    for (index, byte) in "wire".utf8.enumerated() { request[index] = byte }
    request[16] = 0x01
    request[17] = 0x10
    // TUNSETIFF: _IOW('T', 202, int).
    try SystemCall.check("TUNSETIFF", ioctl(tunnel.raw, 0x4004_54CA, &request))
    return tunnel
  }

  /// setns(2), which Glibc's module does not show.
  private static func enter(_ namespace: borrowing Descriptor) -> CInt {
    guard let symbol = dlsym(nil, "setns") else { return -1 }
    typealias SetNS = @convention(c) (CInt, CInt) -> CInt
    return unsafeBitCast(symbol, to: SetNS.self)(namespace.raw, 0)
  }

  // MARK: the wire

  /// Looked at every few milliseconds anyway.
  var descriptor: CInt? { nil }

  func pump() {
    let now = Clock.monotonic().ms
    take(from: node, toHub: true, isDead: quality.isDeadToHub, now)
    take(from: hub, toHub: false, isDead: quality.isDeadToNode, now)
    let due = underway.filter { $0.due <= now }.sorted { $0.due < $1.due }
    underway.removeAll { $0.due <= now }
    for item in due {
      let target = item.toHub ? hub.raw : node.raw
      _ = item.packet.withUnsafeBytes { SystemCall.write(target, $0) }
      carried += 1
    }
  }

  private func take(
    from side: borrowing Descriptor, toHub: Bool, isDead: Bool, _ now: MonotonicMs
  ) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case .bytes(let count) = buffer.withUnsafeMutableBytes({
      SystemCall.read(side.raw, into: $0)
    }) {
      let isLost = Int.random(in: 0..<100, using: &random) < quality.loss_percent
      if isDead || isLost {
        lost += 1
        continue
      }
      let delay = Int64.random(in: quality.delay_ms, using: &random)
      underway.append((now + delay, toHub, Array(buffer[..<count])))
    }
  }
}
