import Branch
import CLinux
import Glibc
import LinuxIO

/// A directory that only this user can read, for everything that a demo needs while it runs.
final class PrivateDirectory {
  let path: String

  /// Below TMPDIR, else below /tmp.
  init() throws(Problem) {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array(
      "\(parent.hasPrefix("/") ? parent : "/tmp")/kioskd-demo-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw Problem(
        code: "no-directory", what: "cannot make a directory in \(parent)",
        cause: SystemError("mkdtemp", errno: errno).text,
        cure: "Set TMPDIR to a directory where you may write.")
    }
    path = String(
      decoding: template.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  func remove() { removeTree(path) }
}

/// Makes a directory and those above it; what is there already is all right.
func makeDirectories(_ path: String) throws(Problem) {
  var here = path.hasPrefix("/") ? "" : "."
  for name in path.split(separator: "/") {
    here += "/" + name
    if mkdir(here, 0o755) == 0 || errno == EEXIST { continue }
    throw Problem(
      code: "no-directory", what: "cannot make the directory \(here)",
      cause: SystemError("mkdir", errno: errno).text, cure: "Name a place where you may write.")
  }
}

/// Removes a directory with all that is in it, or a file; links are removed, not followed.
private func removeTree(_ path: String) {
  var status = stat()
  guard lstat(path, &status) == 0 else { return }
  guard status.st_mode & S_IFMT == S_IFDIR else {
    unlink(path)
    return
  }
  for name in SmallFile.entries(path) { removeTree(path + "/" + name) }
  rmdir(path)
}
