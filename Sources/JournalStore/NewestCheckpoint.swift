import Glibc
import JournalFormat

extension JournalSurvey {
  /// Index of the newest segment that begins with a sound checkpoint of which `suffices` says that
  /// nothing before it is needed; 0 when there is none.
  func newestCheckpoint(_ disk: JournalDisk, suffices: (_ payload: [UInt8]) -> Bool) -> UInt64 {
    segments.reversed().first { entry in
      Self.checkpoint(of: entry, on: disk).map(suffices) ?? false
    }?.name.index ?? 0
  }

  /// nil when the first record is none, or cannot be read as it was written: whoever reads the
  /// segment finds out what is wrong with it.
  private static func checkpoint(of entry: Entry, on disk: JournalDisk) -> [UInt8]? {
    guard let position = entry.firstPosition,
      let file = try? disk.open(entry.name.file, flags: O_RDONLY),
      let image = try? FileImage(
        file, from: JournalLimits.header_bytes,
        bytes_max: RecordLayout.encoded_bytes(payload_bytes: JournalLimits.checkpoint_bytes_max))
    else { return nil }
    let head = image.bytes.withUnsafeBytes {
      RecordCodec.record(in: $0, at: 0, positions: position...position)
    }
    guard let head, head.kind == .checkpoint else { return nil }
    return Array(image.bytes[head.payload])
  }
}
