import Branch
import Foundation
import Testing

@Suite("A hub with a node that sends more than the store takes", .serialized)
struct RunFlooded {
  /// The program itself takes a third of it.
  private static let memory_max_KiB = 32 << 10
  private let branch: RunBranch

  init() throws { branch = try RunBranch() }

  /// Facts without end, whatever the window.
  private final class Flood {
    let peer: BadPeer
    private(set) var sent_bytes = 0
    private var seq = 0
    private var rest: ArraySlice<UInt8> = []
    private let padding =
      Array(" note at=1795334400000 pad=".utf8) + [UInt8](repeating: 120, count: 3_800)
    private let line: String?

    /// - Parameter line: what is said for ever; nil: the longest facts.
    init(_ peer: BadPeer, line: String? = nil) {
      self.peer = peer
      self.line = line
      peer.send(line: "HELLO node=\(line == nil ? "facts" : "flood") epoch=1 next=1")
    }

    private func nextLines() -> [UInt8] {
      (1...64).flatMap { _ in
        seq += 1
        return (line.map { Array($0.utf8) } ?? Array("FACT \(seq)".utf8) + padding) + [10]
      }
    }

    /// As much as the kernel takes just now, four megabytes at the most.
    func pour() {
      let limit = sent_bytes + 4 << 20
      peer.pump()
      while sent_bytes < limit, !peer.isBroken {
        if rest.isEmpty { rest = nextLines()[...] }
        let count = peer.send(Array(rest))
        if count == 0 { return }
        sent_bytes += count
        rest = rest.dropFirst(count)
      }
    }
  }

  /// The most memory that the hub ever had (proc(5), VmHWM).
  private func memory_peak_KiB() throws -> Int {
    let status = try String(
      contentsOfFile: "/proc/\(branch.hub?.pid ?? 0)/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM") })
    return try #require(line.split(whereSeparator: { !$0.isNumber }).first.flatMap { Int($0) })
  }

  private func ask(_ peer: BadPeer, _ line: String, _ answer: String, while flood: Flood) throws {
    let before = peer.lines.count
    peer.send(line: line)
    try branch.wait("\(answer), after \(flood.sent_bytes) bytes of the flood") {
      flood.pour()
      peer.pump()
      return peer.lines[before...].contains { $0.hasPrefix(answer) }
    }
  }

  @Test("answers others between, and stores their facts")
  func floodOfFacts() throws {
    try branch.startHub(heartbeat_ms: 60_000)
    let flood = Flood(try BadPeer(port: branch.hubPort))
    let good = try BadPeer(port: branch.hubPort)
    try ask(good, "HELLO node=good", "WELCOME", while: flood)
    var round = 0
    while flood.sent_bytes < 32 << 20 || round < 50 {
      round += 1
      try ask(good, "PING", "PONG", while: flood)
      try ask(good, "FACT \(round) rating-given at=1 rating=3", "ACK \(round)", while: flood)
    }
    #expect(try memory_peak_KiB() < Self.memory_max_KiB)
  }

  /// Gives the hub no descriptor for a new segment: what it has is soon full.
  private func fillStore(by flood: Flood) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/prlimit")
    process.arguments = ["--pid", "\(branch.hub?.pid ?? 0)", "--nofile=3:"]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    try branch.wait("the store is full") {
      flood.pour()
      return branch.hub?.log.contains("[journal-") == true
    }
  }

  @Test(
    "keeps its memory bounded while its store takes nothing, and answers who only says PING",
    arguments: ["FACT", "PING", "HELLO node=flood epoch=1 next=1", "NEXT counter=1"])
  func fullStore(line: String) throws {
    // Long enough that nobody is called silent because this test had to wait for a core.
    try branch.startHub(heartbeat_ms: 3000)
    let good = try BadPeer(port: branch.hubPort)
    let first = Flood(try BadPeer(port: branch.hubPort))
    try ask(good, "HELLO node=good", "WELCOME", while: first)
    try fillStore(by: first)
    let flood = line == "FACT" ? first : Flood(try BadPeer(port: branch.hubPort), line: line)
    var still = 0
    var sent_bytes = 0
    while flood.sent_bytes < 64 << 20, still < 1500 {
      try ask(good, "PING", "PONG", while: flood)
      still = flood.sent_bytes == sent_bytes ? still + 1 : 0
      sent_bytes = flood.sent_bytes
    }
    #expect(try memory_peak_KiB() < Self.memory_max_KiB, "\(flood.sent_bytes) bytes were taken")
    #expect(!good.isClosed)
    #expect(!flood.peer.isClosed, "who waits for the store is not called silent")
  }
}
