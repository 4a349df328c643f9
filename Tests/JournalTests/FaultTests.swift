import Branch
import Glibc
import JournalFormat
import JournalStore
import Testing

/// A caller of the journal as the runtimes are: it rotates, moves on after failures, and keeps
/// count of what it was told is durable.
private struct Caller {
  var acknowledged: [DurableRecord] = []
  /// Handed in, never answered for.
  var unanswered: [DurableRecord] = []
  var removedUpTo: Seq = 0
  private var seq: Seq = 0
  private var numbers: SeededNumbers

  init(seed: UInt64) { numbers = SeededNumbers(seed: seed) }

  private mutating func makeGroup() -> [DurableRecord] {
    (0..<Int.random(in: 1...4, using: &numbers)).map { _ in
      let size = Int.random(in: 0...700, using: &numbers)
      let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 % 200 + 1) }
      if Bool.random(using: &numbers) { return .local(payload) }
      seq += 1
      return .fact(seq, payload)
    }
  }

  /// Appends, rotates and removes; ends early when the disk is gone for good.
  mutating func work(_ store: JournalStore, rounds: Int) {
    for round in 1...rounds {
      let group = makeGroup()
      unanswered = group
      guard append(group, to: store) else { return }
      acknowledged += group
      unanswered = []
      if round % 5 == 0 { try? store.rotate(checkpoint: text("state at \(seq)")) }
      if round % 10 == 0 {
        removedUpTo = seq
        _ = try? store.removeSegments(whoseFactsAreAtMost: seq)
      }
    }
  }

  private func append(_ group: [DurableRecord], to store: JournalStore) -> Bool {
    if (try? store.append(group)) != nil { return true }
    for _ in 0..<3 {
      guard let rest = try? store.moveToNewSegment(checkpoint: text("moved")) else { continue }
      let again = rest.isEmpty ? group : rest
      if (try? store.append(again)) != nil { return true }
    }
    return false
  }

  private static func brief(_ records: [DurableRecord]) -> String {
    records.map { "\($0.seq):\($0.payload.count)" }.joined(separator: " ")
  }

  /// What a journal may hold now: all that was acknowledged, from some removed part on, then the
  /// unanswered group wholly or not at all.
  func expectKept(_ replayed: [JournalRecord], _ note: String) {
    let positions = replayed.map(\.position)
    let rising = zip(positions, positions.dropFirst()).allSatisfy { $0 + 1 == $1 }
    #expect(rising, "\(note): positions have gaps")
    let records = replayed.filter { $0.kind != .checkpoint }.map(\.durable)
    let kept = records.suffix(unanswered.count) == unanswered[...] && !unanswered.isEmpty
    let durable = Array(kept ? records.dropLast(unanswered.count) : records[...])
    let isWhatWasHandedIn = acknowledged.suffix(durable.count) == durable[...]
    #expect(
      isWhatWasHandedIn,
      """
      \(note): not what was handed in
      read \(Self.brief(records))
      acknowledged \(Self.brief(acknowledged)), unanswered \(Self.brief(unanswered))
      """)
    let missing = acknowledged.dropLast(durable.count)
    #expect(
      missing.allSatisfy { $0.seq <= removedUpTo }, "\(note): acknowledged records are lost")
  }
}

@Suite("A journal on a disk that fails")
struct FaultTests {
  private static let directory = "/data"
  private static let rounds = 22

  private func callCount(seed: UInt64) throws -> (opening: Int, all: Int) {
    let disk = FakeDisk(seed: seed)
    let store = try openStore(Self.directory, calls: disk).store
    let opening = disk.callCount
    var caller = Caller(seed: seed)
    caller.work(store, rounds: Self.rounds)
    #expect(caller.acknowledged.count > Self.rounds)
    return (opening, disk.callCount)
  }

