import Branch
import Glibc
import LinuxIO
import TerminalInput

/// Keys behind a FIFO of `input_event` records.
final class KeyPipe {
  /// KEY_1, linux/input-event-codes.h; the other digits follow.
  static let key1: UInt16 = 2
  /// Longer than any debouncing and any lock-out of the shipped profiles.
  private static let step_s: Int64 = 10

  private let pipe: Descriptor
  /// Of the stamps in the records, so that no press is taken for a bounce of the one before.
  private var second: Int64 = 1

  init(_ path: String) throws(Problem) {
    let deadline = Clock.monotonic() + .seconds(10)
    while true {
      do throws(SystemError) {
        pipe = try SystemCall.open(path, O_WRONLY | O_NONBLOCK)
        return
      } catch {
        guard error.errno == ENXIO, Clock.monotonic() < deadline else {
          throw benchProblem("nobody reads the keys", error.text)
        }
        Wait.pause(Span(ms: 10))
      }
    }
  }

  /// Down and up again, with one write.
  func press(_ code: UInt16) throws(Problem) {
    second += Self.step_s
    let bytes = inputEventBytes(code: code, at: InputTime(seconds: second, microseconds: 0))
    let result = bytes.withUnsafeBytes { SystemCall.write(pipe.raw, $0) }
    guard result == .bytes(bytes.count) else {
      throw benchProblem("a key cannot be pressed", "\(result)")
    }
  }
}
