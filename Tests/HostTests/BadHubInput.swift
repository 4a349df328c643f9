import Branch
import LinuxIO
import Testing

@Suite("A hub among bad peers")
struct BadHubInput {
  /// Waits until the peer was told so many lines or was hung up on.
  private func answers(_ branch: RunBranch, _ peer: BadPeer, _ count: Int) throws -> [String] {
    try branch.wait("\(count) answers") {
      peer.pump()
      return peer.lines.count >= count || peer.isClosed
    }
    return peer.lines
  }

  /// The service is up and answers somebody who keeps to the protocol.
  private func expectService(_ branch: RunBranch) throws {
    let peer = try BadPeer(port: branch.hubPort)
    peer.send(line: "PING")
    #expect(try answers(branch, peer, 1).first?.hasPrefix("PONG") == true)
    #expect(branch.hub?.isRunning == true, "\(branch.story)")
  }

  static let badLines: [(line: String, code: String)] = [
    ("nonsense", "syntax"),
    ("\u{1}\u{2}", "syntax"),
    ("HELLO", "missing-field"),
    ("HELLO node=\"", "syntax"),
    ("JUMP high", "unknown-verb"),
    ("FACT 1 rating-given at=1 rating=3", "no-session"),
    ("HELLO version=0 node=bad", "bad-version"),
    ("HELLO node=hub", "bad-value"),
    ("HELLO node=bad next=0", "bad-value"),
    ("HELLO node=bad next=-1", "bad-value"),
    ("HELLO node=bad epoch=18446744073709551615", "bad-value"),
    ("HELLO node=bad/../../etc", "bad-value"),
  ]

  static let badSessionLines: [(line: String, code: String)] = [
    ("FACT 1", "syntax"),
    ("FACT 1 rating-given rating=3", "missing-field"),
    ("FACT -1 rating-given at=1 rating=3", "bad-value"),
    ("FACT 18446744073709551615 rating-given at=1 rating=3", "bad-value"),
    ("FACT 9007199254740991 rating-given at=1 rating=3", "gap"),
    ("FACT 2 rating-given at=1 rating=3", "gap"),
    ("FACT 1 rating-given at=9223372036854775807 rating=3", "bad-value"),
    ("FACT 1 rating-given at=-5 rating=3", "bad-value"),
    ("FACT 1 rating-given at=1 rating=6", "bad-value"),
    ("FACT 1 rating-given at=1 rating=3 node=bad", "bad-value"),
    ("FACT 1 rating-given at=1 rating=3 seq=7", "bad-value"),
    ("FACT 1 ticket-issued at=1 ticket=A001 service=cash day=2026-02-30", "bad-value"),
    ("FACT 1 ticket-issued at=1 ticket=A99999 service=cash day=2026-03-01", "bad-value"),
    ("FACT 1 ticket-issued at=1 ticket=A001 service=cash", "missing-field"),
    ("FACT 1 RATING-GIVEN at=1 rating=3", "bad-value"),
    ("SERVICE id=cash prefix=a", "bad-value"),
    ("SERVICE id=cash prefix=A first=9 last=1", "bad-value"),
    ("SERVICE id=cash prefix=A last=99999999999999999999", "bad-value"),
    ("COUNTER id=1 services=nothing", "unknown-service"),
    ("LEASE id=1 service=nothing day=2026-03-01 count=1", "unknown-service"),
    ("NEXT id=1 counter=9", "unknown-counter"),
    ("NEXT id=1 counter=9 by=0", "expired"),
    ("ACK 77", "bad-value"),
    ("ACK -1", "bad-value"),
  ]

