import Branch
import CLinux
import Glibc
import LinuxIO

/// A program started for a measure. It ends with its owner: its standard input closes then.
final class Child {
  /// A child that does not end by itself within this time is killed.
  static let end_max = Span.seconds(10)

  let process: pid_t
  private let input: Descriptor
  private let output: Descriptor
  private var text: [UInt8] = []
  private var isRunning = true
  /// Seconds of CPU that it took; known when it has ended.
  private(set) var cpu_s = 0.0

  /// - Parameter stream: the stream that is read here, 1 or 2; the other one stays ours.
  init(_ program: String, _ arguments: [String], reading stream: CInt) throws(Problem) {
    do throws(SystemError) {
      let input = try Self.makePipe()
      let output = try Self.makePipe()
      process = try Self.spawn(
        program, arguments, input: input.read, stream: stream, output: output.write)
      close(input.read)
      close(output.write)
      self.input = Descriptor(owning: input.write)
      self.output = Descriptor(owning: output.read)
      try self.output.setNonBlocking()
    } catch {
      throw benchProblem("cannot start \(program)", error.text)
    }
  }

  /// This program itself.
  convenience init(own arguments: [String]) throws(Problem) {
    try self.init("/proc/self/exe", arguments, reading: 1)
  }

  deinit { end() }

  private static func makePipe() throws(SystemError) -> (read: CInt, write: CInt) {
    var ends: [CInt] = [-1, -1]
    try SystemCall.check("pipe", kioskd_pipe2(&ends, O_CLOEXEC))
    return (ends[0], ends[1])
  }

  private static func spawn(
    _ program: String, _ arguments: [String], input: CInt, stream: CInt, output: CInt
  ) throws(SystemError) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input, 0)
    posix_spawn_file_actions_adddup2(&actions, output, stream)
    // Its answers must not get between ours.
    if stream != 1 { posix_spawn_file_actions_adddup2(&actions, 2, 1) }
    var words = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process = pid_t()
    let result = posix_spawn(&process, program, &actions, nil, &words, environ)
    if result != 0 { throw SystemError("posix_spawn", errno: result) }
    return process
  }

  /// Waits for a line that begins like this, and gives the rest of it.
  func line(after start: String, within limit: Span) throws(Problem) -> String {
    try line(within: limit) { $0.hasPrefix(start) ? String($0.dropFirst(start.count)) : nil }
  }

  /// Waits for the first line that gives something.
  func line<Found>(within limit: Span, _ find: (String) -> Found?) throws(Problem) -> Found {
    let deadline = Clock.monotonic() + limit
    while true {
      while let end = text.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: text[..<end], as: UTF8.self)
        text.removeFirst(end + 1)
        if let found = find(line) { return found }
      }
      guard try readMore(until: deadline) else {
        throw benchProblem(
          "process \(process) does not say what was expected",
          "it ended, or more than \(limit.ms) ms passed")
      }
    }
  }

  /// false at the end of its output, or when the time is over.
  private func readMore(until deadline: MonotonicTime) throws(Problem) -> Bool {
    guard Wait.untilReadable(output.raw, deadline) else { return false }
    var buffer = [UInt8](repeating: 0, count: 4096)
    switch buffer.withUnsafeMutableBytes({ SystemCall.read(output.raw, into: $0) }) {
    case .bytes(let count):
      text += buffer[..<count]
      return true
    case .wouldBlock: return true
    case .end, .failed: return false
    }
  }

  /// Asks it to end, waits for that, and notes its CPU time.
  func end() {
    guard isRunning else { return }
    isRunning = false
    kill(process, SIGTERM)
    let deadline = Clock.monotonic() + Self.end_max
    var status: CInt = 0
    var usage = rusage()
    while wait4(process, &status, WNOHANG, &usage) == 0 {
      if Clock.monotonic() >= deadline { kill(process, SIGKILL) }
      Wait.pause(Span(ms: 5))
    }
    cpu_s = Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime)
  }

  static func seconds(_ time: timeval) -> Double {
    Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000
  }
}

/// CPU seconds of this process so far.
func ownCPU_s() -> Double {
  var usage = rusage()
  getrusage(CInt(RUSAGE_SELF.rawValue), &usage)
  return Child.seconds(usage.ru_utime) + Child.seconds(usage.ru_stime)
}

/// Waiting without an event loop, for those who stand outside of what is measured.
enum Wait {
  static func pause(_ span: Span) { poll(nil, 0, CInt(max(0, span.ms))) }

  /// false when the time was over first.
  static func untilReadable(_ descriptor: CInt, _ deadline: MonotonicTime) -> Bool {
    while true {
      let left = deadline - Clock.monotonic()
      guard left.ms > 0 else { return false }
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let count = poll(&entry, 1, CInt(clamping: left.ms))
      if count > 0 { return true }
    }
  }
}
