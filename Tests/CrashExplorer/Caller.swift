import Branch
import JournalFormat
import JournalStore

/// A writer as the runtimes are: the real keeper over the real store. Keeps the promise that its
/// records make, at every moment.
final class Caller {
  private static let attempts_max = 3
  static let epoch: Epoch = 1_732_240_000_000
  static let options = JournalStore.Options(segment_bytes: JournalLimits.segment_bytes_min)

  private let calls: any JournalSyscalls
  private let plant: Plant?
  private let start: Replay.Start
  private let progress: (Promise) -> Void
  private(set) var promise: Promise { didSet { progress(promise) } }
  private var keeper: JournalKeeper?
  private var checkpoint_bytes = 0

  /// - Parameter progress: told whenever the promise changes.
  init(
    _ disk: ModelDisk, plant: Plant?, start: Replay.Start, promise: Promise = Promise(),
    progress: @escaping (Promise) -> Void = { _ in }
  ) {
    calls = Plant.over(disk, plant)
    self.plant = plant
    self.start = start
    self.promise = promise
    self.progress = progress
  }

  /// Opens the journal and takes what it replays for the truth.
  /// - Returns: why it did not open, or did not keep its promise.
  func open() -> String? {
    keeper = nil
    var failure = ""
    for _ in 0..<Self.attempts_max {
      var replay = Replay(start, promise)
      do throws(JournalError) {
        let store = try JournalStore.open(
          directory: ModelDisk.directory, options: Self.options, calls: calls,
          makeEpoch: { Self.epoch }, suffices: replay.suffices(plant),
          replay: { replay.take($0) })
        if let fault = Self.fault(of: store, replay, promise) { return fault }
        promise.memory = replay.memory
        promise.pending = []
        keep(store)
        return nil
      } catch { failure = "\(error)" }
    }
    return failure
  }

  /// Why a replay is not what it has to be.
  static func fault(of store: JournalStore, _ replay: Replay, _ promise: Promise) -> String? {
    if let fault = replay.breaks(promise) { return fault }
    let report = store.recovery
    if report.hasLoss || report.seqsInDoubt > 0 {
      return "loss reported: " + report.findings.map { "\($0.problem)" }.joined(separator: "; ")
    }
    let kinds = Set(report.findings.map(\.kind)).subtracting([
      .tornTail, .superseded, .mended, .rewritten,
    ])
    if !kinds.isEmpty { return "findings \(kinds)" }
    return nil
  }

  private func keep(_ store: JournalStore) {
    keeper = JournalKeeper(
      store: store,
      checkpoint: { [unowned self] in
        promise.memory.checkpoint(more_bytes: checkpoint_bytes)
      },
      becameDurable: { [unowned self] in became($0) },
      removableThrough: { [unowned self] in promise.removableThrough })
  }

  private func became(_ record: DurableRecord) {
    if plant == .ackBeforeAppend { return }
    var next = promise
    next.memory.apply(record)
    if !next.pending.isEmpty { next.pending.removeFirst() }
    promise = next
  }

  var store: JournalStore? { keeper?.store }

  /// - Returns: false when the disk would not take it.
  @discardableResult
  func append(_ group: [DurableRecord]) -> Bool {
    guard let keeper else { return false }
    if plant == .ackBeforeAppend {
      promise.memory = promise.memory.with(group)
    }
    promise.pending = group
    for _ in 0..<Self.attempts_max {
      if case .written = keeper.write(promise.pending) { return true }
    }
    return false
  }

  func rotate(checkpoint_bytes: Int, isReadable: Bool) {
    self.checkpoint_bytes = checkpoint_bytes
    // What failed before comes again first, as the keeper has it.
    guard let store, promise.pending.isEmpty else { return }
    let checkpoint =
      isReadable
      ? promise.memory.checkpoint(more_bytes: checkpoint_bytes) : Memory.unreadableCheckpoint
    try? store.rotate(checkpoint: checkpoint)
  }

  /// The outside has taken all facts up to the last but `kept`.
  func remove(keeping kept: Seq) {
    let last = promise.memory.lastSeq
    promise.removableThrough = max(promise.removableThrough, last > kept ? last - kept : 0)
    _ = try? store?.removeSegments(
      whoseFactsAreAtMost: plant == .earlyRemoval ? last : promise.removableThrough)
  }
}
