import Branch
import JournalFormat
import JournalStore

/// What has to hold for whatever a crash left: it opens, keeps the promise, goes on, and a power
/// cut right behind that changes nothing.
struct StateCheck {
  private let disk: ModelDisk
  private let promise: Promise
  private let plant: Plant?
  /// How it goes on.
  private let choice: UInt64
  private let known: KnownDisks

  init(
    _ disk: ModelDisk, _ promise: Promise, plant: Plant?, choice: UInt64, known: KnownDisks
  ) {
    self.known = known
    self.disk = disk
    self.promise = promise
    self.plant = plant
    self.choice = choice
  }

  private enum Way { case openAgain, append, rotate }

  private var way: Way {
    switch choice >> 8 % 16 {
    case 0...3: .openAgain
    case 4: .rotate
    default: .append
    }
  }

  /// Of a record that is added; a few, so that many states end alike.
  private static let sizes = [0, 90, 700]

  private func open(
    _ disk: ModelDisk
  ) throws(JournalError) -> (store: JournalStore, replay: Replay) {
    var replay = Replay()
    let store = try JournalStore.open(
      directory: ModelDisk.directory, options: Caller.options, calls: Plant.over(disk, plant),
      makeEpoch: { Caller.epoch }, replay: { replay.take($0) })
    return (store, replay)
  }

  /// nil when all is well.
  func fault() -> String? {
    do throws(JournalError) {
      let first = try open(disk)
      if let fault = Caller.fault(of: first.store, first.replay, promise) { return fault }
      if let failure = first.store.failure { return "a sound disk failed: \(failure)" }
      guard first.store.lastFactSeq == 0 || first.store.lastFactSeq == first.replay.memory.lastSeq
      else { return "the store believes in fact \(first.store.lastFactSeq)" }
      let memory = try goOn(first.store, first.replay.memory)
      return try faultBehindPowerCut(memory, first.replay)
    } catch {
      return "\(error)"
    }
  }

  private func goOn(_ store: JournalStore, _ memory: Memory) throws(JournalError) -> Memory {
    let way = way
    if way == .openAgain { return memory }
    if way == .rotate || store.shouldRotate { try store.rotate(checkpoint: memory.checkpoint()) }
    let group = [
      DurableRecord.fact(
        memory.lastSeq + 1, [UInt8](repeating: 7, count: Self.sizes[Int(choice >> 16 % 3)])),
      .local([1]),
    ]
    try store.append(group)
    return memory.with(group)
  }

  /// Nothing that was replayed or added may still be in memory only.
  private func faultBehindPowerCut(
    _ memory: Memory, _ before: Replay
  ) throws(JournalError) -> String? {
    var fingerprint = Fingerprint(durable: disk)
    for word in [memory.count, memory.chain, memory.lastSeq, before.firstPosition] {
      fingerprint.add(word)
    }
    guard known.add(fingerprint.value) else { return nil }
    let again = try open(CrashPoint(disk).disk(after: .nothing))
    let report = again.store.recovery
    if let fault = again.replay.fault { return "opened again: \(fault)" }
    guard again.replay.memory == memory else {
      return "opened again: \(again.replay.memory.count) records, not \(memory.count)"
    }
    if before.records > 0, again.replay.firstPosition != before.firstPosition {
      return "opened again: begins at \(again.replay.firstPosition), not \(before.firstPosition)"
    }
    let kinds = report.findings.map(\.kind).filter { $0 != .superseded }
    return kinds.isEmpty ? nil : "opened again: findings \(kinds)"
  }
}
