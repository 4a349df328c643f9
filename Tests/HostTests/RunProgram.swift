import Foundation
import Glibc
import Testing

/// One of our real programs as a process of its own, its output in a file.
final class RunProgram {
  let name: String
  let logPath: String
  private(set) var pid: pid_t = 0
  private var status: CInt?

  /// The folder that `swift test` builds into: the programs stand beside the test bundle.
  static let products = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().path
  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// Starts it; its output is appended to `log`.
  /// - Parameter setUp: commands of the shell that come first, such as `ulimit -n 100`.
  convenience init(
    _ name: String, _ arguments: [String], namespace: String? = nil, log: String,
    after setUp: String? = nil
  ) throws {
    let path = Self.products + "/" + name
    // `ip` and the shell make way for the program, which keeps its process id.
    let way = namespace.map { ["ip", "netns", "exec", $0] } ?? []
    let shell = setUp.map { ["sh", "-c", "\($0) && exec \"$0\" \"$@\""] } ?? []
    try self.init(at: "/usr/bin/env", way + shell + [path] + arguments, log: log)
  }

  /// Any program of this machine.
  init(at path: String, _ arguments: [String], log: String) throws {
    name = path.split(separator: "/").last.map(String.init) ?? path
    logPath = log
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&actions, 1, 2)
    var pointers = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    let error = posix_spawn(&pid, path, &actions, nil, &pointers, environ)
    try #require(error == 0, "\(path): \(String(cString: strerror(error)))")
  }

  deinit { kill() }

  var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }

  /// How it ended: its exit code, or minus the signal; nil while it runs.
  var end: CInt? {
    if status == nil {
      var raw: CInt = 0
      if waitpid(pid, &raw, WNOHANG) == pid { status = raw }
    }
    return status.map { $0 & 0x7F == 0 ? ($0 >> 8) & 0xFF : -($0 & 0x7F) }
  }

  var isRunning: Bool { end == nil }

  /// `kill -9`, and gone.
  func kill() {
    guard isRunning else { return }
    Glibc.kill(pid, SIGKILL)
    var raw: CInt = 0
    waitpid(pid, &raw, 0)
    status = raw
  }

  func terminate() { if isRunning { Glibc.kill(pid, SIGTERM) } }
  func freeze() { if isRunning { Glibc.kill(pid, SIGSTOP) } }
  func thaw() { if isRunning { Glibc.kill(pid, SIGCONT) } }

  /// Processor time that it has used so far, in clock ticks (proc(5): 1/100 s).
  var cpu_ticks: Int {
    guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
      let rest = text.split(separator: ")").last?.split(separator: " "), rest.count > 12
    else { return 0 }
    return (Int(rest[11]) ?? 0) + (Int(rest[12]) ?? 0)
  }

  /// The most memory that it ever had, in KiB (proc(5): `VmHWM` of `status`); nil once it ended.
  var peakMemory_kB: Int? {
    (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8))?
      .split(separator: "\n").first { $0.hasPrefix("VmHWM") }
      .flatMap { Int($0.filter(\.isNumber)) }
  }

  /// Runs a program that ends by itself.
  static func run(_ name: String, _ arguments: [String]) throws -> (code: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: products + "/" + name)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = pipe
    process.standardInput = FileHandle.nullDevice
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: output, as: UTF8.self))
  }
}

/// A directory of its own for one test.
final class RunDirectory {
  let path: String

  init() throws {
    var template = Array("/tmp/kioskd-host-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}

/// A small generator with a seed that a failing test tells.
struct RunRandom: RandomNumberGenerator {
  let seed: UInt64
  private var state: UInt64

  init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  /// splitmix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func bytes(_ count: Int) -> [UInt8] {
    (0..<count).map { _ in UInt8(truncatingIfNeeded: next()) }
  }
}
