import Branch
import BranchCore
import JournalFormat

/// The journal's worker thread as a queue of jobs, each with its time on the disk. A kill finds a
/// job before its write, between write and flush, or behind the flush and not told.
final class NodeJournalWorker {
  enum Job {
    case append([DurableRecord], acknowledged: Seq)
    case read(ClosedRange<Seq>, link: UInt64)
    case measure(acknowledged: Seq)
    case reread(ClosedRange<Seq>)
  }

  enum Outcome {
    case written(backlog_bytes: Int)
    case measured(backlog_bytes: Int)
    case failed(unsaved: [DurableRecord])
    case facts([(seq: Seq, payload: [UInt8])], read: ClosedRange<Seq>, link: UInt64)
    case unreadable(link: UInt64)
    case reread([(seq: Seq, payload: [UInt8])], through: Seq)
    case notReread(ClosedRange<Seq>)
  }

  static let read_max: UInt64 = 24

  private unowned let world: World
  private let journal: SimulatedJournal
  private var durable: NodeMemory
  private var removable: Seq = 0
  private var jobs: [Job] = []
  private var isBusy = false
  private var isDead = false
  var deliver: (Outcome) -> Void = { _ in }
  /// Asked between a write and its flush.
  var diesNow: () -> Bool = { false }
  /// Told of each durable record, in order.
  var onDurable: (DurableRecord) -> Void = { _ in }

  init(_ journal: SimulatedJournal, durable: NodeMemory, world: World) {
    self.journal = journal
    self.durable = durable
    self.world = world
  }

  var pending: Int { jobs.count + (isBusy ? 1 : 0) }
  var segmentCount: Int { journal.segments.count }
  var epoch: Epoch { journal.epoch }

  func kill() { isDead = true }

  func submit(_ job: Job) {
    precondition(pending < NodeProcess.journalJobs_max, "room for the one group is kept")
    jobs.append(job)
    startNext()
  }

  private func startNext() {
    guard !isBusy, !isDead, !jobs.isEmpty else { return }
    isBusy = true
    let job = jobs.removeFirst()
    let untilBegin = world.random.oneIn(4) ? world.random.within(1, 20) : 0
    later(untilBegin) { [self] in begin(job) }
  }

  private func later(_ pause: Int, _ body: @escaping () -> Void) {
    world.time.after(pause) { [weak self] in
      guard let self, !isDead else { return }
      body()
    }
  }

  private func end(_ outcome: Outcome) {
    isBusy = false
    deliver(outcome)
    startNext()
  }

  private func begin(_ job: Job) {
    switch job {
    case .append(let records, let acknowledged):
      removable = acknowledged
      durable.noteAcknowledged(acknowledged)
      append(records[...])
    case .measure(let acknowledged):
      removable = acknowledged
      end(.measured(backlog_bytes: backlog_bytes))
    case .reread(let range):
      let last = min(range.upperBound, range.lowerBound + Self.read_max - 1)
      do throws(SimulatedDisk.Failure) {
        end(.reread(try journal.read(range.lowerBound...last), through: last))
      } catch {
        end(.notReread(range))
      }
    case .read(let range, let link):
      let last = min(range.upperBound, range.lowerBound + Self.read_max - 1)
      let part = range.lowerBound...last
      do throws(SimulatedDisk.Failure) {
        end(.facts(try journal.read(part), read: part, link: link))
      } catch {
        end(.unreadable(link: link))
      }
    }
  }

  private func append(_ records: ArraySlice<DurableRecord>) {
    guard !records.isEmpty else { return end(.written(backlog_bytes: backlog_bytes)) }
    let group = nextGroup(records)
    let wasOld = journal.segments.count
    do throws(SimulatedDisk.Failure) {
      try journal.write(Array(group)) { durable.checkpoint() }
    } catch {
      return end(.failed(unsaved: Array(records)))
    }
    // Flash that tidies up takes seconds now and then.
    later(world.random.mostly(1, world.random.oneIn(50) ? 3_000 : 60)) { [self] in
      guard !diesNow() else { return }
      do throws(SimulatedDisk.Failure) {
        try journal.flush { durable.checkpoint() }
      } catch {
        return end(.failed(unsaved: Array(records)))
      }
      for record in group {
        _ = durable.apply(record)
        onDurable(record)
      }
      if journal.segments.count > wasOld {
        journal.removeSegments(whoseFactsAreAtMost: removable)
      }
      append(records.dropFirst(group.count))
    }
  }

  private func nextGroup(_ records: ArraySlice<DurableRecord>) -> ArraySlice<DurableRecord> {
    var bytes = 0
    let count = records.prefix {
      bytes += $0.encoded_bytes
      return bytes <= SimulatedJournal.group_bytes_max
    }.count
    return records.prefix(max(1, count))
  }

  private var backlog_bytes: Int {
    journal.segments.filter { $0.lastFactSeq > removable }.reduce(0) { $0 + $1.end }
  }
}
