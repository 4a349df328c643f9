import Glibc
import JournalFormat
import JournalStore

/// A disk in memory with what real ones do to a journal.
///
/// Faults it may inject:
/// - any one call, or all of a kind, fail with a chosen errno; a failing write may have written a
///   part, a failing flush may have flushed a part, and what it did not flush counts as
///   clean afterwards, as Linux has it: a later flush says nothing and does nothing about it;
/// - the power goes at any one call: each sector of 512 bytes that was not flushed is on the disk
///   or not, independent of all others; of the changes to names since the last flush of the
///   directory, any first part is; the directory itself is there, or not until its parent was
///   flushed;
/// - bytes on the disk change, or cannot be read (EIO) by pages of 4096, or a file cannot be
///   opened.
///
/// It never tears a sector, and never loses what was flushed.
final class FakeDisk: JournalSyscalls {
  static let sector_bytes = 512
  struct PowerIsOff: Error {}

  final class File {
    var cached: [UInt8] = []
    var onDisk: [UInt8] = []
    /// Written and not flushed.
    var dirty: [Range<Int>] = []
    /// Some sectors count as clean and are not on the disk.
    var hasLostSectors = false
    var dirtySectors: [Int] {
      Set(dirty.flatMap { $0.lowerBound / sector_bytes...($0.upperBound - 1) / sector_bytes })
        .sorted()
    }
    var isLocked = false
    var unreadable: Set<Int> = []
    var isUnopenable = false
    var isUnwritable = false
  }
  enum NameChange {
    case add(String, File)
    case remove(String)
  }

  private(set) var callCount = 0
  /// What was called, to name the failing call.
  private(set) var trace: [String] = []
  /// Number of the call that fails, counted from 1, and how.
  var failing: (call: Int, errno: Int32)?
  /// All calls of a kind fail: `write`, `fdatasync`, `fallocate`, `open`, `rename`, `unlink`, …
  var refusing: [String: Int32] = [:]
  /// Number of the call at which the power goes.
  var powerCutAt: Int?
  private(set) var isOff = false
  var numbers: SeededNumbers

  private(set) var names: [String: File] = [:]
  private var durableNames: [String: File] = [:]
  private var nameChanges: [NameChange] = []
  private var open: [Int32: File] = [:]
  private var nextDescriptor: Int32 = 3

  init(seed: UInt64) { numbers = SeededNumbers(seed: seed) }

  // MARK: what a test does to it

  /// The process dies, the kernel lives on; also the end of a kill that `powerCutAt` began.
  func killProcess() {
    open.removeAll()
    for file in names.values { file.isLocked = false }
    isOff = false
    powerCutAt = nil
    failing = nil
  }

  /// The machine starts again after `powerCutAt`, or a cut right now.
  func restart() {
    if !directoryIsDurable, Bool.random(using: &numbers) {
      directoryExists = false
      durableNames = [:]
      nameChanges = []
    }
    for change in nameChanges.prefix(Int.random(in: 0...nameChanges.count, using: &numbers)) {
      Self.apply(change, to: &durableNames)
    }
    for (_, file) in durableNames.sorted(by: { $0.key < $1.key }) {
      for sector in file.dirtySectors where Bool.random(using: &numbers) {
        Self.store(sector, of: file)
      }
      file.dirty = []
      file.cached = file.onDisk
      file.hasLostSectors = false
      file.isLocked = false
    }
    names = durableNames
    nameChanges = []
    open = [:]
    isOff = false
    powerCutAt = nil
    failing = nil
  }

  func change(_ name: String, _ edit: (inout [UInt8]) -> Void) {
    guard let file = names[name] else { return }
    edit(&file.cached)
    file.onDisk = file.cached
    file.dirty = []
  }

  func makeUnopenable(_ name: String) { names[name]?.isUnopenable = true }
  /// Every write to it fails.
  func makeUnwritable(_ name: String) { names[name]?.isUnwritable = true }
  func makeUnreadable(_ name: String, page: Int) { names[name]?.unreadable.insert(page) }

  var segments: [String] { names.keys.filter { SegmentName(file: $0) != nil }.sorted() }

  // MARK: the calls

  private func base(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }

  /// - Returns: the errno that this call is to fail with, nil when it is to work.
  private func begin(_ call: String) throws(SyscallFailure) -> Int32? {
    if isOff { throw SyscallFailure(code: EIO) }
    callCount += 1
    trace.append(call)
    if callCount == powerCutAt {
      isOff = true
      return EIO
    }
    if let kind = refusing.first(where: { call.hasPrefix($0.key) }) { return kind.value }
    return failing.flatMap { $0.call == callCount ? $0.errno : nil }
  }

  private func beginPlain(_ call: String) throws(SyscallFailure) {
    if let code = try begin(call) { throw SyscallFailure(code: code) }
  }

  private func file(_ descriptor: Int32) throws(SyscallFailure) -> File {
    guard let file = open[descriptor] else { throw SyscallFailure(code: EBADF) }
    return file
  }

  func open(_ path: String, flags: Int32, mode: UInt32) throws(SyscallFailure) -> Int32 {
    let name = base(path)
    try beginPlain("open \(name)")
    let descriptor = nextDescriptor
    nextDescriptor += 1
    if flags & O_DIRECTORY != 0 {
      open[descriptor] = path == Self.directory ? directoryItself : parentItself
      return descriptor
    }
    guard directoryExists else { throw SyscallFailure(code: ENOENT) }
    if let known = names[name] {
      if known.isUnopenable { throw SyscallFailure(code: EIO) }
      if flags & O_TRUNC != 0 { truncate(known) }
      open[descriptor] = known
    } else {
      guard flags & O_CREAT != 0 else { throw SyscallFailure(code: ENOENT) }
      let file = File()
      changeNames(.add(name, file))
      open[descriptor] = file
    }
    return descriptor
  }

