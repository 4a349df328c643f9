import Glibc
import JournalFormat
import JournalStore

/// A disk in memory under the real journal, which tells of every change, so that the machine can be
/// thought to stop there.
///
/// What it does:
/// - a crash of the process leaves names and bytes as they are, of the write that ran then any
///   first part; nothing of it need be on the disk;
/// - a power cut leaves of what was not flushed any subset: of the sectors of 512 bytes, of the
///   changes of names, of file sizes; a rename is one change, or half done with both names there;
/// - any call may fail with any errno, once or from then on; a failing write may have written a
///   part, a failing rename may have happened, a failing flush may have flushed any subset of the
///   sectors, and the rest counts as clean afterwards and will never be flushed.
///
/// It never tears a sector by itself, except in the middle of a write that a crash ended; and never
/// a word of 8 bytes.
final class ModelDisk: JournalSyscalls {
  enum NameChange {
    case add(String, DiskFile)
    case remove(String)
    case rename(String, to: String, DiskFile)
  }

  /// Which calls fail, and how.
  struct Failure: Equatable {
    /// Counted from 1.
    var call: Int
    var errno: Int32
    /// From that call on, all that change something.
    var goesOn: Bool
    /// Chooses what of the failing call happened all the same.
    var seed: UInt64
  }

  static let directory = "/data"
  static let word_bytes = 8
  /// No opening reads it back, so that its bytes need not be varied.
  static let lock_file = "lock"

  var callCount = 0
  private(set) var lastCall = ""
  var failure: Failure?
  /// Whoever looks at each change.
  weak var observer: (any DiskObserver)?

  private(set) var names: [String: DiskFile] = [:]
  private(set) var durableNames: [String: DiskFile] = [:]
  private(set) var nameChanges: [NameChange] = []
  private(set) var directoryExists = false
  private(set) var directoryIsDurable = false
  private var open: [Int32: DiskFile] = [:]
  private var nextDescriptor: Int32 = 3
  private let directoryItself = DiskFile()
  private let parentItself = DiskFile()

  init() {}

  /// What a crash left.
  init(
    names: [String: DiskFile], durableNames: [String: DiskFile], changes: [NameChange],
    directoryExists: Bool, directoryIsDurable: Bool
  ) {
    self.names = names
    self.durableNames = durableNames
    nameChanges = changes
    self.directoryExists = directoryExists
    self.directoryIsDurable = directoryIsDurable
  }

  static func apply(_ change: NameChange, to names: inout [String: DiskFile]) {
    switch change {
    case .add(let name, let file): names[name] = file
    case .remove(let name): names[name] = nil
    case .rename(let from, let to, let file):
      names[to] = file
      names[from] = nil
    }
  }

  private func change(_ change: NameChange) {
    nameChanges.append(change)
    Self.apply(change, to: &names)
  }

  // MARK: what every call does

  /// Behind the directory's own name.
  private func base(_ path: String) -> String {
    String(decoding: path.utf8.dropFirst(Self.directory.utf8.count + 1), as: UTF8.self)
  }

  /// - Returns: the errno to fail with, nil when the call is to work.
  private func begin(_ call: String, changes: Bool) -> Int32? {
    callCount += 1
    lastCall = call
    guard let failure else { return nil }
    let isMeant =
      callCount == failure.call || (failure.goesOn && changes && callCount > failure.call)
    return isMeant ? failure.errno : nil
  }

  private func beginPlain(_ call: String, changes: Bool) throws(SyscallFailure) {
    if let code = begin(call, changes: changes) { throw SyscallFailure(code: code) }
  }

  private func file(_ descriptor: Int32) throws(SyscallFailure) -> DiskFile {
    guard let file = open[descriptor] else { throw SyscallFailure(code: EBADF) }
    return file
  }

  private func choose(_ index: Int) -> Bool {
    guard let failure else { return true }
    return Cut.seeded(failure.seed &+ UInt64(callCount) << 32).has(index)
  }

  // MARK: the calls

  func open(_ path: String, flags: Int32, mode: UInt32) throws(SyscallFailure) -> Int32 {
    let mayMake = flags & O_CREAT != 0
    try beginPlain("open", changes: mayMake)
    nextDescriptor += 1
    if flags & O_DIRECTORY != 0 {
      open[nextDescriptor] = path == Self.directory ? directoryItself : parentItself
      return nextDescriptor
    }
    let name = base(path)
    guard directoryExists else { throw SyscallFailure(code: ENOENT) }
    if let known = names[name] {
      if flags & O_TRUNC != 0 {
        known.cached.clear()
        known.durable.clear()
        known.dirty = []
      }
      open[nextDescriptor] = known
    } else {
      guard mayMake else { throw SyscallFailure(code: ENOENT) }
      let file = DiskFile()
      change(.add(name, file))
      open[nextDescriptor] = file
      observer?.changed(self)
    }
    return nextDescriptor
  }

