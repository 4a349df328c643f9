public import Branch
import JournalFormat

/// Writes what a core wants durable, group after group, and does what the disk makes necessary:
/// new segments in time, and a new one after a failed flush, which is never repeated on its file.
/// Belongs to the worker thread of its store.
public final class JournalKeeper {
  public enum Outcome: Sendable {
    case written
    /// These records are not durable; hand them in again later, before any others.
    case failed(JournalError, unsaved: [DurableRecord])
  }

  public let store: JournalStore
  private let checkpoint: () -> [UInt8]
  private let becameDurable: (DurableRecord) -> Void
  private let removableThrough: () -> Seq

  /// - Parameters:
  ///   - checkpoint: the whole state behind all records for which `becameDurable` was called.
  ///   - becameDurable: called for each record, in order.
  ///   - removableThrough: facts up to this number are not needed here any more.
  public init(
    store: JournalStore, checkpoint: @escaping () -> [UInt8],
    becameDurable: @escaping (DurableRecord) -> Void, removableThrough: @escaping () -> Seq
  ) {
    self.store = store
    self.checkpoint = checkpoint
    self.becameDurable = becameDurable
    self.removableThrough = removableThrough
  }

  /// Makes all records durable, or says which are not.
  public func write(_ records: [DurableRecord]) -> Outcome {
    var rest = records[...]
    while !rest.isEmpty {
      let group = nextGroup(rest)
      do throws(JournalError) {
        try append(group.count == records.count ? records : Array(group))
      } catch {
        return .failed(error, unsaved: Array(rest))
      }
      group.forEach(becameDurable)
      rest = rest.dropFirst(group.count)
    }
    return .written
  }

  private func nextGroup(_ records: ArraySlice<DurableRecord>) -> ArraySlice<DurableRecord> {
    var bytes = 0
    let count = records.prefix {
      bytes += $0.encoded_bytes
      return bytes <= JournalLimits.group_bytes_max
    }.count
    return records.prefix(max(1, count))
  }

  private func append(_ group: [DurableRecord]) throws(JournalError) {
    if store.failure != nil {
      // The records of the failed group come again with `group`: the caller was told.
      _ = try store.moveToNewSegment(checkpoint: checkpoint())
    } else if store.shouldRotate {
      try rotate()
    }
    do throws(JournalError) {
      try store.append(group)
    } catch {
      guard store.failure != nil else { throw error }
      _ = try store.moveToNewSegment(checkpoint: checkpoint())
      try store.append(group)
    }
  }

  private func rotate() throws(JournalError) {
    do throws(JournalError) {
      try store.rotate(checkpoint: checkpoint())
      try store.removeSegments(whoseFactsAreAtMost: removableThrough())
    } catch {
      // The old segment may still have room; only a full one makes this an error.
      if store.failure != nil { throw error }
    }
  }
}
