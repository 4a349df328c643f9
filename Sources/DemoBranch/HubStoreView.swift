import Branch
import JournalStore
import QueueEngine

/// What stands in the hub's store, read from its disk without a lock: durable facts, and the state
/// that they amount to. It can be read while the hub runs, and when it is gone.
struct HubStoreView {
  var facts: [StoredFact] = []
  var memory = HubMemory()

  init() {}

  /// An empty view when there is no store yet.
  init(directory: String) {
    do throws(JournalError) {
      var records = try JournalInspection.records(directory: directory)
      while let record = try records.next() {
        let durable = record.durable
        _ = memory.apply(durable)
        if durable.kind == .fact, let stored = StoredFact(parsing: durable.payload) {
          facts.append(stored)
        }
      }
    } catch {
      // A directory that the hub is about to make.
    }
  }
}

/// Number of the last fact in a node's journal; nil when it cannot be read.
func lastFactNumber(inJournal directory: String) -> Seq? {
  var last: Seq = 0
  do throws(JournalError) {
    var records = try JournalInspection.records(directory: directory)
    while let record = try records.next() { last = max(last, record.seq) }
  } catch {
    return nil
  }
  return last
}
