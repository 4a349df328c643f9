import Glibc

/// A worker process and the lines that it says.
final class Child {
  let output: CInt
  private let id: pid_t
  private var unfinished: [UInt8] = []
  /// The seed that it works on.
  private(set) var seed: UInt64?

  /// nil when no process can be made.
  init?(_ words: [String]) {
    var ends: [CInt] = [0, 0]
    guard pipe(&ends) == 0 else { return nil }
    output = ends[0]
    _ = fcntl(output, F_SETFD, FD_CLOEXEC)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
    posix_spawn_file_actions_addclose(&actions, ends[1])
    var arguments: [UnsafeMutablePointer<CChar>?] = (["branch-simulate"] + words).map { strdup($0) }
    arguments.append(nil)
    var id: pid_t = 0
    let error = posix_spawn(&id, "/proc/self/exe", &actions, nil, arguments, environ)
    for argument in arguments { free(argument) }
    posix_spawn_file_actions_destroy(&actions)
    close(ends[1])
    self.id = id
    guard error == 0 else { return nil }
  }

  /// Whole lines that came; nil when the process has ended.
  func lines() -> [[Substring]]? {
    var buffer = [UInt8](repeating: 0, count: 16_384)
    let count = buffer.withUnsafeMutableBytes { read(output, $0.baseAddress, $0.count) }
    guard count > 0 else { return nil }
    unfinished += buffer[..<count]
    var lines: [[Substring]] = []
    while let end = unfinished.firstIndex(of: UInt8(ascii: "\n")) {
      let text = String(decoding: unfinished[..<end], as: UTF8.self)
      unfinished.removeSubrange(...end)
      let words = text.split(separator: " ", maxSplits: 9)
      if words.first == "begin" { seed = UInt64(words[1]) } else { lines.append(words) }
      if words.first == "end" { seed = nil }
    }
    return lines
  }

  /// Waits for its end.
  /// - Returns: the signal that killed it; nil when it ended by itself.
  func end() -> CInt? {
    close(output)
    var status: CInt = 0
    while waitpid(id, &status, 0) < 0, errno == EINTR {}
    return status & 0x7F == 0 ? nil : status & 0x7F
  }
}
