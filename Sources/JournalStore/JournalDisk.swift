import Glibc
import JournalFormat

/// System calls on one directory, with their failures told as `JournalError`s.
struct JournalDisk {
  let calls: any JournalSyscalls
  let directory: String

  static let lock_file = "lock"
  static let unfinished_suffix = ".tmp"
  static let damaged_suffix = ".damaged"
  static let foreign_suffix = ".foreign"
  static let file_mode: UInt32 = 0o640
  static let directory_mode: UInt32 = 0o750

  func path(_ file: String) -> String { "\(directory)/\(file)" }

  func attempt<Result>(
    _ operation: String, _ file: String, _ call: () throws(SyscallFailure) -> Result
  ) throws(JournalError) -> Result {
    do { return try call() } catch {
      throw JournalError(error, cannot: operation, path: path(file))
    }
  }

  func open(_ file: String, flags: Int32) throws(JournalError) -> OpenFile {
    let descriptor = try attempt("open", file) { () throws(SyscallFailure) in
      try calls.open(path(file), flags: flags, mode: Self.file_mode)
    }
    return OpenFile(disk: self, name: file, descriptor: descriptor)
  }

  func rename(_ from: String, to: String) throws(JournalError) {
    try attempt("rename", from) { () throws(SyscallFailure) in
      try calls.rename(path(from), to: path(to))
    }
  }

  func remove(_ file: String) throws(JournalError) {
    try attempt("remove", file) { () throws(SyscallFailure) in try calls.remove(path(file)) }
  }

  func entries() throws(JournalError) -> [String] {
    do { return try calls.entries(directory) } catch {
      throw JournalError(error, cannot: "list", path: directory)
    }
  }

  /// Makes names in the directory durable.
  func flushDirectory() throws(JournalError) { try flush(directory: directory) }

  private func flush(directory: String) throws(JournalError) {
    do {
      let descriptor = try calls.open(directory, flags: O_RDONLY | O_DIRECTORY, mode: 0)
      defer { calls.close(descriptor) }
      try calls.flush(descriptor)
    } catch {
      throw JournalError(error, cannot: "flush", path: directory)
    }
  }

  /// Makes the directory if it is not there; its parent must exist.
  func makeDirectory() throws(JournalError) {
    do { try calls.makeDirectory(directory, mode: Self.directory_mode) } catch {
      if error.code == EEXIST { return }
      throw JournalError(error, cannot: "make", path: directory)
    }
  }

  /// Makes the name of the directory itself durable. A parent that may not be opened belongs to
  /// someone else, who made the directory before.
  func flushParent() throws(JournalError) {
    do throws(JournalError) { try flush(directory: "\(directory)/..") } catch {
      if error.code != .denied { throw error }
    }
  }
}

/// A descriptor that closes with its last reference.
final class OpenFile {
  let disk: JournalDisk
  let name: String
  let descriptor: Int32

  init(disk: JournalDisk, name: String, descriptor: Int32) {
    self.disk = disk
    self.name = name
    self.descriptor = descriptor
  }

  deinit { disk.calls.close(descriptor) }

  func size() throws(JournalError) -> Int {
    try disk.attempt("read", name) { () throws(SyscallFailure) in
      try disk.calls.size(descriptor)
    }
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(JournalError) {
    try disk.attempt("write", name) { () throws(SyscallFailure) in
      var done = 0
      while done < bytes.count {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
        let count = try disk.calls.write(descriptor, rest, at: offset + done)
        // A regular file that takes nothing and gives no reason will not take more next time.
        if count == 0 { throw SyscallFailure(code: EIO) }
        done += count
      }
    }
  }

  /// Writes a part of `bytes` to the same place in the file.
  func write(_ bytes: [UInt8], _ part: Range<Int>) throws(JournalError) {
    let outcome = bytes.withUnsafeBytes { all in
      Result { () throws(JournalError) in
        try write(UnsafeRawBufferPointer(rebasing: all[part]), at: part.lowerBound)
      }
    }
    try outcome.get()
  }

  func flushData() throws(JournalError) {
    try disk.attempt("flush", name) { () throws(SyscallFailure) in
      try disk.calls.flushData(descriptor)
    }
  }

  func flush() throws(JournalError) {
    try disk.attempt("flush", name) { () throws(SyscallFailure) in
      try disk.calls.flush(descriptor)
    }
  }

  /// Reads up to `buffer.count` bytes; fewer only at the end of the file.
  func read(
    into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(SyscallFailure) -> Int {
    var done = 0
    while done < buffer.count {
      let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[done...])
      let count = try disk.calls.read(descriptor, into: rest, at: offset + done)
      if count == 0 { break }
      done += count
    }
    return done
  }
}

/// The bytes of a file, as far as the disk gives them back.
struct FileImage {
  /// A failing disk loses sectors; asking by pages brings back the rest.
  private static let page_bytes = 4096
  /// Stands for what cannot be read: not zero, since zeros mean "not yet written".
  private static let unreadable_byte: UInt8 = 0xA5

  private(set) var bytes: [UInt8] = []
  private(set) var unreadable: [Range<Int>] = []

  /// - Parameters:
  ///   - offset: where in the file the image begins.
  ///   - bytes_max: no more than this; less when the file ends before.
  init(_ file: OpenFile, from offset: Int = 0, bytes_max: Int) throws(JournalError) {
    let wanted = max(0, min(try file.size() - offset, bytes_max))
    var lost: [Range<Int>] = []
    bytes = [UInt8](unsafeUninitializedCapacity: wanted) { storage, count in
      let buffer = UnsafeMutableRawBufferPointer(storage)
      do { count = try file.read(into: buffer, at: offset) } catch {
        (count, lost) = Self.readByPages(file, from: offset, into: buffer)
      }
    }
    unreadable = lost
  }

  private static func readByPages(
    _ file: OpenFile, from start: Int, into buffer: UnsafeMutableRawBufferPointer
  ) -> (count: Int, lost: [Range<Int>]) {
    var lost: [Range<Int>] = []
    var offset = start
    let fileEnd = start + buffer.count
    while offset < fileEnd {
      let end = min((offset / page_bytes + 1) * page_bytes, fileEnd)
      let page = UnsafeMutableRawBufferPointer(rebasing: buffer[offset - start..<end - start])
      do {
        let count = try file.read(into: page, at: offset)
        if count < page.count { return (offset - start + count, lost) }
      } catch {
        page.initializeMemory(as: UInt8.self, repeating: unreadable_byte)
        if lost.last?.upperBound == offset {
          lost[lost.count - 1] = lost[lost.count - 1].lowerBound..<end
        } else {
          lost.append(offset..<end)
        }
      }
      offset = end
    }
    return (buffer.count, lost)
  }
}
