import Branch
import Foundation
import Glibc
import LinuxIO
import QueueEngine
import Testing

/// `kioskd` and `queuehub` are killed at random moments, alone or both, under presses that never
/// end. `Tests/killrun N` says how often; a plain `swift test` does it a few times.
@Suite("A long run of kills")
struct KillRun {
  private static let kills_default = 20

  private static var kills: Int {
    ProcessInfo.processInfo.environment["KIOSKD_KILLS"].flatMap(Int.init) ?? kills_default
  }

  private static var seed: UInt64 {
    ProcessInfo.processInfo.environment["KIOSKD_TEST_SEED"].flatMap(UInt64.init)
      ?? UInt64.random(in: 0...UInt64.max)
  }

  private final class Scene {
    let branch: RunBranch
    let node: RunNode
    let printer: RunPrinter
    let kiosk: RunTerminal
    let keypad: RunTerminal
    let smileys: RunTerminal
    var random: RunRandom
    private(set) var presses = 0

    init(seed: UInt64) throws {
      random = RunRandom(seed: seed)
      branch = try RunBranch()
      try branch.startHub()
      let desk = try branch.desk()
      (node, printer) = (desk.node, desk.printer)
      (kiosk, keypad, smileys) = (desk.kiosk, desk.keypad, desk.smileys)
      try desk.start()
    }

    /// One press of each kind that was read, as hasty customers and clerks do.
    func press() {
      if kiosk.unread_bytes == 0 {
        kiosk.press(presses % 3 == 0 ? RunKey.button2 : RunKey.button1)
        presses += 1
      }
      if smileys.unread_bytes == 0 { smileys.press(RunKey.smiley(1 + presses % 5)) }
      if keypad.unread_bytes == 0 { keypad.press(presses % 4 == 0 ? RunKey.end : RunKey.next) }
    }

    /// Until some more bytes were printed, or the time is up: the moment that follows may lie
    /// before, in and behind each step of a ticket and of a start.
    func waitForMoment() throws {
      let bytes = printer.bytes.count + Int.random(in: 1...900, using: &random)
      let limit = Clock.monotonic() + Span(ms: Int64.random(in: 5...400, using: &random))
      var isPressed = false
      try branch.wait("the moment comes, seed \(random.seed)") {
        if !isPressed { press() }
        isPressed = true
        return printer.bytes.count >= bytes || Clock.monotonic() >= limit
      }
    }

    func killSomebody() throws {
      let whom = Int.random(in: 0..<5, using: &random)
      if whom < 4 { node.kill() }
      if whom > 2 { branch.killHub() }
      branch.pump()
      if Bool.random(using: &random) { press() }
      if whom > 2 { try branch.startHub() }
      if whom < 4 { try node.start() }
    }
  }

  @Test("no number twice, no ticket twice, no fact lost or doubled")
  func run() throws {
    let scene = try Scene(seed: Self.seed)
    let branch = scene.branch
    try branch.wait("the reserve is there") { branch.facts(.numbersLeased).count == 4 }
    for kill in 1...Self.kills {
      try scene.waitForMoment()
      try scene.killSomebody()
      if kill % 100 == 0 { print("killed \(kill) of \(Self.kills), seed \(scene.random.seed)") }
    }
    try branch.wait("all presses are read") {
      scene.kiosk.unread_bytes + scene.smileys.unread_bytes + scene.keypad.unread_bytes == 0
    }
    try branch.wait("the session stands again") {
      branch.freshFacts().last { $0.node == scene.node.id } != nil
    }
    try branch.waitUntilSettled(scene.node)
    try branch.wait("every ticket has its end") {
      let facts = branch.facts()
      return facts.count { $0.fact.kind == .ticketIssued } == facts.count(where: Self.isEnd)
    }
    try branch.waitUntilSettled(scene.node)
    expectSound(scene)
  }

  private static func isEnd(_ fact: StoredFact) -> Bool {
    [.ticketPrinted, .ticketUnconfirmed, .ticketVoided].contains(fact.fact.kind)
  }

  private func expectSound(_ scene: Scene) {
    let seed = scene.random.seed
    let facts = scene.branch.freshFacts()
    func tickets(_ kind: FactKind) -> [String] {
      facts.filter { $0.fact.kind == kind }.compactMap { $0.fact.ticket?.description }
    }
    func twice(_ list: [String]) -> [String] {
      Dictionary(grouping: list) { $0 }.filter { $0.value.count > 1 }.keys.sorted()
    }
    scene.branch.expectOnce(of: scene.node)
    let own = facts.filter { $0.node.text == "hub" }.map(\.seq)
    #expect(own == Array(1...UInt64(own.count)), "seed \(seed)")
    let issued = tickets(.ticketIssued)
    #expect(twice(issued) == [], "seed \(seed)")
    #expect(twice(scene.printer.numbers) == [], "seed \(seed)")
    #expect(Set(scene.printer.numbers).isSubset(of: issued), "seed \(seed)")
    #expect(Set(tickets(.ticketPrinted)).isSubset(of: scene.printer.numbers), "seed \(seed)")
    #expect(
      Set(tickets(.ticketVoided)).isDisjoint(with: scene.printer.numbers), "seed \(seed)")
    #expect(twice(tickets(.visitCalled)) == [], "seed \(seed)")
    #expect(facts.allSatisfy { $0.fact.kind != .factsMissing }, "seed \(seed)")
    #expect(issued.count > Self.kills / 8, "the run shows something: \(issued.count) tickets")
    print("\(Self.kills) kills, \(issued.count) tickets, \(facts.count) facts, seed \(seed)")
  }
}
