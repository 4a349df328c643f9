import Branch
import Foundation
import Glibc
import LinuxIO
import QueueEngine
import Testing

/// The real programs over a real TCP that has a bad day. Namespaces need root.
@Suite(
  "Bad lines and many connections",
  .enabled(if: geteuid() == 0, "network namespaces need root; Tests/run runs this as root"))
struct NetworkRun {
  /// A hub on one host, a node on the other. The hub listens on loopback only, as it must while
  /// there is no authentication; socat stands for the tunnel that people put before it.
  private final class Scene {
    let branch: RunBranch
    let wire: LossyWire
    private let desk: RunDesk
    var node: RunNode { desk.node }
    var printer: RunPrinter { desk.printer }
    var kiosk: RunTerminal { desk.kiosk }
    private let tunnel: RunProgram
    var ratings = 0

    init(seed: UInt64) throws {
      branch = try RunBranch()
      wire = try LossyWire(seed: seed)
      branch.hubNamespace = wire.hubSide
      branch.hubPort = 7557
      try branch.startHub()
      tunnel = try RunProgram(
        at: "/usr/bin/env",
        [
          "ip", "netns", "exec", wire.hubSide, "socat",
          "TCP-LISTEN:7558,fork,reuseaddr,bind=\(LossyWire.hubAddress)", "TCP:127.0.0.1:7557",
        ], log: branch.directory.path + "/socat.log")
      desk = try branch.desk(hub: ["\(LossyWire.hubAddress):7558"], with: [wire])
      desk.node.namespace = wire.nodeSide
      try desk.start()
    }

    deinit {
      node.kill()
      branch.killHub()
      tunnel.kill()
    }

    func waitForSession() throws {
      try branch.wait("a session") { self.node.log.contains("session with hub") }
    }

    func rate() {
      guard desk.smileys.unread_bytes == 0 else { return }
      desk.smileys.press(RunKey.smiley(4))
      ratings += 1
    }

    func expectAllOnce(seed: UInt64) throws {
      try branch.wait("all ratings are read") { self.desk.smileys.unread_bytes == 0 }
      try branch.waitUntilSettled(node)
      branch.expectOnce(of: node)
      #expect(branch.facts(.ratingGiven).count == ratings, "seed \(seed)")
    }
  }

  @Test("forty to ninety milliseconds, five of a hundred packets lost, others overtaken")
  func lossy() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    let scene = try Scene(seed: seed)
    scene.wire.quality = LossyWire.Quality(delay_ms: 40...90, loss_percent: 5)
    try scene.waitForSession()
    try scene.branch.wait("150 packets are lost or carried, seed \(seed)") {
      scene.rate()
      return scene.wire.lost >= 8 && scene.ratings >= 40
    }
    scene.kiosk.press(RunKey.button1)
    try scene.branch.wait("a ticket") { scene.printer.tickets.count == 1 }
    try scene.expectAllOnce(seed: seed)
  }

  @Test("a line that dies without a word is found out, and nothing is lost", arguments: 0..<3)
  func dead(direction: Int) throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    let scene = try Scene(seed: seed)
    try scene.waitForSession()
    for _ in 0..<5 { scene.rate() }
    try scene.expectAllOnce(seed: seed)
    scene.wire.quality.isDeadToHub = direction != 1
    scene.wire.quality.isDeadToNode = direction != 0
    // Heartbeats are a second: two without a word, and the node knows.
    try scene.branch.wait("the node has found it out, seed \(seed)") {
      scene.rate()
      return scene.node.log.contains("[hub-silent]")
    }
    scene.kiosk.press(RunKey.button1)
    try scene.branch.wait("customers notice nothing") { scene.printer.tickets.count == 1 }
    scene.wire.quality = LossyWire.Quality()
    let sessions = scene.node.log.components(separatedBy: "session with hub").count
    try scene.branch.wait("the session is back, seed \(seed)") {
      scene.node.log.components(separatedBy: "session with hub").count > sessions
    }
    try scene.expectAllOnce(seed: seed)
  }

  @Test("ten thousand connections, and one node that is served as if it were alone")
  func tenThousand() throws {
    var limit = rlimit(rlim_cur: 0, rlim_max: 0)
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    try #require(limit.rlim_max >= 10_500, "raise the limit of descriptors (ulimit -Hn)")
    let before = limit
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    defer {
      var back = before
      setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &back)
    }
    let branch = try RunBranch()
    try branch.startHub(heartbeat_ms: 60_000)
    let peers = try (0..<10_000).map { index in
      let peer = try BadPeer(port: branch.hubPort)
      peer.send(line: "HELLO node=many-\(index)")
      return peer
    }
    let desk = try branch.desk()
    let (node, printer, kiosk) = (desk.node, desk.printer, desk.kiosk)
    try node.start()
    try branch.wait("a session") { node.log.contains("session with hub") }
    try branch.wait("all are greeted") {
      for peer in peers { peer.pump() }
      return peers.allSatisfy { $0.lines.first?.hasPrefix("WELCOME") == true }
    }
    for count in 1...3 {
      for peer in peers.prefix(500) { peer.send(line: "LEASE service=none day=2026-11-22") }
      kiosk.press(RunKey.button1)
      try branch.wait("ticket \(count)") { printer.tickets.count == count }
    }
    #expect(branch.facts(.ticketIssued).allSatisfy { $0.fact.more["offline"] == nil })
  }

  @Test("a storm of connections that come and go keeps nobody waiting")
  func storm() throws {
    let branch = try RunBranch()
    try branch.startHub()
    let desk = try branch.desk()
    let (node, printer, kiosk) = (desk.node, desk.printer, desk.kiosk)
    try node.start()
    try branch.wait("a session") { node.log.contains("session with hub") }
    for round in 1...20 {
      var peers = try (0..<100).map { _ in try BadPeer(port: branch.hubPort) }
      for (index, peer) in peers.enumerated() where index % 2 == 0 {
        peer.send(line: index % 4 == 0 ? "HELLO node=storm-\(index)" : "HEL")
      }
      kiosk.press(RunKey.button1)
      try branch.wait("ticket \(round)") { printer.tickets.count == round }
      peers.removeAll()
    }
    try branch.waitUntilSettled(node)
    branch.expectOnce(of: node)
    #expect(node.log.components(separatedBy: "session with hub").count == 2, "never cut off")
  }
}
