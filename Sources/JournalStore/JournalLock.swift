import Glibc
import JournalFormat

/// Keeps a second process out of a journal directory for as long as this lives. The kernel frees
/// the lock when the process ends, however it ends.
struct JournalLock {
  private static let text_bytes = 12
  private let file: OpenFile

  init(_ disk: JournalDisk) throws(JournalError) {
    file = try disk.open(JournalDisk.lock_file, flags: O_RDWR | O_CREAT)
    do { try disk.calls.lock(file.descriptor) } catch {
      if error.code == EWOULDBLOCK {
        throw .inUse(directory: disk.directory, holder: Self.holder(file))
      }
      throw JournalError(error, cannot: "lock", path: disk.path(JournalDisk.lock_file))
    }
    // Only for the message that a second process shows: a full disk must not keep a daemon down.
    var text = Array("\(getpid())".utf8)
    text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: Self.text_bytes - text.count))
    text[Self.text_bytes - 1] = UInt8(ascii: "\n")
    text.withUnsafeBytes { try? file.write($0, at: 0) }
  }

  private static func holder(_ file: OpenFile) -> Int32? {
    var text = [UInt8](repeating: 0, count: text_bytes)
    let count = (try? text.withUnsafeMutableBytes { try file.read(into: $0, at: 0) }) ?? 0
    let digits = text[..<count].prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    return Int32(String(decoding: digits, as: UTF8.self))
  }
}
