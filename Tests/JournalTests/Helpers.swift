import Branch
import Glibc
import JournalFormat
import JournalStore

/// A directory that goes with its last reference.
final class TemporaryDirectory {
  let path: String
  init() {
    var template = Array("/tmp/kioskd-journal-XXXXXX\0".utf8CString.dropLast())
    path = String(cString: mkdtemp(&template))
  }
  deinit {
    for file in (try? LinuxJournalSyscalls().entries(path)) ?? [] { unlink("\(path)/\(file)") }
    rmdir(path)
  }

  var files: [String] { ((try? LinuxJournalSyscalls().entries(path)) ?? []).sorted() }
  var segments: [String] { files.filter { SegmentName(file: $0) != nil } }

  func bytes(_ file: String) -> [UInt8] {
    let descriptor = Glibc.open("\(path)/\(file)", O_RDONLY)
    defer { close(descriptor) }
    var all = [UInt8](repeating: 0, count: Int(lseek(descriptor, 0, SEEK_END)))
    let count = pread(descriptor, &all, all.count, 0)
    return Array(all[..<max(0, count)])
  }

  func write(_ bytes: [UInt8], to file: String) {
    let descriptor = Glibc.open("\(path)/\(file)", O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    defer { close(descriptor) }
    _ = pwrite(descriptor, bytes, bytes.count, 0)
  }
}

/// SplitMix64: one seed repeats a run.
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

let testEpoch: Epoch = 1_732_240_000_000
let smallSegments = JournalStore.Options(segment_bytes: JournalLimits.segment_bytes_min)

/// A store and all that it replayed when it was opened.
func openStore(
  _ directory: String, options: JournalStore.Options = smallSegments,
  calls: any JournalSyscalls = LinuxJournalSyscalls()
) throws(JournalError) -> (store: JournalStore, replayed: [JournalRecord]) {
  var replayed: [JournalRecord] = []
  let store = try JournalStore.open(
    directory: directory, options: options, calls: calls, makeEpoch: { testEpoch },
    replay: { replayed.append($0) })
  return (store, replayed)
}

func text(_ string: String) -> [UInt8] { Array(string.utf8) }

/// A segment in memory: header, the groups one behind the other, zeros.
struct MadeSegment {
  var bytes: [UInt8]
  /// Where each record stands, in order of all groups.
  var places: [Range<Int>] = []
  /// Where each group stands.
  var groups: [Range<Int>] = []
  var records: [DurableRecord] = []

  init(
    _ groups: [[DurableRecord]], firstPosition: UInt64 = 1, index: UInt64 = 1,
    file_bytes: Int = 16 * 1024
  ) {
    bytes = SegmentHeader(
      epoch: testEpoch, index: index, firstPosition: firstPosition, file_bytes: UInt64(file_bytes)
    ).encoded()
    bytes.append(contentsOf: [UInt8](repeating: 0, count: file_bytes - bytes.count))
    var offset = JournalLimits.header_bytes
    var position = firstPosition
    for group in groups {
      let start = offset
      bytes.withUnsafeMutableBytes { all in
        let space = UnsafeMutableRawBufferPointer(rebasing: all[start...])
        offset += RecordCodec.encode(group, firstPosition: position, into: space)
      }
      self.groups.append(start..<offset)
      var place = start
      for record in group {
        places.append(place..<place + record.encoded_bytes)
        place += record.encoded_bytes
      }
      records += group
      position &+= UInt64(group.count)
    }
  }

  var contentEnd: Int { groups.last?.upperBound ?? JournalLimits.header_bytes }
}

/// All that a scanner says about some bytes, up to its last event.
struct Scan {
  var heads: [RecordHead] = []
  var records: [DurableRecord] = []
  var damages: [SegmentDamage] = []
  var mended: [ByteChange] = []
  var last: SegmentEvent

  init(_ bytes: [UInt8], expected: UInt64? = 1, endPosition: UInt64? = nil) {
    var scanner = SegmentScanner(bytes, expected: expected, endPosition: endPosition)
    while true {
      let event = scanner.next()
      switch event {
      case .record(let head):
        heads.append(head)
        records.append(
          DurableRecord(
            head.kind, seq: head.seq, payload: Array(scanner.bytes[head.payload])))
      case .damage(let damage): damages.append(damage)
      case .mended(let change): mended.append(change)
      case .end, .tornTail, .superseded:
        last = event
        return
      }
    }
  }

  var isTorn: Bool { if case .tornTail = last { true } else { false } }
  var isQuiet: Bool {
    if case .end = last { damages.isEmpty && mended.isEmpty } else { false }
  }
}

/// The error that a call ends in, nil when it works.
func refusal<Result>(_ call: () throws -> Result) -> JournalError? {
  do {
    _ = try call()
    return nil
  } catch { return error as? JournalError }
}