  @Test("a bad line is answered by its code and changes nothing")
  func badLinesAreAnswered() throws {
    let branch = try RunBranch()
    try branch.startHub()
    let peer = try BadPeer(port: branch.hubPort)
    for (line, _) in Self.badLines { peer.send(line: line) }
    peer.send(line: "HELLO node=bad branch=hall epoch=5 next=1")
    for (line, _) in Self.badSessionLines { peer.send(line: line) }
    peer.send(line: "SERVICE id=cash prefix=A")
    peer.send(line: "LEASE id=5 service=cash day=9999-12-31 count=1")
    peer.send(line: "LEASE id=6 service=cash day=1970-01-01 count=1")
    peer.send(line: "LEASE id=7 service=cash day=2026-03-01 count=999999999")
    peer.send(line: "FACT 1 rating-given at=253402300799999 rating=3 counter=1")
    let expected =
      Self.badLines.map { "ERROR code=\($0.code)" } + ["WELCOME"]
      + Self.badSessionLines.map { "ERROR code=\($0.code)" }
      + ["ERROR code=bad-value id=5", "ERROR code=bad-value id=6", "ERROR code=bad-value id=7"]
      + ["ACK 1"]
    let told = try answers(branch, peer, expected.count)
    try #require(told.count == expected.count, "\(told)")
    let sent = Self.badLines.map(\.line) + ["HELLO"] + Self.badSessionLines.map(\.line)
    for (index, (answer, start)) in zip(told, expected).enumerated() {
      let line = index < sent.count ? sent[index] : "the lines behind them"
      #expect(answer.hasPrefix(start), "\(line)")
    }
    #expect(branch.freshFacts().map(\.fact.kind) == [.ratingGiven])
    try expectService(branch)
    // What it took in is what it reads again.
    branch.killHub()
    try branch.startHub()
    try expectService(branch)
  }

  @Test("a line beyond 4,096 bytes and one that is no UTF-8 end their own connection only")
  func violationsEndTheConnection() throws {
    let branch = try RunBranch()
    try branch.startHub()
    let bystander = try BadPeer(port: branch.hubPort)
    let cases: [(bytes: [UInt8], code: String)] = [
      (Array(repeating: UInt8(ascii: "A"), count: 5000) + [10], "too-long"),
      (Array(repeating: 0, count: 100_000), "too-long"),
      (Array("HELLO node=".utf8) + [0xC3, 0x28, 10], "not-utf8"),
    ]
    for (bytes, code) in cases {
      let peer = try BadPeer(port: branch.hubPort)
      peer.send(bytes)
      try branch.wait("hung up on") {
        peer.pump()
        return peer.isClosed
      }
      #expect(peer.lines.count == 1 && peer.lines[0].hasPrefix("ERROR code=\(code)"))
    }
    // The longest line that is allowed.
    bystander.send(Array(repeating: UInt8(ascii: "A"), count: 4095) + [10])
    bystander.send(line: "PING")
    let told = try answers(branch, bystander, 2)
    #expect(told[0].hasPrefix("ERROR code=syntax") && told[1].hasPrefix("PONG"))
  }

  @Test("a line of a hundred megabytes is not kept, and others are served meanwhile")
  func endlessLine() throws {
    let branch = try RunBranch()
    try branch.startHub()
    try expectService(branch)
    let peak = try #require(branch.hub?.peakMemory_kB)
    let bystander = try BadPeer(port: branch.hubPort)
    let pieces = [UInt8](repeating: UInt8(ascii: "A"), count: 1 << 16)
    for start in ["", "HELLO node=loud\nFACT 1 rating-given at=1 rating=3 reason="] {
      let peer = try BadPeer(port: branch.hubPort)
      peer.send(Array(start.utf8))
      var left = 100 << 20
      let answered = bystander.lines.count
      var asked = answered
      try branch.wait("poured or cut off") {
        if asked == bystander.lines.count {
          bystander.send(line: "PING")
          asked += 1
        }
        bystander.pump()
        peer.pump()
        while left > 0, case let taken = peer.send(Array(pieces.prefix(left))), taken > 0 {
          left -= taken
          if left % (4 << 20) < taken { break }
        }
        return left == 0 || peer.isBroken
      }
      #expect(left < 90 << 20, "\(left) bytes are left")
      #expect(bystander.lines.count > answered, "a bystander is answered all the while")
      #expect(peer.lines.last?.hasPrefix("ERROR code=too-long") == true, "\(peer.lines)")
    }
    let after = try #require(branch.hub?.peakMemory_kB)
    #expect(after - peak < 4096, "kB: \(peak), then \(after)")
    #expect(branch.freshFacts().isEmpty)
    try expectService(branch)
  }

