import Glibc

/// This program again, with other words.
struct OwnProcess {
  private let process: pid_t
  private let output: CInt

  init(_ arguments: [String], complaints: Bool = true) {
    var ends: [CInt] = [-1, -1]
    guard pipe(&ends) == 0 else { fatalError("no pipe: \(errno)") }
    _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
    // Each opening takes and gives back images of segments: without these the allocator would ask
    // the kernel for them anew each time.
    setenv(
      "GLIBC_TUNABLES",
      "glibc.malloc.mmap_threshold=268435456:glibc.malloc.trim_threshold=536870912", 1)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    posix_spawn_file_actions_addclose(&actions, ends[1])
    if !complaints {
      posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    }
    var words = (["crash-explorer"] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var process = pid_t()
    let result = posix_spawn(&process, "/proc/self/exe", &actions, nil, &words, environ)
    guard result == 0 else { fatalError("cannot start a worker: \(result)") }
    close(ends[1])
    self.process = process
    output = ends[0]
  }

  /// Waits for its end.
  /// - Returns: the number that it printed; nil when it failed.
  func number() -> Int? {
    var text: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 256)
    while true {
      let count = read(output, &buffer, buffer.count)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { break }
      text += buffer[..<count]
    }
    close(output)
    var status: CInt = 0
    while waitpid(process, &status, 0) < 0 && errno == EINTR {}
    guard status == 0 else { return nil }
    return Int(String(decoding: text.prefix { $0 != 10 }, as: UTF8.self))
  }

  /// Has no meaning behind `number`.
  func end() { kill(process, SIGKILL) }
}
