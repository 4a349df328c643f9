import CLinux
import Glibc

/// Every byte that a device got, in a file that outlives the guest.
final class ByteRecord {
  private let descriptor: Int32
  private let path: String

  init(_ path: String) throws(LabError) {
    self.path = path
    descriptor = kioskd_open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard descriptor >= 0 else { throw failed("create \(path)") }
  }

  func append(_ bytes: [UInt8]) {
    do throws(LabError) {
      try writeAll(descriptor, bytes, to: path)
    } catch { narrate("\(error)") }
  }
}
