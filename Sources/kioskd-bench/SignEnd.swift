import Branch
import Glibc
import LinuxIO

/// The sign's side of a pseudo terminal: takes all bytes and says nothing.
final class SignEnd {
  let path: String
  private let terminal: PseudoTerminal

  init() throws(Problem) {
    terminal = try .forDevice()
    path = terminal.slavePath
  }

  /// Takes what still comes, until nothing came for so long.
  func settle(_ quiet: Span) {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while Wait.untilReadable(terminal.master.raw, Clock.monotonic() + quiet) {
      _ = buffer.withUnsafeMutableBytes { SystemCall.read(terminal.master.raw, into: $0) }
    }
  }

  /// When the first byte came, nanoseconds of the monotonic clock.
  func firstByte(within limit: Span) throws(Problem) -> UInt64 {
    try terminal.firstByte(of: "number", within: limit)
  }

  /// Takes what is there now.
  func drain() {
    var buffer = [UInt8](repeating: 0, count: 4096)
    while case .bytes = buffer.withUnsafeMutableBytes({
      SystemCall.read(terminal.master.raw, into: $0)
    }) {}
  }
}
