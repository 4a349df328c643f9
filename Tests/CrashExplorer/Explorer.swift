import Branch
import Glibc
import JournalFormat
import JournalStore

/// Stops the world at every moment of a run, and looks at what the next start makes of it.
final class Explorer: DiskObserver {
  /// Changes of which all subsets are tried.
  private static let allSubsets_max = 10
  /// Of more changes, so many subsets by chance.
  private static let seeded_count = 48
  /// Up to this far into a write, and as near to its end and to each sector, every byte counts.
  private static let everyByte_max = 2600
  /// Moments behind a failed call that are looked at.
  private static let momentsBehindFailure_max = 16
  /// Of so many states, one is opened in both ways, and what they find is compared. The others are
  /// opened in one way first and, when the power was cut behind that, in the other.
  private static let bothWaysShare: UInt64 = 8
  /// Of so many states, one is stopped again while it opens…
  private static let stoppedShare: UInt64 = 40
  /// …and one is opened with each call failing.
  private static let failedShare: UInt64 = 280

  let plant: Plant?
  /// The one state to look at, if it is only one.
  let only: StateID?
  private(set) var states = 0
  private var id = StateID()
  private var promise = Promise()
  private let known = KnownDisks()
  private let found: (String) -> Never

  /// - Parameter found: told of the first fault.
  init(plant: Plant?, only: StateID?, found: @escaping (String) -> Never) {
    self.plant = plant
    self.only = only
    self.found = found
  }

  // MARK: a run

  /// - Returns: how many calls the run made.
  @discardableResult
  func run(_ unit: StateID) -> Int {
    id = unit
    promise = Promise()
    let workload = Workload(
      Workload.names[unit.workload], seed: UInt64(truncatingIfNeeded: unit.seed))
    var disk = ModelDisk()
    if unit.failing > 0 {
      disk.failure = ModelDisk.Failure(
        call: unit.failing, errno: Int32(unit.errno), goesOn: unit.goesOn != 0,
        seed: mixed(UInt64(unit.failing * 1000 + unit.errno)))
    }
    disk.observer = self
    var caller = makeCaller(disk)
    var goesWell = isFine(caller.open(), disk)
    for step in workload.steps where goesWell {
      switch step {
      case .append(let group):
        goesWell = caller.append(group)
        if !goesWell { mustBeBroken(disk, "a group of \(group.count) records") }
      case .rotate(let checkpoint_bytes, let isReadable):
        caller.rotate(checkpoint_bytes: checkpoint_bytes, isReadable: isReadable)
      case .remove(let kept): caller.remove(keeping: kept)
      case .crash(let seed):
        disk = after(disk, CrashPoint(disk).disk(after: seed % 3 == 0 ? .kill : .seeded(seed)))
        caller = makeCaller(disk)
        goesWell = isFine(caller.open(), disk)
      }
    }
    visit(disk, isLast: true)
    return disk.callCount
  }

  private func makeCaller(_ disk: ModelDisk) -> Caller {
    let start = id.seed % 2 == 0 ? Replay.Start.newestCheckpoint : .whole
    return Caller(disk, plant: plant, start: start, promise: promise) { [unowned self] next in
      let isAnswered = promise.memory.count < next.memory.count && next.pending.isEmpty
      promise = next
      if isAnswered { visit(disk) }
    }
  }

  private func after(_ old: ModelDisk, _ new: ModelDisk) -> ModelDisk {
    new.failure = old.failure
    new.callCount = old.callCount
    new.observer = self
    return new
  }

  private func isFine(_ fault: String?, _ disk: ModelDisk) -> Bool {
    if let fault { mustBeBroken(disk, "an opening: \(fault)") }
    return fault == nil
  }

  /// One failing call is no reason to give up.
  private func mustBeBroken(_ disk: ModelDisk, _ what: String) {
    if disk.failure?.goesOn == true { return }
    tell("the journal gave up on \(what)", disk, .kill, [])
  }

  // MARK: moments

  func changed(_ disk: ModelDisk) { visit(disk) }

  /// Every byte of a write that stops half-way.
  func writes(_ write: PartialWrite, on disk: ModelDisk) {
    guard id.failing == 0, write.bytes.count > ModelDisk.word_bytes else { return }
    let isUnfinished = disk.names.contains {
      $0.value === write.file && SegmentName(file: $0.key) == nil
    }
    for count in 0..<write.bytes.count where isLookedAt(count, write, isUnfinished) {
      let point = CrashPoint(disk, during: write.first(count))
      id.point += 1
      look(at: point, [.kill, .everything, .seeded(mixed(UInt64(count)))], count)
    }
  }

  private func isLookedAt(_ count: Int, _ write: PartialWrite, _ isUnfinished: Bool) -> Bool {
    let sector = DiskBytes.sector_bytes
    let place = (write.offset + count) % sector
    if isUnfinished { return place == 0 && count < 16 * sector }
    if count < Self.everyByte_max || count + sector > write.bytes.count { return true }
    return place < 3 && count % 7 == 0
  }

  private func visit(_ disk: ModelDisk, isLast: Bool = false) {
    id.point += 1
    if id.failing > 0, !isLast {
      guard disk.callCount >= id.failing,
        disk.callCount < id.failing + Self.momentsBehindFailure_max
      else { return }
    }
    let point = CrashPoint(disk)
    look(at: point, cuts(of: point, few: id.failing > 0), nil)
  }

