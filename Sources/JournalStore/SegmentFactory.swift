import Branch
import Glibc
import JournalFormat

/// Makes segments. A segment under its own name is always whole: header, checkpoint and zeros are
/// on the disk before the rename.
struct SegmentFactory {
  let disk: JournalDisk
  /// Of a segment without a checkpoint, or with a small one.
  let segment_bytes: Int

  enum Failure: Error {
    /// Nothing changed: the segments in use stay in use.
    case before(JournalError)
    /// The new segment may or may not be there after a restart: nothing may be appended to an
    /// older one, since recovery would believe the newer.
    case after(JournalError)

    var error: JournalError {
      switch self {
      case .before(let error), .after(let error): error
      }
    }
  }

  struct Made {
    let file: OpenFile
    let segment: Segment
  }

  /// - Parameter scratch: at least a group long; its content is lost.
  func make(
    _ header: (epoch: Epoch, index: UInt64, firstPosition: UInt64), checkpoint: [UInt8]?,
    scratch: UnsafeMutableRawBufferPointer
  ) throws(Failure) -> Made {
    let head = firstBytes(header, checkpoint: checkpoint)
    let name = SegmentName(epoch: header.epoch, index: header.index)
    let file: OpenFile
    do {
      file = try write(head.bytes, file_bytes: head.file_bytes, name: name, scratch: scratch)
    } catch {
      try? disk.remove(name.file + JournalDisk.unfinished_suffix)
      throw .before(error)
    }
    do {
      try disk.rename(file.name, to: name.file)
      try disk.flushDirectory()
    } catch { throw .after(error) }
    var segment = Segment(name: name, firstPosition: header.firstPosition)
    segment.file_bytes = head.file_bytes
    segment.recordsStart = head.bytes.count
    segment.end = head.bytes.count
    segment.beginsWithCheckpoint = checkpoint != nil
    return Made(file: file, segment: segment)
  }

  /// Header page and checkpoint, and how large the file is to be for them.
  private func firstBytes(
    _ header: (epoch: Epoch, index: UInt64, firstPosition: UInt64), checkpoint: [UInt8]?
  ) -> (bytes: [UInt8], file_bytes: Int) {
    let checkpoints = checkpoint.map {
      [DurableRecord(.checkpoint, payload: $0)]
    }
    let checkpoint_bytes = checkpoints?.first?.encoded_bytes ?? 0
    let head_bytes = JournalLimits.header_bytes + checkpoint_bytes
    // A large checkpoint must not leave a segment that is full from the start.
    let page = JournalLimits.header_bytes
    let roomy = (head_bytes + segment_bytes / 2 + page - 1) / page * page
    let file_bytes = max(segment_bytes, roomy)
    var bytes = SegmentHeader(
      epoch: header.epoch, index: header.index, firstPosition: header.firstPosition,
      file_bytes: UInt64(file_bytes)
    ).encoded()
    bytes.append(contentsOf: [UInt8](repeating: 0, count: checkpoint_bytes))
    if let checkpoints {
      bytes.withUnsafeMutableBytes { all in
        let space = UnsafeMutableRawBufferPointer(rebasing: all[JournalLimits.header_bytes...])
        _ = RecordCodec.encode(checkpoints, firstPosition: header.firstPosition, into: space)
      }
    }
    return (bytes, file_bytes)
  }

  private func write(
    _ head: [UInt8], file_bytes: Int, name: SegmentName, scratch: UnsafeMutableRawBufferPointer
  ) throws(JournalError) -> OpenFile {
    let file = try disk.open(
      name.file + JournalDisk.unfinished_suffix, flags: O_RDWR | O_CREAT | O_TRUNC)
    try reserve(file, bytes: file_bytes)
    var written = 0
    while written < head.count {
      let part = head[written..<min(written + scratch.count, head.count)]
      scratch.copyBytes(from: part)
      try file.write(UnsafeRawBufferPointer(rebasing: scratch[..<part.count]), at: written)
      written += part.count
    }
    // Zeros, not ZERO_RANGE: extents that are marked unwritten make every later flush of a record
    // flush metadata too.
    try file.writeZeros(head.count..<file_bytes, scratch: scratch)
    try file.flush()
    return file
  }

  /// Asks for the space first, so that a full disk shows before anything is written.
  private func reserve(_ file: OpenFile, bytes: Int) throws(JournalError) {
    do { try disk.calls.reserve(file.descriptor, bytes: bytes) } catch {
      if error.code == EOPNOTSUPP || error.code == ENOSYS { return }
      throw JournalError(error, cannot: "reserve space for", path: disk.path(file.name))
    }
  }
}

extension OpenFile {
  /// - Parameter scratch: its content is lost.
  func writeZeros(
    _ range: Range<Int>, scratch: UnsafeMutableRawBufferPointer
  ) throws(JournalError) {
    let zeros = UnsafeMutableRawBufferPointer(
      rebasing: scratch[..<min(scratch.count, range.count)])
    zeros.initializeMemory(as: UInt8.self, repeating: 0)
    var offset = range.lowerBound
    while offset < range.upperBound {
      let count = min(zeros.count, range.upperBound - offset)
      try write(UnsafeRawBufferPointer(rebasing: zeros[..<count]), at: offset)
      offset += count
    }
  }
}