  func close(_ descriptor: Int32) {
    open[descriptor]?.isLocked = false
    open[descriptor] = nil
  }

  func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(SyscallFailure) -> Int {
    try beginPlain("read", changes: false)
    return try file(descriptor).cached.read(into: buffer, at: offset)
  }

  func write(
    _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int
  ) throws(SyscallFailure) -> Int {
    let fault = begin("write", changes: true)
    let file = try file(descriptor)
    if file === names[Self.lock_file] {
      if let fault { throw SyscallFailure(code: fault) }
      return bytes.count
    }
    var count = bytes.count
    if fault != nil { count = choose(0) ? count : choose(1) ? count / 2 / 8 * 8 : 0 }
    let part = UnsafeRawBufferPointer(rebasing: bytes[..<count])
    observer?.writes(PartialWrite(file: file, offset: offset, bytes: part), on: self)
    file.write(part, at: offset)
    observer?.changed(self)
    if let fault { throw SyscallFailure(code: fault) }
    return count
  }

  func flushData(_ descriptor: Int32) throws(SyscallFailure) {
    let fault = begin("fdatasync", changes: true)
    let file = try file(descriptor)
    if let fault {
      file.flushBadly(keeping: choose)
      observer?.changed(self)
      throw SyscallFailure(code: fault)
    }
    file.flush()
    observer?.changed(self)
  }

  func flush(_ descriptor: Int32) throws(SyscallFailure) {
    let file = try file(descriptor)
    if file === parentItself {
      try beginPlain("fsync parent", changes: true)
      directoryIsDurable = true
    } else if file === directoryItself {
      try beginPlain("fsync directory", changes: true)
      durableNames = names
      nameChanges = []
    } else {
      return try flushData(descriptor)
    }
    observer?.changed(self)
  }

  func reserve(_ descriptor: Int32, bytes: Int) throws(SyscallFailure) {
    try beginPlain("fallocate", changes: true)
    try file(descriptor).cached.extend(to: bytes)
    observer?.changed(self)
  }

  func size(_ descriptor: Int32) throws(SyscallFailure) -> Int {
    try beginPlain("fstat", changes: false)
    return try file(descriptor).cached.size
  }

  func lock(_ descriptor: Int32) throws(SyscallFailure) {
    try beginPlain("flock", changes: false)
    let file = try file(descriptor)
    if file.isLocked { throw SyscallFailure(code: EWOULDBLOCK) }
    file.isLocked = true
  }

  func rename(_ from: String, to: String) throws(SyscallFailure) {
    let fault = begin("rename", changes: true)
    guard let file = names[base(from)] else { throw SyscallFailure(code: ENOENT) }
    if fault == nil || choose(0) {
      change(.rename(base(from), to: base(to), file))
      observer?.changed(self)
    }
    if let fault { throw SyscallFailure(code: fault) }
  }

  func remove(_ path: String) throws(SyscallFailure) {
    let fault = begin("unlink", changes: true)
    guard names[base(path)] != nil else { throw SyscallFailure(code: ENOENT) }
    if fault == nil || choose(0) {
      change(.remove(base(path)))
      observer?.changed(self)
    }
    if let fault { throw SyscallFailure(code: fault) }
  }

  func makeDirectory(_ path: String, mode: UInt32) throws(SyscallFailure) {
    try beginPlain("mkdir", changes: true)
    if directoryExists { throw SyscallFailure(code: EEXIST) }
    directoryExists = true
    observer?.changed(self)
  }

  func entries(_ directory: String) throws(SyscallFailure) -> [String] {
    try beginPlain("readdir", changes: false)
    guard directoryExists else { throw SyscallFailure(code: ENOENT) }
    return names.keys.sorted(by: >)
  }
}

/// A write that has not begun yet.
struct PartialWrite {
  let file: DiskFile
  let offset: Int
  let bytes: UnsafeRawBufferPointer

  func first(_ count: Int) -> PartialWrite {
    PartialWrite(
      file: file, offset: offset, bytes: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
  }
}

protocol DiskObserver: AnyObject {
  /// Before the write.
  func writes(_ write: PartialWrite, on disk: ModelDisk)
  /// After each call that changed something.
  func changed(_ disk: ModelDisk)
}
