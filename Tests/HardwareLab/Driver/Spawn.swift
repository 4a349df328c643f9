import CLinux
import Glibc

/// Where a child's output goes.
enum ChildOutput {
  /// Both streams, behind what the file holds.
  case append(String)
  /// Standard output into a fresh file; complaints go where the lab's go.
  case file(String)
}

/// Starts a program with the lab's environment and more; its input is empty.
func spawn(
  _ arguments: [String], environment: [String] = [], output: ChildOutput
) throws(LabError) -> pid_t {
  var actions = posix_spawn_file_actions_t()
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
  switch output {
  case .append(let path):
    posix_spawn_file_actions_addopen(
      &actions, STDOUT_FILENO, path, O_WRONLY | O_APPEND | O_CREAT, 0o644)
    posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
  case .file(let path):
    posix_spawn_file_actions_addopen(
      &actions, STDOUT_FILENO, path, O_WRONLY | O_TRUNC | O_CREAT, 0o644)
  }
  // The lab itself may hold back signals (Waiting.swift).
  var attributes = posix_spawnattr_t()
  posix_spawnattr_init(&attributes)
  defer { posix_spawnattr_destroy(&attributes) }
  var nothing = sigset_t()
  sigemptyset(&nothing)
  posix_spawnattr_setsigmask(&attributes, &nothing)
  posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
  let inherited = ["PATH", "LD_LIBRARY_PATH", "HOME", "TMPDIR"].compactMap { (name: String) in
    getenv(name).map { "\(name)=\(String(cString: $0))" }
  }
  var child: pid_t = 0
  let code = withStrings(arguments) { argv in
    withStrings(inherited + environment) { envp in
      posix_spawnp(&child, argv[0]!, &actions, &attributes, argv, envp)
    }
  }
  guard code == 0 else { throw failed("start \(arguments[0])", code) }
  return child
}

private func withStrings<Result>(
  _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
  let copies = strings.map { strdup($0) }
  defer { copies.forEach { free($0) } }
  return body(copies + [nil])
}