  private func cuts(of point: CrashPoint, few: Bool) -> [Cut] {
    let count = point.changes.count
    if count == 0 { return [.kill, .nothing] }
    let base = mixed(UInt64(truncatingIfNeeded: id.point &+ id.seed &* 7919))
    let seeded = (0..<UInt64(few ? 3 : Self.seeded_count)).map { Cut.seeded(mixed(base &+ $0)) }
    if few, count > 3 { return [.kill, .nothing, .everything] + seeded }
    if count <= Self.allSubsets_max {
      return [.kill] + (0..<UInt64(1) << UInt64(count)).map { .subset($0) }
    }
    let each = (0..<min(count, 64)).flatMap {
      [Cut.only($0), .allBut($0), .first($0 + 1), .butFirst($0)]
    }
    return [.kill, .nothing] + each + seeded
  }

  /// - Parameter partial_bytes: how far the write of this moment has come.
  private func look(at point: CrashPoint, _ cuts: [Cut], _ partial_bytes: Int?) {
    for (index, cut) in cuts.enumerated() {
      id.cut = index
      lookOnce(at: point, cut, partial_bytes)
      guard id.failing == 0 else { continue }
      let share = fold(id)
      if share % Self.stoppedShare == 0 { stopWhileOpening(point, cut) }
      if share % Self.failedShare == 0 { failWhileOpening(point, cut) }
      (id.inner, id.innerPoint, id.innerCut) = (0, 0, 0)
    }
  }

  private func fold(_ id: StateID) -> UInt64 {
    StateID.fields.reduce(0) { mixed($0 &+ UInt64(truncatingIfNeeded: id[keyPath: $1])) }
  }

  private func lookOnce(at point: CrashPoint, _ cut: Cut, _ partial_bytes: Int?) {
    if let only, only != id { return }
    LastState.text.pointee = id
    states += 1
    let disk = point.disk(after: cut)
    let choice = fold(id)
    let other = choice >> 24 % Self.bothWaysShare == 0 ? point.disk(after: cut) : nil
    let check = StateCheck(disk, other: other, promise, plant: plant, choice: choice, known: known)
    if let fault = check.fault() {
      let bytes = partial_bytes.map { ["\($0) bytes of the write had been taken"] } ?? []
      tell(fault, point.disk, cut, bytes + ["open changes: \(point.changes)"])
    }
    if only != nil {
      print("state \(id): \(cut) of \(point.changes): sound")
    }
  }

  private func tell(_ fault: String, _ disk: ModelDisk, _ cut: Cut, _ notes: [String]) {
    let failing =
      id.failing == 0
      ? "" : ", call \(id.failing) fails with \(String(cString: strerror(CInt(id.errno))))"
    let lines =
      [
        "state \(id): \(fault)",
        "workload \(Workload.names[id.workload]), seed \(id.seed), call \(disk.callCount) "
          + "(\(disk.lastCall))\(failing)", "cut: \(cut)",
      ] + notes
    found(lines.joined(separator: "\n  "))
  }

  // MARK: openings that are stopped or fail themselves

  private var startByChance: Replay.Start { fold(id) >> 40 % 2 == 0 ? .newestCheckpoint : .whole }

  private func stopWhileOpening(_ point: CrashPoint, _ cut: Cut) {
    id.inner = 1
    (id.innerPoint, id.innerCut) = (0, 0)
    let disk = point.disk(after: cut)
    let stops = OpeningStops { [unowned self] inner in
      id.innerPoint += 1
      for (index, innerCut) in cuts(of: inner, few: true).enumerated() {
        id.innerCut = index
        lookOnce(at: inner, innerCut, nil)
      }
    }
    disk.observer = stops
    _ = Caller(disk, plant: plant, start: startByChance, promise: promise).open()
  }

  private func failWhileOpening(_ point: CrashPoint, _ cut: Cut) {
    id.inner = 2
    let outer = promise
    let start = startByChance
    defer { promise = outer }
    for call in 1...Self.openingCalls_max {
      promise = outer
      let disk = point.disk(after: cut)
      let errno = [EIO, ENOSPC, EROFS][call % 3]
      disk.failure = ModelDisk.Failure(call: call, errno: errno, goesOn: false, seed: fold(id))
      let caller = Caller(disk, plant: plant, start: start, promise: promise)
      (id.innerPoint, id.innerCut) = (call, 0)
      if let fault = caller.open() { tell("errno \(errno) in an opening: \(fault)", disk, cut, []) }
      let seq = caller.promise.memory.lastSeq + 1
      let isTaken = caller.append([.fact(seq, [1, 2, 3]), .local([4])])
      if !isTaken { tell("errno \(errno) in an opening: nothing can be added", disk, cut, []) }
      promise = caller.promise
      for (index, innerCut) in [Cut.kill, .nothing].enumerated() {
        id.innerCut = index
        lookOnce(at: CrashPoint(disk), innerCut, nil)
      }
      // The call was behind all that was done.
      if disk.callCount < call { return }
    }
  }

  private static let openingCalls_max = 60
}

/// Looks at each moment of an opening.
private final class OpeningStops: DiskObserver {
  private let look: (CrashPoint) -> Void
  init(_ look: @escaping (CrashPoint) -> Void) { self.look = look }

  func writes(_ write: PartialWrite, on disk: ModelDisk) {
    guard write.bytes.count > ModelDisk.word_bytes else { return }
    for count in [write.bytes.count / 3, write.bytes.count - 1] where count > 0 {
      look(CrashPoint(disk, during: write.first(count)))
    }
  }
  func changed(_ disk: ModelDisk) { look(CrashPoint(disk)) }
}
