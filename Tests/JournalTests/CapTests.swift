import Branch
import JournalFormat
import JournalStore
import Testing

@Suite("The cap of a journal")
struct CapTests {
  @Test("all files together never take more, and acknowledgements make room again")
  func hardCap() throws {
    let disk = FakeDisk(seed: 7)
    let segment_bytes = JournalLimits.segment_bytes_min
    let cap = 4 * segment_bytes
    let options = JournalStore.Options(segment_bytes: segment_bytes, cap_bytes: cap)
    let store = try openStore("/data", options: options, calls: disk).store
    var acknowledged: Seq = 0
    let keeper = JournalKeeper(
      store: store, checkpoint: { text("state") }, becameDurable: { _ in },
      removableThrough: { acknowledged })
    var seq: Seq = 0
    /// Ordinary records count as well: a hub that only commands fills no disk either.
    func fill(_ kind: DurableRecord.Kind) throws -> JournalError {
      for _ in 0..<1_000_000 {
        var record = DurableRecord(.local, payload: [UInt8](repeating: 65, count: 4_000))
        if kind == .fact {
          seq += 1
          record = DurableRecord(.fact, seq: seq, payload: record.payload)
        }
        if case .failed(let error, _) = keeper.write([record]) {
          if kind == .fact { seq -= 1 }
          return error
        }
        #expect(store.occupied_bytes <= cap)
      }
      throw FillFailure()
    }
    _ = keeper.write([DurableRecord(.fact, seq: 1, payload: text("first"))])
    seq = 1
    #expect(try fill(.local).code == .capReached)
    #expect(try fill(.fact).code == .capReached)
    #expect(disk.segments.count == 4)
    // The hub has all: room again, without a word to the journal.
    acknowledged = seq
    if case .failed(let error, _) = keeper.write([
      DurableRecord(.fact, seq: seq + 1, payload: text("next"))
    ]) {
      Issue.record("\(error)")
    }
    #expect(store.occupied_bytes <= cap && disk.segments.count <= 4)
  }

  private struct FillFailure: Error {}
}
