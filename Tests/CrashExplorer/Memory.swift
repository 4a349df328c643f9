import Branch
import CLinux
import JournalFormat

/// What a writer knows of its records: a chain of checksums, in which a record that is missing,
/// doubled, changed or out of place shows. Stands in for the state of a node.
struct Memory: Hashable {
  static let bytes = 24

  var count: UInt64 = 0
  var chain: UInt64 = 0
  var lastSeq: Seq = 0

  mutating func apply(_ record: DurableRecord) {
    count += 1
    let sum = record.payload.withUnsafeBytes { CRC32C.of($0) }
    chain = mixed(chain ^ UInt64(sum) << 8 ^ UInt64(record.kind.rawValue) ^ record.seq << 40)
    if record.kind == .fact { lastSeq = record.seq }
  }

  func with(_ records: [DurableRecord]) -> Memory {
    var memory = self
    for record in records { memory.apply(record) }
    return memory
  }

  /// - Parameter more_bytes: as many bytes follow, to make it a large one.
  func checkpoint(more_bytes: Int = 0) -> [UInt8] {
    var out: [UInt8] = []
    for word in [count, chain, lastSeq] {
      withUnsafeBytes(of: word.littleEndian) { out.append(contentsOf: $0) }
    }
    out.append(contentsOf: (0..<more_bytes).map { UInt8(truncatingIfNeeded: $0 % 251 + 1) })
    return out
  }

  /// As another version might write it: sound bytes that say nothing to this one.
  static let unreadableCheckpoint = [UInt8](repeating: 0x5A, count: bytes - 1)

  init() {}

  init?(checkpoint: [UInt8]) {
    guard checkpoint.count >= Self.bytes else { return nil }
    let words = checkpoint.withUnsafeBytes { bytes in
      [0, 8, 16].map {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt64.self))
      }
    }
    (count, chain, lastSeq) = (words[0], words[1], words[2])
  }
}

/// What the outside was told, so that every later opening has to know it.
struct Promise {
  /// All that was acknowledged.
  var memory = Memory()
  /// Handed in and not answered for: there wholly or not at all.
  var pending: [DurableRecord] = []
  /// Segments may go whose facts have numbers up to this.
  var removableThrough: Seq = 0
}

/// What an opening replayed, judged record by record.
struct Replay {
  /// How a start reads the journal: all of it, or what it needs, from the newest checkpoint that it
  /// can read, as `kioskd` does.
  enum Start { case whole, newestCheckpoint }

  let start: Start
  private let removableThrough: Seq
  private(set) var memory = Memory()
  /// The first checkpoint could not be read, and no other one has come yet.
  private var isWithoutState = false
  /// Of the facts that may not go yet, whatever their order.
  private(set) var factsSum: UInt64 = 0
  /// The first thing that was wrong.
  private(set) var fault: String?
  private(set) var records = 0
  private(set) var firstSeq: Seq = 0
  private var nextPosition: UInt64 = 0
  private var nextSeq: Seq = 0

  init(_ start: Start, _ promise: Promise) {
    self.start = start
    removableThrough = promise.removableThrough
  }

  /// nil: everything is replayed.
  func suffices(_ plant: Plant?) -> (([UInt8]) -> Bool)? {
    switch start {
    case .whole: nil
    case .newestCheckpoint: { plant == .anyCheckpoint || Memory(checkpoint: $0) != nil }
    }
  }

  mutating func take(_ record: JournalRecord) {
    if records == 0 {
      if record.position != 1, record.kind != .checkpoint {
        note("begins at position \(record.position) without a checkpoint")
      }
    } else if record.position != nextPosition {
      note("position \(record.position) where \(nextPosition) is due")
    }
    nextPosition = record.position + 1
    if record.kind == .checkpoint { takeCheckpoint(record) } else { takeOther(record) }
    records += 1
  }

  private mutating func takeCheckpoint(_ record: JournalRecord) {
    guard let state = Memory(checkpoint: record.payload) else {
      if records == 0 { isWithoutState = true }
      return
    }
    if records > 0, !isWithoutState, state != memory {
      note("checkpoint of \(state.count) records behind \(memory.count)")
    }
    memory = state
    isWithoutState = false
  }

  private mutating func takeOther(_ record: JournalRecord) {
    if record.kind == .fact {
      if firstSeq == 0 { firstSeq = record.seq }
      if nextSeq != 0, record.seq != nextSeq { note("fact \(record.seq) where \(nextSeq) is due") }
      nextSeq = record.seq + 1
      if record.seq > removableThrough { factsSum &+= Self.sum(record) }
    }
    memory.apply(record.durable)
  }

  static func sum(_ record: JournalRecord) -> UInt64 {
    mixed(record.seq ^ UInt64(record.payload.withUnsafeBytes { CRC32C.of($0) }) << 32)
  }

  private mutating func note(_ text: String) { if fault == nil { fault = text } }

  /// Why this is not what was promised; nil when it is.
  func breaks(_ promise: Promise) -> String? {
    if let fault { return fault }
    if isWithoutState { return "begins with a checkpoint that cannot be read" }
    let whole = promise.memory.with(promise.pending)
    guard memory == promise.memory || memory == whole else {
      return "\(memory.count) records up to fact \(memory.lastSeq); acknowledged "
        + "\(promise.memory.count) up to \(promise.memory.lastSeq), "
        + "pending \(promise.pending.count)"
    }
    guard start == .whole, promise.memory.lastSeq > promise.removableThrough else { return nil }
    if firstSeq == 0 || firstSeq > promise.removableThrough + 1 {
      return "facts begin at \(firstSeq), needed from \(promise.removableThrough + 1) on"
    }
    return nil
  }
}