  @Test("a node that sends facts of another is hung up on and told of; nothing of it is kept")
  func wrongNode() throws {
    let branch = try RunBranch()
    try branch.startHub()
    let bystander = try BadPeer(port: branch.hubPort)
    bystander.send(line: "HELLO node=other branch=hall epoch=5 next=1")
    for line in [
      "FACT 1 rating-given at=1000 rating=3 node=other", "ACK 0 epoch=4",
      "FACT 1 rating-given at=1000 rating=3 epoch=4",
    ] {
      let peer = try BadPeer(port: branch.hubPort)
      peer.send(line: "HELLO node=bad branch=hall epoch=5 next=1")
      peer.send(line: line)
      peer.send(line: "FACT 1 rating-given at=1000 rating=4")
      try branch.wait("hung up on") {
        peer.pump()
        return peer.isClosed
      }
      #expect(peer.lines.count == 2, "\(line): \(peer.lines)")
      #expect(peer.lines.last?.hasPrefix("ERROR code=wrong-node") == true, "\(line)")
    }
    #expect((SmallFile.text(branch.hubLog) ?? "").contains("[wrong-node]"))
    #expect(branch.freshFacts().isEmpty)
    bystander.send(line: "FACT 1 rating-given at=1000 rating=3")
    #expect(try answers(branch, bystander, 2).last == "ACK 1")
  }

  @Test("connections that end in the middle of a line leave nothing behind")
  func halfLines() throws {
    let branch = try RunBranch()
    try branch.startHub()
    let line = Array("FACT 1 rating-given at=1000 rating=3\n".utf8)
    for count in stride(from: 1, to: line.count, by: 5) {
      let peer = try BadPeer(port: branch.hubPort)
      peer.send(line: "HELLO node=half branch=hall epoch=5 next=1")
      peer.send(Array(line[..<count]))
      peer.endOutput()
      try branch.wait("closed from there too") {
        peer.pump()
        return peer.isClosed
      }
      #expect(peer.lines.allSatisfy { !$0.hasPrefix("ACK") })
    }
    // Whole, but in pieces.
    let peer = try BadPeer(port: branch.hubPort)
    peer.send(line: "HELLO node=half branch=hall epoch=5 next=1")
    for byte in line { peer.send([byte]) }
    #expect(try answers(branch, peer, 2).last == "ACK 1")
    #expect(branch.freshFacts().count == 1)
  }

  @Test("random bytes do not stop it")
  func randomBytes() throws {
    var random = RunRandom(seed: UInt64.random(in: 0...UInt64.max))
    let branch = try RunBranch()
    try branch.startHub()
    let words = ["HELLO", "FACT", "ACK", "1", "node=a", "at=5", "rating-given", "\"", "=", "\\x"]
    for round in 0..<24 {
      let peer = try BadPeer(port: branch.hubPort)
      if round % 2 == 0 { peer.send(line: "HELLO node=n\(round) branch=hall") }
      for _ in 0..<40 {
        var bytes = random.bytes(Int.random(in: 0...60, using: &random))
        // Half of it looks like the protocol.
        if Bool.random(using: &random) {
          bytes = (0..<6).flatMap { _ in Array(words.randomElement(using: &random)!.utf8) + [32] }
        }
        peer.send(bytes + [10])
      }
      peer.endOutput()
      try branch.wait("round \(round), seed \(random.seed): all is answered or cut off") {
        peer.pump()
        return peer.isClosed
      }
    }
    try expectService(branch)
    let (code, _) = try RunProgram.run("kioskd", ["journal", "verify", branch.data])
    #expect(code == 0, "seed \(random.seed)")
  }

  @Test("200 connections that say half a line keep nobody waiting, and are closed in the end")
  func manyAndSlow() throws {
    let branch = try RunBranch()
    try branch.startHub(heartbeat_ms: 200)
    let peers = try (0..<200).map { _ in try BadPeer(port: branch.hubPort) }
    for peer in peers { peer.send(Array("HELLO node=".utf8)) }
    try expectService(branch)
    // Byte by byte, never a whole line: that is no sign of life.
    try branch.wait("all of them are hung up on") {
      for peer in peers where !peer.isClosed {
        peer.send([UInt8(ascii: "a")])
        peer.pump()
      }
      return peers.allSatisfy(\.isClosed)
    }
    try expectService(branch)
  }

  @Test("a peer that asks and never reads is cut off")
  func neverReads() throws {
    let branch = try RunBranch()
    try branch.startHub()
    let peer = try BadPeer(port: branch.hubPort)
    peer.isReading = false
    let questions = Array(repeating: Array("X\n".utf8), count: 2000).flatMap(\.self)
    var sent = 0
    try branch.wait("cut off") {
      sent += peer.send(sent % 2 == 0 ? questions : [10])
      return peer.isBroken
    }
    #expect(sent > 10_000)
    try expectService(branch)
  }
}
