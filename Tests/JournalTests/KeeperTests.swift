import Branch
import Glibc
import JournalFormat
import JournalStore
import Testing

@Suite("The keeper of a journal")
struct KeeperTests {
  private let disk = FakeDisk(seed: 3)

  private func makeKeeper() throws -> JournalKeeper {
    JournalKeeper(
      store: try openStore(FakeDisk.directory, calls: disk).store, checkpoint: { [] },
      becameDurable: { _ in }, removableThrough: { 0 })
  }

  private func failure(_ outcome: JournalKeeper.Outcome) -> JournalError? {
    if case .failed(let error, _) = outcome { error } else { nil }
  }

  /// Facts until the segment is full and no new one can be made.
  private func fill(_ keeper: JournalKeeper) -> (error: JournalError?, unsaved: [DurableRecord]) {
    for seq in Seq(1)...2000 {
      let record = DurableRecord.fact(seq, [UInt8](repeating: 7, count: 4000))
      if case .failed(let error, let unsaved) = keeper.write([record]) { return (error, unsaved) }
    }
    return (nil, [])
  }

  @Test("a disk that is full at the start is no reason to say that it goes on by itself")
  func fullAtStart() throws {
    disk.refusing = ("fallocate", ENOSPC)
    let error = try #require(refusal { try openStore(FakeDisk.directory, calls: disk) })
    #expect(error.problem.cure.contains("goes on by itself"))
    #expect(error.problemAtStart.code == "journal-no-space")
    #expect(!error.problemAtStart.cure.contains("goes on by itself"))
    #expect(error.problemAtStart.cure.contains("df -h"))
    #expect(error.problemAtStart.cure.contains("started again by systemd"))
  }

  @Test(
    "says why there is no new segment, when it needs one, and goes on when it can be made",
    arguments: [
      ("fallocate", ENOSPC, JournalError.Code.noSpace), ("open", EMFILE, .tooManyFiles),
    ])
  func cause(call: String, errno: Int32, code: JournalError.Code) throws {
    let keeper = try makeKeeper()
    disk.refusing = (call, errno)
    let (error, unsaved) = fill(keeper)
    #expect(error?.code == code)
    #expect(error?.problem.cure.contains("Nothing to do") == false)
    #expect(keeper.store.lastFactSeq > 100, "the old segment was used to its end")
    #expect(failure(keeper.write(unsaved))?.code == code)
    disk.refusing = nil
    #expect(failure(keeper.write(unsaved)) == nil)
    #expect(keeper.store.lastFactSeq == unsaved.last?.seq)
  }
}

@Suite("Words about a journal in trouble")
struct TroubleTests {
  private let full = Problem(code: "full", what: "a", cause: "b", cure: "c")
  private let broken = Problem(code: "broken", what: "a", cause: "b", cure: "c")
  private func at(_ seconds: Int64) -> MonotonicTime { MonotonicTime(ms: seconds * 1000) }

  @Test("each error is told at once and then once a minute, also when two take turns")
  func repeated() {
    var trouble = JournalTrouble()
    var told: [String] = []
    for second in stride(from: Int64(1), through: 121, by: 2) {
      for problem in [full, broken] where trouble.failed(problem, now: at(second)) {
        told.append("\(second) \(problem.code)")
      }
    }
    #expect(told == ["1 full", "1 broken", "61 full", "61 broken", "121 full", "121 broken"])
  }

  @Test("the end is told once, and what comes after it is new")
  func end() {
    var trouble = JournalTrouble()
    let told = [
      trouble.ended(), trouble.failed(full, now: at(1)), trouble.ended(), trouble.ended(),
      trouble.failed(full, now: at(2)),
    ]
    #expect(told == [false, true, true, false, true])
  }
}
