import Branch
import Foundation
import LinuxIO
import QueueEngine
import Testing

@Suite("Journals with changed bytes")
struct BadJournal {
  /// A journal that a node left after `kill -9`, with tickets, ratings and its hub away.
  private final class Original {
    let branch: RunBranch
    let node: RunNode
    private(set) var facts: [Seq: Fact] = [:]

    init() throws {
      branch = try RunBranch()
      try branch.startHub()
      node = try branch.add(RunNode("origin", in: branch, hub: ["127.0.0.1:\(branch.hubPort)"]))
      let printer = try RunPrinter()
      node.devices = [printer]
      node.printer(printer.path)
      let (kiosk, keypad, smileys) = try node.terminals()
      try node.start()
      try branch.wait("the reserve is there") { branch.facts(.numbersLeased).count == 4 }
      for count in 1...3 {
        kiosk.press(RunKey.button1)
        keypad.press(RunKey.next)
        try branch.wait("ticket \(count)") { branch.facts(.ticketPrinted).count == count }
      }
      try branch.waitUntilSettled(node)
      branch.killHub()
      for count in 1...5 {
        kiosk.press(RunKey.button1)
        smileys.press(RunKey.smiley(count))
      }
      try branch.wait("all of it is in the journal") { [node] in
        node.count(.ticketPrinted) == 8 && node.count(.ratingGiven) == 5
      }
      node.kill()
      facts = node.numberedFacts()
    }

    var tickets: Set<String> {
      Set(facts.values.filter { $0.kind == .ticketIssued }.compactMap { $0.ticket?.description })
    }
  }

  /// Copies a directory with one segment and changes one of its bytes.
  static func copy(
    _ directory: String, to target: String, changing place: (_ used_bytes: Int) -> Int, by: UInt8
  ) throws -> Int {
    try FileManager.default.copyItem(atPath: directory, toPath: target)
    let names = SmallFile.entries(target).filter { $0.hasSuffix(".journal") }
    let name = try #require(names.count == 1 ? names.first : nil, "\(SmallFile.entries(target))")
    let url = URL(fileURLWithPath: target + "/" + name)
    var bytes = try Data(contentsOf: url)
    let end = try #require(bytes.lastIndex { $0 != 0 }) + 1
    let index = place(end)
    bytes[index] ^= by
    try bytes.write(to: url)
    return index
  }

  @Test("any byte of a node's journal: it starts, it tells, and all other facts arrive")
  func nodeJournal() throws {
    var random = RunRandom(seed: UInt64.random(in: 0...UInt64.max))
    let original = try Original()
    let branch = try RunBranch()
    try branch.startHub()
    var clones: [(node: RunNode, printer: RunPrinter, kiosk: RunTerminal, place: Int)] = []
    for index in 0..<12 {
      let node = try branch.add(
        RunNode("clone-\(index)", in: branch, hub: ["127.0.0.1:\(branch.hubPort)"]))
      let place = try Self.copy(
        original.node.journal, to: node.journal,
        changing: { end in
          switch index {
          case 0: 20
          case 1: 4096 + 20
          // In the last record: of a torn write it cannot be told.
          case 2: end - 10
          default: Int.random(in: 4096..<end, using: &random)
          }
        }, by: 1 << UInt8.random(in: 0...7, using: &random))
      let (code, output) = try RunProgram.run("kioskd", ["journal", "verify", node.journal])
      // The header has a second copy; the last record may be a torn write. Both are told, and
      // neither means that something acknowledged is lost.
      let isHarmless = index == 0 || index == 2
      #expect(isHarmless || code == 1, "byte \(place), seed \(random.seed): \(output)")
      #expect(output.contains("[journal-"), "byte \(place): \(output)")
      let printer = try RunPrinter()
      node.devices = [printer]
      node.printer(printer.path)
      clones.append((node, printer, try node.terminals().kiosk, place))
    }
    for clone in clones {
      let readable = clone.node.numberedFacts()
      #expect(readable.count >= original.facts.count - 1, "byte \(clone.place)")
      try clone.node.start()
    }
    for clone in clones {
      try branch.wait("\(clone.node.id), byte \(clone.place), seed \(random.seed): all is told") {
        let last = clone.node.numberedFacts().keys.max() ?? 0
        return branch.facts().contains { $0.node == clone.node.id && $0.seq == last }
      }
      #expect(clone.node.log.contains("error: journal: "), "byte \(clone.place)")
      clone.kiosk.press(RunKey.button1)
      try branch.wait("\(clone.node.id) issues on") { !clone.printer.numbers.isEmpty }
      expectAllArrived(branch, clone.node, original, "byte \(clone.place), seed \(random.seed)")
      let number = try #require(clone.printer.numbers.first)
      // The hub of this test gives numbers from the first; those of the reserve that the node had
      // put by must not come again, whatever record was lost.
      let reserve = original.tickets.filter { $0.utf8.count > 4 }
      #expect(!reserve.contains(number), "\(number), byte \(clone.place), \(random.seed)")
      clone.node.program?.terminate()
    }
  }

  private func expectAllArrived(
    _ branch: RunBranch, _ node: RunNode, _ original: Original, _ what: String
  ) {
    let stored = branch.freshFacts().filter { $0.node == node.id }
    let numbers = stored.map(\.seq)
    #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count, "\(what)")
    var lost: [Seq] = []
    for (seq, fact) in original.facts {
      guard let there = stored.first(where: { $0.seq == seq })?.fact else {
        lost.append(seq)
        continue
      }
      // The hub may have added a rating's visit.
      // The number of the last fact is given anew when its record was cut as torn.
      let isLast = seq == original.facts.keys.max()
      #expect(isLast || there.kind == fact.kind && there.at == fact.at, "\(what), fact \(seq)")
    }
    #expect(lost.count <= 1, "\(what): \(lost)")
    let told = branch.facts(.factsMissing).filter { $0.fact.more["of"] == node.id.text }
    #expect(told.count == (lost.isEmpty ? told.count : 1), "\(what): \(lost) \(told)")
  }
}
