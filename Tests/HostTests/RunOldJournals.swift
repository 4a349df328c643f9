import Branch
import Foundation
import LinuxIO
import QueueEngine
import Testing

/// A journal that is not what it was when the hub heard of it last, and a hub that is not what it
/// was: nothing that customers did meanwhile may be taken for what the other side has already.
@Suite("Old journals, short journals, lost stores")
struct RunOldJournals {
  private static func segment(_ node: RunNode) throws -> String {
    let name = try #require(SmallFile.entries(node.journal).first { $0.hasSuffix(".journal") })
    return node.journal + "/" + name
  }

  /// What happens to the journal while the node is off.
  enum Change: CaseIterable {
    case oldCopy, cutToHeader, empty, zeros
  }

  @Test("ratings given with such a journal all arrive, once", arguments: Change.allCases)
  func journals(change: Change) throws {
    let branch = try RunBranch()
    try branch.startHub()
    let desk = try branch.desk()
    let (node, smileys) = (desk.node, desk.smileys)
    try node.start()
    smileys.press(RunKey.smiley(1))
    try branch.wait("the first rating") { branch.facts(.ratingGiven).count == 1 }
    try branch.waitUntilSettled(node)
    node.kill()
    let copy = node.directory + "/copy"
    try FileManager.default.copyItem(atPath: node.journal, toPath: copy)
    try node.start()
    for count in 2...5 {
      smileys.press(RunKey.smiley(2))
      try branch.wait("rating \(count)") { branch.facts(.ratingGiven).count == count }
    }
    try branch.waitUntilSettled(node)
    node.kill()
    branch.killHub()
    try apply(change, node, copy)
    try node.start()
    for count in 1...6 {
      smileys.press(RunKey.smiley(5))
      try branch.wait("rating \(count) is in the journal") {
        node.facts().count { $0.kind == .ratingGiven && $0.rating == 5 } == count
      }
    }
    try branch.startHub()
    try branch.wait("all six are at the hub") {
      branch.facts(.ratingGiven).count { $0.fact.rating == 5 } >= 6
    }
    let stored = branch.freshFacts()
    #expect(stored.count { $0.fact.rating == 5 } == 6)
    #expect(stored.count { $0.fact.kind == .ratingGiven } == 11)
    // And it goes on.
    smileys.press(RunKey.smiley(3))
    try branch.wait("one more") { branch.facts(.ratingGiven).count == 12 }
  }

  private func apply(_ change: Change, _ node: RunNode, _ copy: String) throws {
    let files = FileManager.default
    switch change {
    case .oldCopy:
      try files.removeItem(atPath: node.journal)
      try files.moveItem(atPath: copy, toPath: node.journal)
    case .cutToHeader, .empty:
      let handle = try #require(FileHandle(forWritingAtPath: try Self.segment(node)))
      try handle.truncate(atOffset: change == .empty ? 0 : 4096)
    case .zeros:
      let path = try Self.segment(node)
      let size = try #require(files.attributesOfItem(atPath: path)[.size] as? Int)
      try Data(count: size).write(to: URL(fileURLWithPath: path))
    }
  }

  @Test("a hub that lost its store gives no number that a customer holds")
  func lostStore() throws {
    let branch = try RunBranch()
    try branch.startHub()
    let desk = try branch.desk()
    let (node, printer, kiosk) = (desk.node, desk.printer, desk.kiosk)
    try node.start()
    for count in 1...2 {
      try branch.wait("a session") { node.log.contains("session with hub") }
      kiosk.press(RunKey.button1)
      try branch.wait("ticket \(count)") { printer.numbers.count == count }
    }
    branch.killHub()
    try FileManager.default.moveItem(atPath: branch.data, toPath: branch.data + ".lost")
    let sessions = node.log.components(separatedBy: "session with hub").count
    try branch.startHub()
    try branch.wait("a new session") {
      node.log.components(separatedBy: "session with hub").count > sessions
    }
    for count in 3...4 {
      kiosk.press(RunKey.button1)
      try branch.wait("ticket \(count)") { printer.numbers.count == count }
    }
    #expect(Set(printer.numbers).count == 4, "\(printer.numbers)")
  }
}
