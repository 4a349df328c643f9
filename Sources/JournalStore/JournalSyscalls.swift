import CLinux
import Glibc

/// A system call said no.
public struct SyscallFailure: Error, Hashable, Sendable {
  /// errno
  public let code: Int32
  public init(code: Int32) { self.code = code }
}

/// All that the journal asks of the kernel, so that a test can record, reorder and fail each call.
/// A witness call costs nanoseconds beside calls that cost microseconds to milliseconds.
public protocol JournalSyscalls {
  /// open(2) with O_CLOEXEC; the descriptor is the caller's.
  func open(_ path: String, flags: Int32, mode: UInt32) throws(SyscallFailure) -> Int32
  func close(_ descriptor: Int32)
  /// pread(2); 0 at the end of the file.
  func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(SyscallFailure) -> Int
  /// pwrite(2); may write less than asked.
  func write(
    _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int
  ) throws(SyscallFailure) -> Int
  /// fdatasync(2)
  func flushData(_ descriptor: Int32) throws(SyscallFailure)
  /// fsync(2)
  func flush(_ descriptor: Int32) throws(SyscallFailure)
  /// fallocate(2)
  func reserve(_ descriptor: Int32, bytes: Int) throws(SyscallFailure)
  /// Size of the file in bytes, fstat(2).
  func size(_ descriptor: Int32) throws(SyscallFailure) -> Int
  /// flock(2), exclusive, not waiting: EWOULDBLOCK when another process holds it.
  func lock(_ descriptor: Int32) throws(SyscallFailure)
  func rename(_ from: String, to: String) throws(SyscallFailure)
  func remove(_ path: String) throws(SyscallFailure)
  func makeDirectory(_ path: String, mode: UInt32) throws(SyscallFailure)
  /// Names in a directory, without "." and "..", in any order.
  func entries(_ directory: String) throws(SyscallFailure) -> [String]
}

/// The kernel itself. Calls that a signal interrupted are made again.
public struct LinuxJournalSyscalls: JournalSyscalls, Sendable {
  public init() {}

  private func checked<Number: SignedInteger>(
    _ call: () -> Number
  ) throws(SyscallFailure) -> Number {
    while true {
      let result = call()
      if result >= 0 { return result }
      let code = errno
      if code != EINTR { throw SyscallFailure(code: code) }
    }
  }

  public func open(
    _ path: String, flags: Int32, mode: UInt32
  ) throws(SyscallFailure) -> Int32 {
    try checked { kioskd_open(path, flags, mode) }
  }

  /// Linux releases the descriptor whatever close returns, EINTR included (close(2), NOTES).
  public func close(_ descriptor: Int32) { _ = Glibc.close(descriptor) }

  public func read(
    _ descriptor: Int32, into buffer: UnsafeMutableRawBufferPointer, at offset: Int
  ) throws(SyscallFailure) -> Int {
    try checked { pread(descriptor, buffer.baseAddress, buffer.count, offset) }
  }

  public func write(
    _ descriptor: Int32, _ bytes: UnsafeRawBufferPointer, at offset: Int
  ) throws(SyscallFailure) -> Int {
    try checked { pwrite(descriptor, bytes.baseAddress, bytes.count, offset) }
  }

  public func flushData(_ descriptor: Int32) throws(SyscallFailure) {
    _ = try checked { fdatasync(descriptor) }
  }

  public func flush(_ descriptor: Int32) throws(SyscallFailure) {
    _ = try checked { fsync(descriptor) }
  }

  public func reserve(_ descriptor: Int32, bytes: Int) throws(SyscallFailure) {
    _ = try checked { kioskd_fallocate(descriptor, 0, Int64(bytes)) }
  }

  public func size(_ descriptor: Int32) throws(SyscallFailure) -> Int {
    var status = stat()
    _ = try checked { fstat(descriptor, &status) }
    return Int(status.st_size)
  }

  public func lock(_ descriptor: Int32) throws(SyscallFailure) {
    _ = try checked { flock(descriptor, LOCK_EX | LOCK_NB) }
  }

  public func rename(_ from: String, to: String) throws(SyscallFailure) {
    _ = try checked { Glibc.rename(from, to) }
  }

  public func remove(_ path: String) throws(SyscallFailure) {
    _ = try checked { unlink(path) }
  }

  public func makeDirectory(_ path: String, mode: UInt32) throws(SyscallFailure) {
    _ = try checked { mkdir(path, mode) }
  }

  public func entries(_ directory: String) throws(SyscallFailure) -> [String] {
    guard let stream = opendir(directory) else { throw SyscallFailure(code: errno) }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      let name = withUnsafePointer(to: &entry.pointee.d_name) { tuple in
        tuple.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    if errno != 0 { throw SyscallFailure(code: errno) }
    return names
  }
}
