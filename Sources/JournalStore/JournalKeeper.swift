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

  /// Removes what is not needed any more, as far as that is possible now.
  public func tidy() { _ = try? store.removeSegments(whoseFactsAreAtMost: removableThrough()) }

  private func nextGroup(_ records: ArraySlice<DurableRecord>) -> ArraySlice<DurableRecord> {
    var bytes = 0
    let count = records.prefix {
      bytes += $0.encoded_bytes
      return bytes <= JournalLimits.group_bytes_max
    }.count
    return records.prefix(max(1, count))
  }

  private func append(_ group: [DurableRecord]) throws(JournalError) {
    var hindrance: JournalError?
    if store.failure != nil {
      // The records of the failed group come again with `group`: the caller was told.
      _ = try store.moveToNewSegment(checkpoint: checkpoint())
    } else if store.shouldRotate {
      hindrance = try rotate()
    }
    do throws(JournalError) {
      try store.append(group)
    } catch {
      // That the segment is full says nothing; why there is no new one is what can be mended.
      if error.code == .segmentFull, let hindrance { throw hindrance }
      guard store.failure != nil else { throw error }
      _ = try store.moveToNewSegment(checkpoint: checkpoint())
      try store.append(group)
    }
  }

  /// - Returns: why there is no new segment; the old one may still have room, and only when it has
  ///   none is that an error.
  private func rotate() throws(JournalError) -> JournalError? {
    do throws(JournalError) {
      // At the cap there is room for a new one only when an old one goes first.
      try store.removeSegments(whoseFactsAreAtMost: removableThrough())
      try store.rotate(checkpoint: checkpoint())
      try store.removeSegments(whoseFactsAreAtMost: removableThrough())
      return nil
    } catch {
      if store.failure != nil { throw error }
      return error
    }
  }
}