  @Test("whichever call fails, nothing acknowledged is lost or doubled", arguments: [EIO, ENOSPC])
  func failEachCall(errno: Int32) throws {
    let seed: UInt64 = 11
    let calls = try callCount(seed: seed)
    for failing in calls.opening + 1...calls.all {
      let disk = FakeDisk(seed: UInt64(failing))
      var store: JournalStore? = try openStore(Self.directory, calls: disk).store
      var caller = Caller(seed: seed)
      disk.failing = (failing, errno)
      if let store { caller.work(store, rounds: Self.rounds) }
      let note = "call \(failing), \(disk.trace[failing - 1]), errno \(errno)"
      #expect(caller.unanswered.isEmpty, "\(note): the store did not recover")
      store = nil
      disk.killProcess()
      let (again, replayed) = try openStore(Self.directory, calls: disk)
      caller.expectKept(replayed, note)
      #expect(!again.recovery.hasLoss, "\(note): \(again.recovery.findings)")
    }
  }

  @Test("whichever call fails, a power cut behind it loses nothing either")
  func failEachCallThenCutPower() throws {
    let seed: UInt64 = 12
    let calls = try callCount(seed: seed)
    for failing in calls.opening + 1...calls.all {
      let disk = FakeDisk(seed: UInt64(failing) &* 7)
      let store = try openStore(Self.directory, calls: disk).store
      var caller = Caller(seed: seed)
      disk.failing = (failing, EIO)
      disk.powerCutAt = failing + 1 + failing % 9
      caller.work(store, rounds: Self.rounds)
      let note = "call \(failing), \(disk.trace[failing - 1])"
      disk.restart()
      let (again, replayed) = try openStore(Self.directory, calls: disk)
      caller.expectKept(replayed, note)
      #expect(!again.recovery.hasLoss, "\(note): \(again.recovery.findings)")
    }
  }

  @Test("a power cut at any call loses nothing acknowledged", arguments: UInt64(1)...4)
  func cutPowerAtEachCall(seed: UInt64) throws {
    let calls = try callCount(seed: seed)
    for cut in calls.opening + 1...calls.all {
      let disk = FakeDisk(seed: seed &* 1000 + UInt64(cut))
      let store = try openStore(Self.directory, calls: disk).store
      var caller = Caller(seed: seed)
      disk.powerCutAt = cut
      caller.work(store, rounds: Self.rounds)
      let note = "seed \(seed), call \(cut), \(disk.trace[cut - 1])"
      disk.restart()
      let (again, replayed) = try openStore(Self.directory, calls: disk)
      caller.expectKept(replayed, note)
      #expect(!again.recovery.hasLoss, "\(note): \(again.recovery.findings)")
      try expectWorksOn(again, disk, replayed, note)
    }
  }

  @Test("a process killed at any call, started again, and then a power cut: nothing is lost")
  func killAtEachCallThenCutPower() throws {
    let seed: UInt64 = 21
    let calls = try callCount(seed: seed)
    for kill in 1...calls.all {
      let disk = FakeDisk(seed: UInt64(kill) &* 3)
      disk.powerCutAt = kill
      var caller = Caller(seed: seed)
      if let store = try? openStore(Self.directory, calls: disk).store {
        caller.work(store, rounds: Self.rounds)
      }
      let note = "call \(kill), \(disk.trace[kill - 1])"
      disk.killProcess()
      let (again, found) = try openStore(Self.directory, calls: disk)
      caller.expectKept(found, note)
      let next = DurableRecord.fact(again.lastFactSeq + 100, text("told to the outside"))
      try again.append([next])
      disk.restart()
      let (last, replayed) = try openStore(Self.directory, calls: disk)
      #expect(replayed.map(\.durable) == found.map(\.durable) + [next], "\(note)")
      #expect(!last.recovery.hasLoss, "\(note): \(last.recovery.findings)")
    }
  }

