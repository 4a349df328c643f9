import Glibc
import LinuxIO
import Synchronization

/// Where a program's words go.
public enum StandardStream: Int32, Sendable {
  /// Answers: what the person asked for.
  case output = 1
  /// Complaints and progress, so that answers can be piped.
  case error = 2

  /// A person reads it, not a file or a pipe.
  public var isTerminal: Bool { isatty(rawValue) == 1 }
}

/// Text to the standard streams, unbuffered: what was said is out when a crash comes.
public enum Output {
  /// errno of the first answer that could not be written; 0 while all is well.
  private static let lost = Atomic<CInt>(0)

  /// Writes one line; the line break is added.
  public static func line(_ text: String = "", to stream: StandardStream = .output) {
    write(text + "\n", to: stream)
  }

  /// Writes text as it is. After an answer was lost nothing more goes to standard output.
  public static func write(_ text: String, to stream: StandardStream = .output) {
    if stream == .output && lost.load(ordering: .relaxed) != 0 { return }
    guard let error = writeAll(text, to: stream.rawValue), stream == .output else { return }
    lost.store(error.errno, ordering: .relaxed)
  }

  /// The exit code a program should end with. Lost answers are a failure, told once; a reader
  /// that had enough (`kioskd devices | head -1`) is none of our business and stays unmentioned.
  public static func verdict(_ code: ExitCode, program: String) -> ExitCode {
    let errno = lost.load(ordering: .relaxed)
    guard errno != 0, code == .success else { return code }
    if errno != EPIPE {
      let error = SystemError("write", errno: errno)
      line("\(program): standard output: \(error.text)", to: .error)
    }
    return .failure
  }

  /// Puts something on descriptors 0 to 2 that the caller left closed. Otherwise the first file
  /// or socket opened would get that number, and a message would be written into it. Writing to
  /// /dev/full fails, so that lost answers are noticed. Call first in `main`.
  public static func openMissingStreams() {
    for (descriptor, path) in [(0, "/dev/null"), (1, "/dev/full"), (2, "/dev/null")] {
      if fcntl(CInt(descriptor), F_GETFD) >= 0 { continue }
      // open() takes the lowest free number, which is this one.
      if let opened = try? SystemCall.open(path, O_RDWR) { _ = opened.release() }
    }
  }

  /// Writes all of it to a descriptor, through short writes and full pipes.
  static func writeAll(_ text: String, to descriptor: CInt) -> SystemError? {
    var text = text
    return text.withUTF8 { bytes in
      var rest = UnsafeRawBufferPointer(bytes)
      while !rest.isEmpty {
        switch SystemCall.write(descriptor, rest) {
        case .bytes(let count): rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        case .wouldBlock: waitForRoom(descriptor)
        case .end: return SystemError("write", errno: EIO)
        case .failed(let error): return error
        }
      }
      return nil
    }
  }

  /// Somebody who shares our terminal or pipe made it non-blocking.
  private static func waitForRoom(_ descriptor: CInt) {
    var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
    poll(&wait, 1, -1)
  }
}
