import CLinux
import Glibc

/// What a file holds: some bytes, then zeros up to its size. A segment is nearly all zeros, and
/// each state that is explored begins with copies of its files.
struct DiskBytes {
  private(set) var used: [UInt8] = []
  private(set) var size = 0

  mutating func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    size = max(size, offset + bytes.count)
    guard let start = bytes.baseAddress else { return }
    let room = used.count - offset
    let beyond = bytes.count - max(0, min(room, bytes.count))
    let content = kioskd_content_end(start + bytes.count - beyond, beyond)
    let count = bytes.count - beyond + content
    guard count > 0 else { return }
    grow(to: offset + count)
    used.withUnsafeMutableBytes {
      ($0.baseAddress! + offset).copyMemory(from: start, byteCount: count)
    }
  }

  private mutating func grow(to count: Int) {
    guard used.count < count else { return }
    used.append(contentsOf: repeatElement(0, count: count - used.count))
  }

  mutating func extend(to size: Int) { self.size = max(self.size, size) }

  mutating func clear() { self = DiskBytes() }

  /// - Returns: how many bytes there were, 0 at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
    let count = max(0, min(buffer.count, size - offset))
    guard count > 0, let target = buffer.baseAddress else { return 0 }
    let known = max(0, min(used.count - offset, count))
    used.withUnsafeBytes {
      if known > 0 { target.copyMemory(from: $0.baseAddress! + offset, byteCount: known) }
    }
    (target + known).initializeMemory(as: UInt8.self, repeating: 0, count: count - known)
    return count
  }

  // MARK: sectors

  /// What disks write all or nothing.
  static let sector_bytes = 512

  private func place(of sector: Int) -> Range<Int> {
    let start = min(sector * Self.sector_bytes, used.count)
    return start..<min(start + Self.sector_bytes, used.count)
  }

  func hasSameSector(_ sector: Int, as other: DiskBytes) -> Bool {
    let mine = place(of: sector)
    let its = other.place(of: sector)
    if mine.isEmpty || its.isEmpty {
      return used[mine].allSatisfy { $0 == 0 } && other.used[its].allSatisfy { $0 == 0 }
    }
    return used.withUnsafeBytes { mineBytes in
      other.used.withUnsafeBytes { itsBytes in
        let common = min(mine.count, its.count)
        let (longer, rest) =
          mine.count > its.count
          ? (mineBytes, mine.dropFirst(common)) : (itsBytes, its.dropFirst(common))
        return memcmp(
          mineBytes.baseAddress! + mine.lowerBound, itsBytes.baseAddress! + its.lowerBound, common)
          == 0
          && longer[rest].allSatisfy { $0 == 0 }
      }
    }
  }

  mutating func take(_ sector: Int, from other: DiskBytes) {
    let its = other.place(of: sector)
    let start = sector * Self.sector_bytes
    size = max(size, min(start + Self.sector_bytes, other.size))
    let mine = place(of: sector)
    used.withUnsafeMutableBytes { bytes in
      for index in mine { bytes[index] = 0 }
    }
    other.used.withUnsafeBytes {
      let part = UnsafeRawBufferPointer(rebasing: $0[its])
      if !part.isEmpty { write(part, at: start) }
    }
  }
}

/// A file, as the page cache has it and as the disk has it.
final class DiskFile {
  var cached = DiskBytes()
  var durable = DiskBytes()
  /// Written and not flushed.
  var dirty: [Range<Int>] = []
  /// Some sectors count as clean and are not on the disk: a flush failed.
  var hasLostSectors = false
  var isLocked = false

  init() {}
  init(cached: DiskBytes, durable: DiskBytes) {
    self.cached = cached
    self.durable = durable
  }

  /// As the kernel goes on with it when a process dies.
  func copy() -> DiskFile {
    let file = DiskFile(cached: cached, durable: durable)
    file.dirty = dirty
    file.hasLostSectors = hasLostSectors
    return file
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    guard !bytes.isEmpty else { return }
    cached.write(bytes, at: offset)
    dirty.append(offset..<offset + bytes.count)
  }

  /// Sectors that the disk may or may not have after a power cut, without those that look the same
  /// either way.
  var openSectors: [Int] {
    var sectors: Set<Int> = []
    for range in dirty {
      let last = min(range.upperBound, max(cached.used.count, durable.used.count)) - 1
      guard last >= range.lowerBound else { continue }
      for sector in range.lowerBound / DiskBytes.sector_bytes...last / DiskBytes.sector_bytes
      where !cached.hasSameSector(sector, as: durable) {
        sectors.insert(sector)
      }
    }
    return sectors.sorted()
  }

  func flush() {
    if hasLostSectors {
      for sector in openSectors { durable.take(sector, from: cached) }
      durable.extend(to: cached.size)
    } else {
      durable = cached
    }
    dirty = []
  }

  /// As Linux has it: what a failed flush did not write counts as clean from then on.
  func flushBadly(keeping: (Int) -> Bool) {
    for (index, sector) in openSectors.enumerated() where keeping(index) {
      durable.take(sector, from: cached)
    }
    dirty = []
    hasLostSectors = true
  }
}
