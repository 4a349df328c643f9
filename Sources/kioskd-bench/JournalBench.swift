import Branch
import CReference
import Glibc
import JournalFormat
import JournalStore
import LinuxIO
import QueueProtocol

/// Groups of records through the journal as a node writes them, and the same bytes through a C
/// loop, in turns of the same length, so that both meet the same disk.
struct JournalBench {
  /// One turn of either side takes about so long…
  static let turn_ns: Double = 100_000_000
  /// …and writes at least so many groups.
  static let turnGroups_min = 8
  static let pairs_min = 5
  static let referenceFile_bytes: Int64 = 4 << 20

  private let scratch: Scratch
  private let group: Int
  private let payload: [UInt8]

  init(scratch: Scratch, group: Int) {
    self.scratch = scratch
    self.group = group
    payload = ReplayFacts(seed: 0).fact(1).encoded()
  }

  func run(seconds: Int) throws(Problem) -> Measure {
    let reference = try Reference(
      scratch.file("reference"),
      group_bytes: RecordLayout.encoded_bytes(
        payload_bytes: payload.count) * group)
    let directory = scratch.file("journal")
    let journal = try JournalWriter(directory: directory, group: group, payload: payload)
    let groups = max(
      Self.turnGroups_min, Int(Self.turn_ns / (try reference.append(32) / 32)))
    _ = try journal.append(groups)
    var ours: [Double] = []
    var theirs: [Double] = []
    let start = Clock.nanoseconds()
    while ours.count < Self.pairs_min || secondsSince(start) < Double(seconds) {
      // Each begins as often as the other.
      if ours.count % 2 == 0 { theirs.append(try reference.append(groups)) }
      ours.append(try journal.append(groups))
      if theirs.count < ours.count { theirs.append(try reference.append(groups)) }
    }
    let written = journal.lastSeq
    try journal.checkDurable()
    return measure(ours, theirs, groups: groups, written: written)
  }

  private func measure(_ ours: [Double], _ theirs: [Double], groups: Int, written: Seq) -> Measure {
    let records = Double(groups * group)
    let ratios = Sorted(zip(ours, theirs).map { ours, theirs in theirs / ours })
    var measure = Measure("journal")
    measure.add("group", group)
    measure.add("records_per_s", records * 1e9 / Sorted(ours).median)
    measure.add("c_records_per_s", records * 1e9 / Sorted(theirs).median)
    measure.add("ratio", ratios.median, decimals: 3)
    measure.add("ratio_min", ratios.least, decimals: 3)
    measure.add("ratio_max", ratios.greatest, decimals: 3)
    measure.add("pairs", ours.count)
    measure.add("groups_per_turn", groups)
    measure.add("record_bytes", RecordLayout.encoded_bytes(payload_bytes: payload.count))
    measure.add("records", Int(written))
    measure.add("filesystem", scratch.fileSystem)
    return measure
  }
}

/// The C loop with its file.
final class Reference {
  private let descriptor: Descriptor
  private let group: [UInt8]
  private var offset: Int64 = 0

  init(_ path: String, group_bytes: Int) throws(Problem) {
    let raw = kioskd_reference_preallocate(path, JournalBench.referenceFile_bytes)
    guard raw >= 0 else {
      throw benchProblem("cannot make \(path)", SystemError("preallocate", errno: errno).text)
    }
    descriptor = Descriptor(owning: raw)
    group = [UInt8](repeating: 0x41, count: group_bytes)
  }

  /// Nanoseconds of all groups.
  func append(_ groups: Int) throws(Problem) -> Double { try append(groups, times: nil) }

  /// Nanoseconds of each group.
  func times(_ groups: Int) throws(Problem) -> [Double] {
    var times = [Int64](repeating: 0, count: groups)
    _ = try append(groups, times: &times)
    return times.map(Double.init)
  }

  private func append(_ groups: Int, times: UnsafeMutablePointer<Int64>?)
    throws(Problem) -> Double
  {
    let elapsed = kioskd_reference_append(
      descriptor.raw, group, Int64(group.count), Int64(groups), JournalBench.referenceFile_bytes,
      &offset, times)
    guard elapsed >= 0 else {
      throw benchProblem("the C loop failed", SystemError("write", errno: errno).text)
    }
    return Double(elapsed)
  }
}

/// A journal and its keeper, as node and hub hold them, with their rotation of segments.
private final class JournalWriter {
  private let directory: String
  private let keeper: JournalKeeper
  private let group: Int
  private let payload: [UInt8]
  private(set) var lastSeq: Seq = 0
  private var durable: Seq = 0

  init(directory: String, group: Int, payload: [UInt8]) throws(Problem) {
    self.directory = directory
    self.group = group
    self.payload = payload
    let store: JournalStore
    do throws(JournalError) {
      store = try JournalStore.open(
        directory: directory, makeEpoch: { Epoch(Clock.wall().ms) }, replay: { _ in })
    } catch {
      throw error.problem
    }
    var removable: () -> Seq = { 0 }
    keeper = JournalKeeper(
      store: store, checkpoint: { [] }, becameDurable: { _ in }, removableThrough: { removable() })
    removable = { [unowned self] in durable }
  }

  /// Nanoseconds of all groups.
  func append(_ groups: Int) throws(Problem) -> Double {
    let start = Clock.nanoseconds()
    for _ in 0..<groups {
      let records = (1...Seq(group)).map {
        DurableRecord(.fact, seq: lastSeq + $0, payload: payload)
      }
      guard case .written = keeper.write(records) else {
        throw benchProblem("the journal failed", keeper.store.failure?.description ?? "unknown")
      }
      lastSeq += Seq(group)
      durable = lastSeq
    }
    return Double(Clock.nanoseconds() - start)
  }

  /// Reads back what a restart would find.
  func checkDurable() throws(Problem) {
    let contents: RecoveryReport
    do throws(JournalError) {
      contents = try JournalInspection.verify(directory: directory).contents
    } catch {
      throw error.problem
    }
    guard contents.lastFactSeq == lastSeq, !contents.hasLoss else {
      throw benchProblem(
        "the journal lost records", "fact \(contents.lastFactSeq) is the last of \(lastSeq)")
    }
  }
}
