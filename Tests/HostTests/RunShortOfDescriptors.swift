import Branch
import Foundation
import Testing

@Suite("A hub with few descriptors")
struct RunShortOfDescriptors {
  private let branch: RunBranch

  init() throws { branch = try RunBranch() }

  /// Each of them says a word and is answered or hung up on.
  private func settle(_ peers: [BadPeer], at location: SourceLocation = #_sourceLocation) throws {
    for peer in peers { peer.send(line: "PING") }
    try branch.wait("each is answered or hung up on", at: location) {
      for peer in peers { peer.pump() }
      return peers.allSatisfy { !$0.lines.isEmpty || $0.isClosed }
    }
  }

  private func lines(with text: String) -> [Substring] {
    (branch.hub?.log ?? "").split(separator: "\n").filter { $0.contains(text) }
  }

  @Test("takes as many as the hard limit has room for, hangs up on the rest, and stores facts")
  func manyConnections() throws {
    try branch.startHub(heartbeat_ms: 60_000, after: "ulimit -Sn 80 && ulimit -Hn 200")
    var peers: [BadPeer] = []
    for _ in 0..<220 { peers.append(try BadPeer(port: branch.hubPort)) }
    try settle(peers)
    let served = peers.filter { !$0.isClosed }
    #expect((100...136).contains(served.count), "64 of 200 are spare: \(served.count)")
    #expect(lines(with: "[too-many-connections]").count == 1)
    #expect(lines(with: "room for 136 connections").count == 1)
    served[0].send(line: "HELLO node=n1")
    served[0].send(line: "FACT 1 rating-given at=1 rating=3")
    try branch.wait("a fact is stored") {
      served[0].pump()
      return served[0].lines.contains("ACK 1")
    }
    for peer in served.dropFirst(10) { peer.send(line: "BYE") }
    try branch.wait("places are free again") {
      let peer = try BadPeer(port: branch.hubPort)
      try settle([peer])
      return !peer.isClosed
    }
  }

  /// Sets the limit of the running hub (prlimit(1)).
  private func setLimit(_ soft: Int) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/prlimit")
    process.arguments = ["--pid", "\(branch.hub?.pid ?? 0)", "--nofile=\(soft):"]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
  }

  @Test("that cannot make a new segment says why, once, and says when it goes on")
  func noSegment() throws {
    try branch.startHub(heartbeat_ms: 60_000)
    let peer = try BadPeer(port: branch.hubPort)
    peer.send(line: "HELLO node=n1")
    try settle([peer])
    try setLimit(3)
    // More than a segment.
    let facts = 1100
    let reason = String(repeating: "x", count: 3900)
    var unsent = (1...facts).flatMap {
      Array("FACT \($0) press-refused at=1 reason=\(reason)\n".utf8)
    }[...]
    try branch.wait("the segment is full") {
      unsent = unsent.dropFirst(peer.send(Array(unsent.prefix(65_536))))
      return !lines(with: "[journal-").isEmpty
    }
    #expect(lines(with: "[journal-too-many-files]").count == 1, "\(branch.story)")
    #expect(!peer.lines.contains("ACK \(facts)"))
    try setLimit(1024)
    try branch.wait("it goes on") {
      unsent = unsent.dropFirst(peer.send(Array(unsent.prefix(65_536))))
      peer.pump()
      return peer.lines.contains("ACK \(facts)")
    }
    #expect(lines(with: "the store can be written again").count == 1)
    #expect(lines(with: "[journal-").count == 1, "\(branch.story)")
  }
}
