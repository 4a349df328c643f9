import Branch
import BranchCore
import JournalFormat
import JournalStore
import LinuxIO

/// The node's journal on its worker thread: appends groups and reads facts back for the link.
final class NodeJournal {
  enum Job: Sendable {
    case append([DurableRecord], acknowledged: Seq)
    /// `link` names the session that wants the facts, so that a late answer is dropped.
    case read(ClosedRange<Seq>, link: UInt64)
    /// How much of the journal the hub still has to take.
    case measure(acknowledged: Seq)
  }

  enum Outcome: Sendable {
    case written(backlog_bytes: Int)
    case measured(backlog_bytes: Int)
    case failed(Problem, unsaved: [DurableRecord])
    /// Facts as their payloads, in order. Fewer than asked for when the journal was damaged.
    case facts([(seq: Seq, payload: [UInt8])], asked: ClosedRange<Seq>, link: UInt64)
    case unreadable(Problem, link: UInt64)
  }

  /// Bytes of facts taken from the disk at once.
  static let read_bytes = 256 * 1024

  private let keeper: JournalKeeper
  /// The state behind all durable records: what a checkpoint has to hold. The core on the loop's
  /// thread is ahead of it.
  private var durable: NodeMemory
  private var removable: Seq = 0
  private var reader: JournalReader?

  /// What opening gave.
  struct Opened {
    let store: JournalStore
    let memory: NodeMemory
    let unreadable: Int
  }

  static func open(directory: String, segment_bytes: Int) throws(Problem) -> Opened {
    var memory = NodeMemory()
    var unreadable = 0
    do throws(JournalError) {
      let store = try JournalStore.open(
        directory: directory, options: JournalStore.Options(segment_bytes: segment_bytes),
        makeEpoch: { Epoch(max(1, Clock.wall().ms)) },
        replay: { if !memory.apply($0.durable) { unreadable += 1 } })
      return Opened(store: store, memory: memory, unreadable: unreadable)
    } catch {
      throw error.problem
    }
  }

  init(_ opened: Opened) {
    durable = opened.memory
    var checkpoint: () -> [UInt8] = { [] }
    var apply: (DurableRecord) -> Void = { _ in }
    var removable: () -> Seq = { 0 }
    keeper = JournalKeeper(
      store: opened.store, checkpoint: { checkpoint() }, becameDurable: { apply($0) },
      removableThrough: { removable() })
    checkpoint = { [unowned self] in durable.checkpoint() }
    apply = { [unowned self] in _ = durable.apply($0) }
    removable = { [unowned self] in self.removable }
  }

  func perform(_ job: Job) -> Outcome {
    switch job {
    case .append(let records, let acknowledged):
      removable = acknowledged
      durable.noteAcknowledged(acknowledged)
      switch keeper.write(records) {
      case .written: return .written(backlog_bytes: backlog_bytes)
      case .failed(let error, let unsaved): return .failed(error.problem, unsaved: unsaved)
      }
    case .measure(let acknowledged):
      removable = acknowledged
      return .measured(backlog_bytes: backlog_bytes)
    case .read(let range, let link):
      do throws(JournalError) {
        return .facts(try read(range), asked: range, link: link)
      } catch {
        reader = nil
        return .unreadable(error.problem, link: link)
      }
    }
  }

  private var backlog_bytes: Int { keeper.store.bytesHolding(factsAbove: removable) }

  private func read(_ range: ClosedRange<Seq>) throws(JournalError)
    -> [(seq: Seq, payload: [UInt8])]
  {
    let reader: JournalReader
    if let old = self.reader, old.nextSeq == range.lowerBound {
      reader = old
    } else {
      reader = keeper.store.makeReader(fromSeq: range.lowerBound)
      self.reader = reader
    }
    var facts: [(seq: Seq, payload: [UInt8])] = []
    facts.reserveCapacity(range.count)
    while reader.nextSeq <= range.upperBound {
      let batch = try reader.next(bytes_max: Self.read_bytes)
      if batch.isEmpty { break }
      for record in batch where record.seq <= range.upperBound {
        facts.append((record.seq, record.payload))
      }
    }
    // It read past the end of the range, which another may need.
    if reader.nextSeq != range.upperBound + 1 { self.reader = nil }
    return facts
  }
}
