import Branch
import Glibc
import JournalFormat

/// The files of a journal directory, sorted out by name and header; nothing is changed.
struct JournalSurvey {
  struct Entry {
    let name: SegmentName
    /// nil when both copies of the header are lost.
    let header: SegmentHeader?
    let headerIsWhole: Bool
    /// Of the first record; nil when nothing in the file says it.
    let firstPosition: UInt64?
  }

  /// Segments of one epoch in order.
  private(set) var segments: [Entry] = []
  private(set) var foreign: [String] = []
  /// Files that an interrupted rotation left.
  private(set) var unfinished: [String] = []
  private(set) var setAside: [String] = []

  static let file_bytes_max =
    JournalLimits.segment_bytes_max + JournalLimits.checkpoint_bytes_max
    + 2 * JournalLimits.header_bytes

  init(_ disk: JournalDisk) throws(JournalError) {
    var names: [SegmentName] = []
    for file in try disk.entries() {
      if let name = SegmentName(file: file) {
        names.append(name)
      } else if file.hasSuffix(SegmentName.suffix + JournalDisk.unfinished_suffix) {
        unfinished.append(file)
      } else if file.hasSuffix(JournalDisk.damaged_suffix) {
        setAside.append(file)
      }
    }
    // A box that was set up anew has the later epoch; what it finds of an earlier one is foreign.
    let epoch = names.map(\.epoch).max()
    for name in names.sorted() {
      if name.epoch == epoch, let entry = try Self.entry(name, on: disk) {
        segments.append(entry)
      } else {
        foreign.append(name.file)
      }
    }
  }

  /// nil when the file is not what its name says.
  private static func entry(
    _ name: SegmentName, on disk: JournalDisk
  ) throws(JournalError) -> Entry? {
    let file: OpenFile
    do throws(JournalError) { file = try open(name, on: disk) } catch {
      // Removed between the listing and now, by the daemon that runs beside an inspection.
      if error.code == .missing { return Entry(name: name) }
      // The file system lost the file behind the name: no reason not to start with the others.
      if isLostFile(error) { return nil }
      throw error
    }
    guard try file.size() <= file_bytes_max else { return nil }
    let page = try FileImage(file, bytes_max: JournalLimits.header_bytes)
    let reading = page.bytes.withUnsafeBytes { SegmentHeader.read($0) }
    switch reading {
    case .sound(let header), .damaged(let header):
      guard SegmentName(epoch: header.epoch, index: header.index) == name else { return nil }
      return Entry(
        name: name, header: header, headerIsWhole: reading == .sound(header),
        firstPosition: header.firstPosition)
    case .lost:
      return Entry(name: name, firstPosition: try firstSoundPosition(file))
    case .newerFormat(let version):
      throw .newerFormat(file: disk.path(name.file), version: version)
    }
  }

  private static let open_attempts_max = 3

  /// A disk's error may be a passing one, and a segment is nothing to move away lightly.
  private static func open(
    _ name: SegmentName, on disk: JournalDisk
  ) throws(JournalError) -> OpenFile {
    for _ in 1..<open_attempts_max {
      do throws(JournalError) { return try disk.open(name.file, flags: O_RDONLY) } catch {
        guard isLostFile(error) else { throw error }
      }
    }
    return try disk.open(name.file, flags: O_RDONLY)
  }

  private static func isLostFile(_ error: JournalError) -> Bool {
    error.errno == EIO || error.errno == EUCLEAN
  }

  private static func firstSoundPosition(_ file: OpenFile) throws(JournalError) -> UInt64? {
    var scanner = SegmentScanner(
      try FileImage(file, bytes_max: file_bytes_max).bytes, expected: nil)
    while true {
      switch scanner.next() {
      case .record(let head): return head.position
      case .damage, .mended: continue
      case .end, .tornTail, .superseded: return nil
      }
    }
  }
}

extension JournalSurvey.Entry {
  fileprivate init(name: SegmentName, firstPosition: UInt64? = nil) {
    self.init(name: name, header: nil, headerIsWhole: false, firstPosition: firstPosition)
  }
}
