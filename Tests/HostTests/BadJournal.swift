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
      let desk = try branch.desk("origin")
      node = desk.node
      let (kiosk, keypad, smileys) = (desk.kiosk, desk.keypad, desk.smileys)
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

  /// What happened to a copy of the journal.
  private enum Change: CaseIterable {
    case header, firstRecord, lastRecord, anyByte
    case severalInTheLastRecord, severalBytes

    /// One byte can be set right, whichever it is.
    var costsNothing: Bool { self != .severalInTheLastRecord && self != .severalBytes }

    func places(in used_bytes: Int, using random: inout RunRandom) -> Range<Int> {
      switch self {
      case .header: return 20..<21
      case .firstRecord: return 4116..<4117
      case .lastRecord: return used_bytes - 10..<used_bytes - 9
      case .anyByte:
        let place = Int.random(in: 4096..<used_bytes, using: &random)
        return place..<place + 1
      case .severalInTheLastRecord: return used_bytes - 20..<used_bytes - 10
      case .severalBytes:
        let place = Int.random(in: 4096..<used_bytes - 12, using: &random)
        return place..<place + Int.random(in: 5...12, using: &random)
      }
    }
  }

  /// Copies a directory with one segment and changes bytes of it, none of them to zero: zeros may
  /// be a write that was never finished.
  private static func copy(
    _ directory: String, to target: String, _ change: Change, using random: inout RunRandom
  ) throws -> Range<Int> {
    try FileManager.default.copyItem(atPath: directory, toPath: target)
    let names = SmallFile.entries(target).filter { $0.hasSuffix(".journal") }
    let name = try #require(names.count == 1 ? names.first : nil, "\(SmallFile.entries(target))")
    let url = URL(fileURLWithPath: target + "/" + name)
    var bytes = try Data(contentsOf: url)
    let end = try #require(bytes.lastIndex { $0 != 0 }) + 1
    let places = change.places(in: end, using: &random)
    for place in places {
      let old = bytes[place]
      while bytes[place] == old || bytes[place] == 0 {
        bytes[place] = UInt8.random(in: 1...255, using: &random)
      }
    }
    try bytes.write(to: url)
    return places
  }

  private struct Clone {
    let change: Change
    let node: RunNode
    let printer: RunPrinter
    let kiosk: RunTerminal
    let note: String
  }

  private func clone(
    _ original: Original, _ change: Change, _ name: String, in branch: RunBranch,
    using random: inout RunRandom
  ) throws -> Clone {
    let node = try branch.add(RunNode(name, in: branch, hub: ["127.0.0.1:\(branch.hubPort)"]))
    let seed = random.seed
    let places = try Self.copy(original.node.journal, to: node.journal, change, using: &random)
    let (code, output) = try RunProgram.run("kioskd", ["journal", "verify", node.journal])
    let note = "\(name), \(change) at \(places), seed \(seed)"
    #expect(code == (change.costsNothing ? 0 : 1), "\(note): \(output)")
    #expect(output.contains("[journal-"), "\(note): \(output)")
    let printer = try RunPrinter()
    node.devices = [printer]
    node.printer(printer.path)
    let kiosk = try node.terminals().kiosk
    return Clone(change: change, node: node, printer: printer, kiosk: kiosk, note: note)
  }

  @Test("any bytes of a node's journal: it starts, it tells, and all other facts arrive")
  func nodeJournal() throws {
    var random = RunRandom(seed: UInt64.random(in: 0...UInt64.max))
    let original = try Original()
    let branch = try RunBranch()
    try branch.startHub()
    var clones: [Clone] = []
    for (index, change) in (Change.allCases + Change.allCases).enumerated() {
      clones.append(
        try clone(original, change, "clone-\(index)", in: branch, using: &random))
      try clones[index].node.start()
    }
    for clone in clones {
      try branch.wait("\(clone.note): all is told") {
        let last = clone.node.numberedFacts().keys.max() ?? 0
        return branch.facts().contains { $0.node == clone.node.id && $0.seq == last }
      }
      #expect(clone.node.log.contains("error: journal: "), "\(clone.note)")
      clone.kiosk.press(RunKey.button1)
      try branch.wait("\(clone.node.id) issues on") { !clone.printer.numbers.isEmpty }
      expectAllArrived(branch, clone, original)
      let number = try #require(clone.printer.numbers.first)
      // The hub of this test gives numbers from the first; those of the reserve that the node had
      // put by must not come again, whatever record was lost.
      let reserve = original.tickets.filter { $0.utf8.count > 4 }
      #expect(!reserve.contains(number), "\(number), \(clone.note)")
      clone.node.program?.terminate()
    }
  }

  private func expectAllArrived(_ branch: RunBranch, _ clone: Clone, _ original: Original) {
    let stored = branch.freshFacts().filter { $0.node == clone.node.id }
    let numbers = stored.map(\.seq)
    #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count, "\(clone.note)")
    var lost: [Seq] = []
    for (seq, fact) in original.facts {
      guard let there = stored.first(where: { $0.seq == seq })?.fact else {
        lost.append(seq)
        continue
      }
      // The hub may have added a rating's visit.
      #expect(there.kind == fact.kind && there.at == fact.at, "\(clone.note), fact \(seq)")
    }
    #expect(lost.count <= (clone.change.costsNothing ? 0 : 2), "\(clone.note): \(lost)")
    let told = branch.facts(.factsMissing).filter { $0.fact.more["of"] == clone.node.id.text }
    #expect(clone.change.costsNothing ? told.isEmpty : true, "\(clone.note): \(told)")
    #expect(lost.isEmpty || told.count == 1, "\(clone.note): \(lost) \(told)")
  }
}
