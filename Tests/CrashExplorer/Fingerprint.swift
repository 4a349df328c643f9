/// Names what stands on a disk, so that what was looked at is known again. 64 bits: of a million
/// disks, two share one once in 37 million runs.
struct Fingerprint {
  private(set) var value: UInt64 = 0

  mutating func add(_ word: UInt64) { value = mixed(value ^ word) }

  mutating func add(_ text: String) {
    for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x100_0000_01B3 }
    add(UInt64(text.utf8.count))
  }

  mutating func add(_ bytes: [UInt8]) {
    add(UInt64(bytes.count))
    bytes.withUnsafeBytes { bytes in
      // Four at a time, since each step waits for the one before.
      var (a, b, c, d) = (value, mixed(value), ~value, mixed(~value))
      var offset = 0
      while offset + 32 <= bytes.count {
        a = Self.step(a, bytes, offset)
        b = Self.step(b, bytes, offset + 8)
        c = Self.step(c, bytes, offset + 16)
        d = Self.step(d, bytes, offset + 24)
        offset += 32
      }
      while offset < bytes.count {
        a = (a ^ UInt64(bytes[offset])) &* 0x100_0000_01B3
        offset += 1
      }
      for lane in [a, b, c, d] { add(lane) }
    }
  }

  @inline(__always)
  private static func step(
    _ lane: UInt64, _ bytes: UnsafeRawBufferPointer, _ offset: Int
  ) -> UInt64 {
    let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    let product = (lane ^ word) &* 0x9E37_79B9_7F4A_7C15
    return product ^ product >> 29
  }

  /// What the next start finds after a power cut that takes all that is not flushed.
  init(durable disk: ModelDisk) {
    add(disk.directoryIsDurable ? 1 : 0)
    for (name, file) in disk.durableNames.sorted(by: { $0.key < $1.key }) {
      add(name)
      add(UInt64(file.durable.size))
      add(file.durable.used)
    }
  }
}

/// Disks that were opened again and were sound: most states are cut back to one of these.
final class KnownDisks {
  private var known: Set<UInt64> = []

  /// - Returns: whether it is new.
  func add(_ fingerprint: UInt64) -> Bool { known.insert(fingerprint).inserted }
}