  static let directory = "/data"
  private let directoryItself = File()
  private let parentItself = File()
  private var directoryExists = false
  private var directoryIsDurable = false

  private func truncate(_ file: File) {
    file.cached = []
    file.onDisk = []
    file.dirty = []
  }

  func close(_ descriptor: Int32) {
    open[descriptor]?.isLocked = false
    open[descriptor] = nil
  }

  func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(SyscallFailure) -> Int {
    try beginPlain("read")
    let file = try file(descriptor)
    let end = min(offset + buffer.count, file.cached.count)
    guard offset < end else { return 0 }
    if file.unreadable.contains(where: { $0 * 4096 < end && offset < ($0 + 1) * 4096 }) {
      throw SyscallFailure(code: EIO)
    }
    file.cached.withUnsafeBytes {
      buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<end]))
    }
    return end - offset
  }

  func write(
    _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int
  ) throws(SyscallFailure) -> Int {
    let fault = try begin("write")
    let file = try file(descriptor)
    if file.isUnwritable { throw SyscallFailure(code: EIO) }
    var count = bytes.count
    if fault != nil { count = Int.random(in: 0...count / 8, using: &numbers) * 8 }
    let missing = offset + count - file.cached.count
    if missing > 0 { file.cached.append(contentsOf: [UInt8](repeating: 0, count: missing)) }
    file.cached.withUnsafeMutableBytes { cached in
      UnsafeMutableRawBufferPointer(rebasing: cached[offset..<offset + count])
        .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    }
    if count > 0 { file.dirty.append(offset..<offset + count) }
    if let fault { throw SyscallFailure(code: fault) }
    return count
  }

  private static func store(_ sector: Int, of file: File) {
    let start = sector * sector_bytes
    let end = min(start + sector_bytes, file.cached.count)
    guard start < end else { return }
    let missing = end - file.onDisk.count
    if missing > 0 { file.onDisk.append(contentsOf: [UInt8](repeating: 0, count: missing)) }
    file.onDisk.replaceSubrange(start..<end, with: file.cached[start..<end])
  }

  func flushData(_ descriptor: Int32) throws(SyscallFailure) {
    let fault = try begin("fdatasync")
    let file = try file(descriptor)
    let powerWent = isOff
    if powerWent { throw SyscallFailure(code: EIO) }
    if fault == nil, !file.hasLostSectors {
      file.onDisk = file.cached
    } else {
      for sector in file.dirtySectors where fault == nil || Bool.random(using: &numbers) {
        Self.store(sector, of: file)
      }
    }
    file.dirty = []
    if let fault {
      file.hasLostSectors = true
      throw SyscallFailure(code: fault)
    }
  }

  func flush(_ descriptor: Int32) throws(SyscallFailure) {
    if open[descriptor] === parentItself {
      try beginPlain("fsync parent")
      directoryIsDurable = true
      return
    }
    guard open[descriptor] === directoryItself else { return try flushData(descriptor) }
    try beginPlain("fsync directory")
    for change in nameChanges { Self.apply(change, to: &durableNames) }
    nameChanges = []
  }

  func reserve(_ descriptor: Int32, bytes: Int) throws(SyscallFailure) {
    try beginPlain("fallocate")
    let file = try file(descriptor)
    let missing = bytes - file.cached.count
    if missing > 0 { file.cached.append(contentsOf: [UInt8](repeating: 0, count: missing)) }
  }

  func size(_ descriptor: Int32) throws(SyscallFailure) -> Int {
    try beginPlain("fstat")
    return try file(descriptor).cached.count
  }

  func lock(_ descriptor: Int32) throws(SyscallFailure) {
    try beginPlain("flock")
    let file = try file(descriptor)
    if file.isLocked { throw SyscallFailure(code: EWOULDBLOCK) }
    file.isLocked = true
  }

  private func changeNames(_ change: NameChange) {
    nameChanges.append(change)
    Self.apply(change, to: &names)
  }

  private static func apply(_ change: NameChange, to names: inout [String: File]) {
    switch change {
    case .add(let name, let file): names[name] = file
    case .remove(let name): names[name] = nil
    }
  }

  func rename(_ from: String, to: String) throws(SyscallFailure) {
    // Fails before or behind the deed: a caller cannot know.
    let fault = try begin("rename \(base(from))")
    guard let file = names[base(from)] else { throw SyscallFailure(code: ENOENT) }
    if fault == nil || Bool.random(using: &numbers) {
      changeNames(.add(base(to), file))
      changeNames(.remove(base(from)))
    }
    if let fault { throw SyscallFailure(code: fault) }
  }

  func remove(_ path: String) throws(SyscallFailure) {
    try beginPlain("unlink \(base(path))")
    guard names[base(path)] != nil else { throw SyscallFailure(code: ENOENT) }
    changeNames(.remove(base(path)))
  }

  func makeDirectory(_ path: String, mode: UInt32) throws(SyscallFailure) {
    try beginPlain("mkdir")
    if directoryExists { throw SyscallFailure(code: EEXIST) }
    directoryExists = true
  }

  func entries(_ directory: String) throws(SyscallFailure) -> [String] {
    try beginPlain("readdir")
    guard directoryExists else { throw SyscallFailure(code: ENOENT) }
    return names.keys.sorted().shuffled(using: &numbers)
  }
}
