import CLinux
import Glibc
import JournalStore

/// Bugs to be found: each lies between the journal and the disk, or in the caller, as if the
/// journal had it.
enum Plant: String, CaseIterable {
  /// No record is ever flushed.
  case noFdatasync = "no-fdatasync"
  /// A new segment is renamed without a flush.
  case noFsync = "no-fsync"
  /// Names are never flushed.
  case noDirectoryFlush = "no-directory-flush"
  /// A record is told to be durable, and flushed later.
  case lateFdatasync = "late-fdatasync"
  /// The flush comes first, then the write.
  case flushBeforeWrite = "flush-before-write"
  /// A flush that failed is tried again on the same file, and believed.
  case flushTriedAgain = "flush-tried-again"
  case hiddenWriteError = "hidden-write-error"
  case renameBeforeFsync = "rename-before-fsync"
  /// Segments go one after the other without a flush between.
  case noFlushBehindRemoval = "no-flush-behind-removal"
  /// A torn tail stays where it is.
  case keepTornTail = "keep-torn-tail"
  /// What stands in the page cache is believed to be on the disk.
  case skipSameBytes = "skip-same-bytes"
  /// Segments grow.
  case noPreallocation = "no-preallocation"
  case ackBeforeAppend = "ack-before-append"
  case earlyRemoval = "early-removal"
  /// A start begins with the newest checkpoint, whether it can read it or not.
  case anyCheckpoint = "any-checkpoint"

  static func over(_ disk: ModelDisk, _ plant: Plant?) -> any JournalSyscalls {
    switch plant {
    case nil, .ackBeforeAppend, .earlyRemoval, .anyCheckpoint: disk
    case let plant?: PlantedCalls(plant, disk)
    }
  }
}

/// Passes calls on, but for the bug that it has.
private final class PlantedCalls: JournalSyscalls {
  private struct Held {
    let descriptor: Int32
    let bytes: UnsafeMutableRawBufferPointer
    let offset: Int
  }

  private let plant: Plant
  private let disk: ModelDisk
  private var isDirectory: Set<Int32> = []
  private var isUnfinished: Set<Int32> = []
  private var held: Held?
  private var unflushed: Int32?
  private var removed = false

  init(_ plant: Plant, _ disk: ModelDisk) {
    self.plant = plant
    self.disk = disk
  }

  func open(_ path: String, flags: Int32, mode: UInt32) throws(SyscallFailure) -> Int32 {
    let descriptor = try disk.open(path, flags: flags, mode: mode)
    if flags & O_DIRECTORY != 0 { isDirectory.insert(descriptor) }
    if path.hasSuffix(".tmp") { isUnfinished.insert(descriptor) }
    return descriptor
  }

  func close(_ descriptor: Int32) { disk.close(descriptor) }

  func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(SyscallFailure) -> Int {
    try disk.read(descriptor, into: buffer, at: offset)
  }

  private static func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard let start = bytes.baseAddress else { return true }
    return kioskd_content_end(start, bytes.count) == 0
  }

  func write(
    _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int
  ) throws(SyscallFailure) -> Int {
    let isSegment = !isUnfinished.contains(descriptor) && offset >= 4096
    switch plant {
    case .lateFdatasync:
      if let unflushed { try? disk.flushData(unflushed) }
      unflushed = nil
    case .flushBeforeWrite where isSegment:
      let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
      copy.copyMemory(from: bytes)
      held = Held(descriptor: descriptor, bytes: copy, offset: offset)
      return bytes.count
    case .hiddenWriteError:
      _ = try? disk.write(descriptor, bytes, at: offset)
      return bytes.count
    case .keepTornTail where isSegment && Self.isZero(bytes): return bytes.count
    case .noPreallocation where Self.isZero(bytes): return bytes.count
    case .skipSameBytes where isSegment && !Self.isZero(bytes):
      if try holds(descriptor, bytes, at: offset) { return bytes.count }
    default: break
    }
    return try disk.write(descriptor, bytes, at: offset)
  }

  private func holds(
    _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int
  ) throws(SyscallFailure) -> Bool {
    let there = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
    defer { there.deallocate() }
    let count = try disk.read(descriptor, into: there, at: offset)
    return count == bytes.count && there.elementsEqual(bytes)
  }

  func flushData(_ descriptor: Int32) throws(SyscallFailure) {
    switch plant {
    case .noFdatasync: break
    case .lateFdatasync: unflushed = descriptor
    case .flushBeforeWrite:
      try disk.flushData(descriptor)
      guard let held else { return }
      self.held = nil
      defer { held.bytes.deallocate() }
      _ = try disk.write(held.descriptor, UnsafeRawBufferPointer(held.bytes), at: held.offset)
    case .flushTriedAgain:
      do { try disk.flushData(descriptor) } catch { try disk.flushData(descriptor) }
    default: try disk.flushData(descriptor)
    }
  }

  func flush(_ descriptor: Int32) throws(SyscallFailure) {
    if isDirectory.contains(descriptor) {
      defer { removed = false }
      if plant == .noDirectoryFlush || plant == .noFlushBehindRemoval && removed { return }
    } else {
      if plant == .noFsync { return }
      if plant == .renameBeforeFsync {
        unflushed = descriptor
        return
      }
    }
    try disk.flush(descriptor)
  }

  func reserve(_ descriptor: Int32, bytes: Int) throws(SyscallFailure) {
    if plant != .noPreallocation { try disk.reserve(descriptor, bytes: bytes) }
  }

  func size(_ descriptor: Int32) throws(SyscallFailure) -> Int { try disk.size(descriptor) }
  func lock(_ descriptor: Int32) throws(SyscallFailure) { try disk.lock(descriptor) }

  func rename(_ from: String, to: String) throws(SyscallFailure) {
    try disk.rename(from, to: to)
    if plant == .renameBeforeFsync, let unflushed {
      self.unflushed = nil
      try disk.flush(unflushed)
    }
  }

  func remove(_ path: String) throws(SyscallFailure) {
    try disk.remove(path)
    removed = true
  }

  func makeDirectory(_ path: String, mode: UInt32) throws(SyscallFailure) {
    try disk.makeDirectory(path, mode: mode)
  }

  func entries(_ directory: String) throws(SyscallFailure) -> [String] {
    try disk.entries(directory)
  }
}
