import Branch
import BranchCore
import JournalFormat
import JournalStore
import LinuxIO

/// The node's journal on its worker thread: appends groups and reads facts back for the link.
final class NodeJournal {
  enum Job: Sendable {
    case append([DurableRecord], acknowledged: Seq)
    /// `link` names the session that wants the facts, so that a late failure is not its.
    case read(ClosedRange<Seq>, link: UInt64)
    /// For facts that are recorded anew.
    case reread(ClosedRange<Seq>)
    /// How much space the journal takes, without what the hub has by now.
    case measure(acknowledged: Seq)
  }

  enum Outcome: Sendable {
    case written(occupied_bytes: Int)
    case measured(occupied_bytes: Int)
    case failed(Problem, unsaved: [DurableRecord])
    /// What was asked for behind `range` has to be asked for again.
    case facts(FactsForLink.Found)
    case unreadable(Problem, link: UInt64)
    case reread([(seq: Seq, payload: [UInt8])], through: Seq)
    case notReread(Problem, ClosedRange<Seq>)
  }

  /// Bytes of facts that one read gives, unless the first of them is larger.
  static let read_bytes_max = 256 * 1024

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

  static func open(
    directory: String, segment_bytes: Int, cap_bytes: Int
  ) throws(Problem) -> Opened {
    var memory = NodeMemory()
    var unreadable = 0
    do throws(JournalError) {
      let store = try JournalStore.open(
        directory: directory,
        options: JournalStore.Options(segment_bytes: segment_bytes, cap_bytes: cap_bytes),
        makeEpoch: { Epoch(max(1, Clock.wall().ms)) },
        suffices: { NodeMemory.isWhole(checkpoint: $0) },
        replay: { if !memory.apply($0.durable) { unreadable += 1 } })
      if store.recovery.hasLoss || unreadable > 0 {
        memory.noteLoss(seqsInDoubt: store.recovery.seqsInDoubt)
      }
      return Opened(store: store, memory: memory, unreadable: unreadable)
    } catch {
      throw error.problemAtStart
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
      case .written: return .written(occupied_bytes: occupied_bytes)
      case .failed(let error, let unsaved): return .failed(error.problem, unsaved: unsaved)
      }
    case .measure(let acknowledged):
      removable = acknowledged
      keeper.tidy()
      return .measured(occupied_bytes: occupied_bytes)
    case .reread(let range):
      do throws(JournalError) {
        let (facts, last) = try read(range)
        return .reread(facts, through: last)
      } catch {
        reader = nil
        return .notReread(error.problem, range)
      }
    case .read(let range, let link):
      do throws(JournalError) {
        return .facts(try lines(range))
      } catch {
        reader = nil
        return .unreadable(error.problem, link: link)
      }
    }
  }

  /// Facts up to the first hole that damage left.
  private func lines(_ range: ClosedRange<Seq>) throws(JournalError) -> FactsForLink.Found {
    let (facts, last) = try read(range)
    var lines = FactLines(from: range.lowerBound)
    for fact in facts {
      guard fact.seq == lines.end else {
        let missing = lines.end...fact.seq - 1
        return .init(range: range.lowerBound...last, lines: lines, missing: missing)
      }
      lines.append(fact.payload)
    }
    return .init(
      range: range.lowerBound...last, lines: lines,
      missing: lines.end <= last ? lines.end...last : nil)
  }

  private var occupied_bytes: Int { keeper.store.occupied_bytes }

  /// The facts, and the number up to which they were looked for.
  private func read(_ range: ClosedRange<Seq>) throws(JournalError)
    -> (facts: [(seq: Seq, payload: [UInt8])], Seq)
  {
    let reader: JournalReader
    if let old = self.reader, old.nextSeq == range.lowerBound {
      reader = old
    } else {
      reader = keeper.store.makeReader(fromSeq: range.lowerBound)
      self.reader = reader
    }
    let records = try reader.next(bytes_max: Self.read_bytes_max, through: range.upperBound)
    // Nothing more, though more was asked for: damage took it.
    let last = records.isEmpty ? range.upperBound : min(reader.nextSeq - 1, range.upperBound)
    return (records.map { ($0.seq, $0.payload) }, last)
  }
}
