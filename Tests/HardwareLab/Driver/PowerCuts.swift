import CLinux
import Glibc
import JournalFormat
import JournalStore

/// What a power cut at any moment of a run would have left, made from the log of the disk: all that
/// was flushed before, and of what was not, any sectors. Each state is repaired as a start would
/// do it (e2fsck), and the journals are read with the programs' own eyes.
struct PowerCuts {
  static let states = 500
  static let sector_bytes = 512

  /// Directory of the run: `disk.img` as it was in the beginning, `disk.requests`.
  let directory: String
  private var random: SplitMix

  init(directory: String, seed: UInt64) {
    self.directory = directory
    random = SplitMix(state: seed)
  }

  struct Result {
    var states = 0
    var marks = 0
    /// What a state lacks, in words.
    var faults: [String] = []
  }

  mutating func check() throws(LabError) -> Result {
    guard let bytes = readBytes("\(directory)/disk.requests") else {
      throw failed("read disk.requests")
    }
    let entries = BlockLog.entries(bytes)
    guard entries.count > 20 else { throw LabError("the disk saw \(entries.count) requests") }
    let cuts = (0..<Self.states).map { _ in Int(random.next() % UInt64(entries.count)) }.sorted()
    var result = Result()
    let durable = DiskImage("\(directory)/disk.img")
    var pending: [BlockLog.Entry] = []
    var told: [UInt8] = []
    var next = 0
    for cut in cuts {
      while next <= cut {
        let entry = entries[next]
        next += 1
        switch entry.kind {
        case .write: pending.append(entry)
        case .durableWrite: try durable.apply(entry.bytes, at: entry.offset)
        case .flush:
          for write in pending { try durable.apply(write.bytes, at: write.offset) }
          pending = []
        case .mark:
          told += entry.bytes
        }
      }
      let marks = Self.wholeLines(told)
      result.states += 1
      result.marks = marks.count
      let state = try makeState(durable, pending)
      for fault in try judge(state, marks) {
        result.faults.append("cut behind request \(cut), \(pending.count) not flushed: \(fault)")
      }
    }
    return result
  }

  /// A serial line brings a mark in pieces; it counts from its end on.
  private static func wholeLines(_ bytes: [UInt8]) -> [String] {
    guard let end = bytes.lastIndex(of: UInt8(ascii: "\n")) else { return [] }
    return String(decoding: bytes[..<end], as: UTF8.self).split(whereSeparator: \.isNewline).map(
      String.init)
  }

  /// A write is there, or not, or some of its sectors are.
  private mutating func makeState(
    _ durable: DiskImage, _ pending: [BlockLog.Entry]
  ) throws(LabError) -> String {
    let path = "\(directory)/state.img"
    let state = try durable.copy(to: path)
    for write in pending {
      let choice = random.next() % 3
      if choice == 0 { continue }
      for start in stride(from: 0, to: write.bytes.count, by: Self.sector_bytes)
      where choice == 1 || random.next() % 2 == 0 {
        let end = min(start + Self.sector_bytes, write.bytes.count)
        try state.apply(Array(write.bytes[start..<end]), at: write.offset + start)
      }
    }
    state.close()
    return path
  }

  // MARK: judging

  private func judge(_ state: String, _ marks: [String]) throws(LabError) -> [String] {
    let repaired = try tool(["/sbin/e2fsck", "-fy", state])
    guard repaired < 4 else { return ["e2fsck gives up with \(repaired)"] }
    let files = "\(directory)/state"
    _ = try tool(["/bin/rm", "-rf", files])
    try makeDirectory(files)
    _ = try tool(["/sbin/debugfs", "-R", "rdump /journal /hub \(files)", state])
    let node = try contents("\(files)/journal")
    let hub = try contents("\(files)/hub")
    var faults = (node.losses + hub.losses)
    let issued = Set(node.texts.filter { $0.contains("ticket-issued") }.compactMap(Self.ticket))
      .union(hub.texts.filter { $0.contains("ticket-issued") }.compactMap(Self.ticket))
    for mark in marks where !issued.contains(mark) {
      faults.append("\(mark) is on paper and in no journal")
    }
    // A number that the node has issued was leased before, durably, or it could be leased again.
    let leased = hub.texts.filter { $0.contains("numbers-leased") }
    for ticket in node.texts.filter({ $0.contains("ticket-issued") }).compactMap(Self.ticket)
    where !leased.contains(where: { Self.covers($0, ticket) }) {
      faults.append("\(ticket) was issued and the hub does not know that it gave it")
    }
    return faults
  }

  private func contents(
    _ directory: String
  ) throws(LabError) -> (texts: [String], losses: [String]) {
    guard exists(directory) else { return ([], []) }
    do throws(JournalError) {
      let report = try JournalInspection.verify(directory: directory)
      let losses = report.contents.findings.filter(\.isLoss).map { "\($0.problem)" }
      var records = try JournalInspection.records(directory: directory)
      var texts: [String] = []
      while let record = try records.next() {
        texts.append(String(decoding: record.payload, as: UTF8.self))
      }
      return (texts, losses)
    } catch {
      // Made and not yet filled: nobody was told anything then.
      return error.code == .missing ? ([], []) : ([], ["\(error.problem)"])
    }
  }

  private static func word(_ key: String, _ text: String) -> String? {
    text.split(separator: " ").first { $0.hasPrefix(key + "=") }
      .map { String($0.dropFirst(key.count + 1)) }
  }

  private static func ticket(_ text: String) -> String? { word("ticket", text) }

  private static func covers(_ lease: String, _ ticket: String) -> Bool {
    guard let prefix = word("prefix", lease), ticket.hasPrefix(prefix),
      let first = word("first", lease).flatMap({ Int($0) }),
      let last = word("last", lease).flatMap({ Int($0) }),
      let number = Int(ticket.dropFirst(prefix.count))
    else { return false }
    return first <= number && number <= last
  }

  private func tool(_ arguments: [String]) throws(LabError) -> Int32 {
    let child = try spawn(arguments, output: .append("\(directory)/tools.txt"))
    var status: Int32 = 0
    waitpid(child, &status, 0)
    return status >> 8 & 0xFF
  }
}

/// The bytes of a disk in a file.
struct DiskImage {
  private let path: String
  private let descriptor: Int32

  init(_ path: String) {
    self.path = path
    descriptor = kioskd_open(path, O_RDWR, 0)
  }

  func apply(_ bytes: [UInt8], at offset: Int) throws(LabError) {
    guard pwrite(descriptor, bytes, bytes.count, off_t(offset)) == bytes.count else {
      throw failed("write \(path)")
    }
  }

  func copy(to target: String) throws(LabError) -> DiskImage {
    let child = try spawn(
      ["/bin/cp", "--sparse=always", path, target], output: .append("\(target).txt"))
    var status: Int32 = 0
    waitpid(child, &status, 0)
    guard status == 0 else { throw LabError("cannot copy \(path)") }
    return DiskImage(target)
  }

  func close() { Glibc.close(descriptor) }
}

/// SplitMix64: one seed repeats a run.
struct SplitMix {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
