import Branch
import Glibc
import LinuxIO

/// A file that a run leaves behind. The first error is kept and told at the end, so that a full
/// disk does not pass for a run that came true.
final class OutputFile {
  let path: String
  private let descriptor: Descriptor
  private(set) var problem: Problem?

  /// Makes the file, or empties one of an earlier run.
  init(_ path: String) throws(Problem) {
    self.path = path
    do throws(SystemError) {
      descriptor = try SystemCall.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
    } catch {
      throw Self.problem(path, error)
    }
  }

  func append(_ text: String) { append(Array(text.utf8)) }

  func append(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty, problem == nil {
      switch rest.withUnsafeBytes({ SystemCall.write(descriptor.raw, $0) }) {
      case .bytes(let count): rest = rest.dropFirst(count)
      case .failed(let error): problem = Self.problem(path, error)
      case .wouldBlock, .end: problem = Self.problem(path, SystemError("write", errno: EIO))
      }
    }
  }

  private static func problem(_ path: String, _ error: SystemError) -> Problem {
    Problem(
      code: "output", what: "cannot write \(path)", cause: error.text,
      cure: "Name a directory with room, where you may write.")
  }
}
