import Branch
import CReference
import Glibc
import LinuxIO

/// A directory that goes away with its owner.
final class Scratch {
  /// On a disk on most machines, unlike /tmp.
  static let place_standard = "/var/tmp"

  let path: String

  /// - Parameter place: an existing directory.
  init(in place: String?) throws(Problem) {
    let place = place ?? Self.place_standard
    var template = Array((place + "/kioskd-bench-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw benchProblem(
        "cannot make a directory in \(place)", SystemError("mkdtemp", errno: errno).text,
        cure: "Name an existing directory with room: --dir DIR.")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { Self.remove(path) }

  private static func remove(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      unlink(path)
      return
    }
    for name in SmallFile.entries(path) { remove("\(path)/\(name)") }
    rmdir(path)
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  func write(_ text: String, to name: String) throws(Problem) -> String {
    let path = file(name)
    do throws(SystemError) {
      let descriptor = try SystemCall.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
      var rest = Array(text.utf8)[...]
      while !rest.isEmpty {
        switch rest.withUnsafeBytes({ SystemCall.write(descriptor.raw, $0) }) {
        case .bytes(let count): rest = rest.dropFirst(count)
        case .failed(let error): throw error
        case .wouldBlock, .end: throw SystemError("write", errno: EIO)
        }
      }
    } catch {
      throw benchProblem("cannot write \(path)", error.text)
    }
    return path
  }

  func makePipe(_ name: String) throws(Problem) -> String {
    let path = file(name)
    guard mkfifo(path, 0o600) == 0 else {
      throw benchProblem("cannot make \(path)", SystemError("mkfifo", errno: errno).text)
    }
    return path
  }

  /// The kind of file system, since a flush to memory says nothing about a disk (statfs(2)).
  var fileSystem: String {
    let type = UInt32(truncatingIfNeeded: kioskd_reference_file_system(path))
    return switch type {
    case 0xEF53: "ext4"
    case 0x5846_5342: "xfs"
    case 0x9123_683E: "btrfs"
    case 0x0102_1994: "tmpfs"
    case 0x794C_7630: "overlay"
    default: "0x" + String(type, radix: 16)
    }
  }
}

/// A measure that could not be taken.
func benchProblem(
  _ what: String, _ cause: String, cure: String = "Nothing was measured; try again."
) -> Problem {
  Problem(code: "bench", what: what, cause: cause, cure: cure)
}
