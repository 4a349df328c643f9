import Branch
import JournalFormat
import JournalStore

/// What has to hold for whatever a crash left: it opens, keeps the promise, goes on, and a power
/// cut right behind that changes nothing. All that holds whether a start reads the whole journal or
/// begins with the newest checkpoint, and both find the same.
struct StateCheck {
  private let disk: ModelDisk
  /// The same once more, when both ways are to be compared.
  private let other: ModelDisk?
  private let promise: Promise
  private let plant: Plant?
  /// How it goes on.
  private let choice: UInt64
  private let known: KnownDisks

  init(
    _ disk: ModelDisk, other: ModelDisk?, _ promise: Promise, plant: Plant?, choice: UInt64,
    known: KnownDisks
  ) {
    self.known = known
    self.disk = disk
    self.other = other
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

  private var start: Replay.Start {
    other == nil && choice >> 32 % 2 == 0 ? .newestCheckpoint : .whole
  }

  /// Of a record that is added; a few, so that many states end alike.
  private static let sizes = [0, 90, 700]

  private typealias Opened = (store: JournalStore, replay: Replay)

  private func open(_ disk: ModelDisk, _ start: Replay.Start) throws(JournalError) -> Opened {
    var replay = Replay(start, promise)
    let store = try JournalStore.open(
      directory: ModelDisk.directory, options: Caller.options, calls: Plant.over(disk, plant),
      makeEpoch: { Caller.epoch }, suffices: replay.suffices(plant), replay: { replay.take($0) })
    return (store, replay)
  }

  /// nil when all is well.
  func fault() -> String? {
    do throws(JournalError) {
      let first = try open(disk, start)
      if let fault = Caller.fault(of: first.store, first.replay, promise) { return fault }
      if let failure = first.store.failure { return "a sound disk failed: \(failure)" }
      guard first.store.lastFactSeq == 0 || first.store.lastFactSeq == first.replay.memory.lastSeq
      else { return "the store believes in fact \(first.store.lastFactSeq)" }
      if let other, let fault = try faultOfShortStart(on: other, first) {
        return "from the newest checkpoint on: \(fault)"
      }
      let begun = first.store.nextPosition
      let memory = try goOn(first.store, first.replay.memory)
      let added = Int(first.store.nextPosition - begun)
      return try faultBehindPowerCut(memory, records: first.store.recovery.records + added)
    } catch {
      return "\(error)"
    }
  }

  /// What a start that passes over old records knows, has and leaves is what one has that read
  /// them all.
  private func faultOfShortStart(
    on other: ModelDisk, _ whole: Opened
  ) throws(JournalError) -> String? {
    let short = try open(other, .newestCheckpoint)
    if let fault = Caller.fault(of: short.store, short.replay, promise) { return fault }
    guard short.replay.memory == whole.replay.memory else {
      return "\(short.replay.memory.count) records, not \(whole.replay.memory.count)"
    }
    guard short.store.recovery == whole.store.recovery else { return "another report" }
    guard short.store.nextPosition == whole.store.nextPosition,
      short.store.lastFactSeq == whole.store.lastFactSeq, short.store.epoch == whole.store.epoch
    else {
      return "position \(short.store.nextPosition) and fact \(short.store.lastFactSeq), not "
        + "\(whole.store.nextPosition) and \(whole.store.lastFactSeq)"
    }
    guard Fingerprint(durable: other).value == Fingerprint(durable: disk).value else {
      return "another disk is left"
    }
    return try faultOfFacts(short.store, whole.replay)
  }

  /// The facts that the outside still needs can be read by whoever did not replay them.
  private func faultOfFacts(_ store: JournalStore, _ whole: Replay) throws(JournalError) -> String?
  {
    let reader = store.makeReader(fromSeq: promise.removableThrough + 1)
    var sum: UInt64 = 0
    while true {
      let facts = try reader.next(bytes_max: JournalLimits.group_bytes_max)
      if facts.isEmpty { break }
      for fact in facts { sum &+= Replay.sum(fact) }
    }
    return sum == whole.factsSum ? nil : "facts from \(promise.removableThrough + 1) on differ"
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
    _ memory: Memory, records: Int
  ) throws(JournalError) -> String? {
    var fingerprint = Fingerprint(durable: disk)
    for word in [memory.count, memory.chain, memory.lastSeq, UInt64(records)] {
      fingerprint.add(word)
    }
    guard known.add(fingerprint.value) else { return nil }
    let start = start == .whole ? Replay.Start.newestCheckpoint : .whole
    let again = try open(CrashPoint(disk).disk(after: .nothing), start)
    let report = again.store.recovery
    if let fault = again.replay.fault { return "opened again: \(fault)" }
    guard again.replay.memory == memory else {
      return "opened again: \(again.replay.memory.count) records, not \(memory.count)"
    }
    guard report.records == records else {
      return "opened again: \(report.records) records in the files, not \(records)"
    }
    let kinds = report.findings.map(\.kind).filter { $0 != .superseded }
    return kinds.isEmpty ? nil : "opened again: findings \(kinds)"
  }
}