  private func expectWorksOn(
    _ store: JournalStore, _ disk: FakeDisk, _ before: [JournalRecord], _ note: String
  ) throws {
    let next = DurableRecord.fact(store.lastFactSeq + 100, text("after the cut"))
    try store.append([next])
    disk.killProcess()
    let (again, replayed) = try openStore(Self.directory, calls: disk)
    #expect(replayed.map(\.durable) == before.map(\.durable) + [next], "\(note)")
    #expect(again.recovery.findings.allSatisfy { !$0.isLoss && $0.kind != .tornTail }, "\(note)")
  }

  @Test("whichever call fails while opening, the next opening has everything")
  func failWhileOpening() throws {
    for seed: UInt64 in 1...3 {
      var call = 1
      while true {
        let disk = FakeDisk(seed: seed)
        let store = try openStore(Self.directory, calls: disk).store
        var caller = Caller(seed: seed)
        disk.powerCutAt = disk.callCount + 90
        caller.work(store, rounds: Self.rounds)
        disk.restart()
        disk.failing = (disk.callCount + call, EIO)
        let reached = disk.callCount + call
        _ = try? openStore(Self.directory, calls: disk)
        guard disk.callCount >= reached else { break }
        disk.killProcess()
        disk.failing = nil
        let (_, replayed) = try openStore(Self.directory, calls: disk)
        caller.expectKept(replayed, "seed \(seed), call \(call), \(disk.trace[reached - 1])")
        call += 1
      }
      #expect(call > 10)
    }
  }

  @Test("records that only the page cache has are durable once they were replayed")
  func replayedIsDurable() throws {
    // Which sectors a failed flush leaves out is the seed's choice.
    for seed: UInt64 in 1...32 {
      let disk = FakeDisk(seed: seed)
      let store = try openStore(Self.directory, calls: disk).store
      try store.append([.fact(1, text("first"))])
      // The flush fails and its pages count as clean; then the process dies.
      disk.failing = (disk.callCount + 2, EIO)
      #expect(throws: JournalError.self) {
        try store.append([.fact(2, [UInt8](repeating: 7, count: 1400))])
      }
      disk.killProcess()
      let replayed = try openStore(Self.directory, calls: disk).replayed
      disk.restart()
      let afterTheCut = try openStore(Self.directory, calls: disk).replayed
      #expect(afterTheCut == replayed, "seed \(seed)")
    }
  }

  @Test("a full disk leaves the old segment in use, and nothing unfinished behind")
  func fullDisk() throws {
    let disk = FakeDisk(seed: 6)
    let store = try openStore(Self.directory, calls: disk).store
    try store.append([.fact(1, text("first"))])
    for call in 1...4 {
      disk.failing = (disk.callCount + call, ENOSPC)
      #expect(refusal { try store.rotate(checkpoint: text("state")) }?.code == .noSpace)
      #expect(store.failure == nil)
      #expect(!disk.names.keys.contains { $0.hasSuffix(".tmp") })
      try store.append([.fact(UInt64(call) + 1, text("still here"))])
    }
    #expect(disk.segments.count == 1)
  }

  @Test("pages that the disk will not read cost their records only")
  func unreadablePages() throws {
    let disk = FakeDisk(seed: 7)
    let store = try openStore(Self.directory, calls: disk).store
    for seq in 1...60 {
      try store.append([.fact(UInt64(seq), [UInt8](repeating: 9, count: 460))])
    }
    disk.killProcess()
    disk.makeUnreadable(disk.segments[0], page: 3)
    let (again, replayed) = try openStore(Self.directory, calls: disk)
    let lost = Set((1...60).map { Seq($0) }).subtracting(replayed.map(\.seq))
    #expect(lost.count == 9 && lost.contains(21))
    #expect(
      again.recovery.findings.contains { $0.kind == .unreadable && $0.bytes == 12288..<16384 })
    #expect(again.recovery.findings.contains { $0.positions.count == lost.count })
    let reader = again.makeReader(fromSeq: 1)
    #expect(try reader.next(bytes_max: 1 << 20).map(\.seq) == replayed.map(\.seq))
    #expect(reader.damages.count == 1)
  }
}
