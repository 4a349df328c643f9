import Branch
import CLinux
import Glibc
import LinuxIO
import Testing

/// A program of this build, started as a technician starts it. Its words are collected by the
/// `Bench` it belongs to.
final class Tool {
  fileprivate(set) var output = ""
  fileprivate(set) var errors = ""
  /// nil while it runs; the signal's number plus 128 when one ended it.
  fileprivate(set) var code: Int32?
  let pid: pid_t
  fileprivate var pipes: [(descriptor: CInt, isErrors: Bool)]

  /// Beside the test bundle, where the same build put it.
  static func path(of program: String) throws -> String {
    let own = try #require(resolvedPath("/proc/self/exe"))
    // The bundle may be a library of a helper program.
    let mapped = (SmallFile.text("/proc/self/maps") ?? "").split(separator: "\n")
      .compactMap { $0.split(separator: " ", maxSplits: 5).last.map(String.init) }
    for file in mapped.filter({ $0.hasSuffix(".xctest") }).prefix(1) + [own] {
      let folder = file.split(separator: "/").dropLast().joined(separator: "/")
      let path = "/\(folder)/\(program)"
      if access(path, X_OK) == 0 { return path }
    }
    Issue.record("\(program) is not beside the tests")
    throw SystemError("find \(program)", errno: ENOENT)
  }

  /// - Parameter input: what it reads from; a FIFO never ends.
  fileprivate init(_ program: String, _ arguments: [String], input: String) throws {
    let path = try Self.path(of: program)
    var out: [CInt] = [0, 0]
    var err: [CInt] = [0, 0]
    try SystemCall.check("pipe2", kioskd_pipe2(&out, O_CLOEXEC))
    try SystemCall.check("pipe2", kioskd_pipe2(&err, O_CLOEXEC))
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDWR, 0)
    posix_spawn_file_actions_adddup2(&actions, out[1], 1)
    posix_spawn_file_actions_adddup2(&actions, err[1], 2)
    let words = ([path] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var child: pid_t = 0
    let result = posix_spawn(&child, path, &actions, nil, words, environ)
    for end in [out[1], err[1]] { close(end) }
    try #require(result == 0)
    pid = child
    pipes = [(out[0], false), (err[0], true)]
  }

  deinit { for pipe in pipes { close(pipe.descriptor) } }

  func send(_ signal: CInt) { kill(pid, signal) }

  /// What it said last, without the rest.
  var lastLine: String { output.split(separator: "\n").last.map(String.init) ?? "" }
}

/// A device's end of a serial line. Only the master is held: whoever looks finds the slave unused.
/// Faults: silence, noise, whatever `answer` gives.
final class VirtualDevice {
  let master: Descriptor
  let path: String
  private(set) var received: [UInt8] = []
  fileprivate var isOpen = true
  private let answer: ([UInt8]) -> [UInt8]

  fileprivate init(link: String, answer: @escaping ([UInt8]) -> [UInt8]) throws {
    let pair = try PseudoTerminal()
    master = Descriptor(owning: fcntl(pair.master.raw, F_DUPFD_CLOEXEC, 0))
    path = link
    self.answer = answer
    try #require(symlink(pair.slavePath, link) == 0)
  }

  fileprivate func serve() {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = read(master.raw, &buffer, buffer.count)
    // EIO: the program closed its end; another may open it.
    guard count > 0 else {
      isOpen = false
      return
    }
    received += buffer[..<count]
    send(answer(Array(buffer[..<count])))
  }

  /// A closed line hangs up without end: it is looked at, and not waited for.
  fileprivate func lookWhetherOpen() {
    var look = pollfd(fd: master.raw, events: Int16(POLLIN), revents: 0)
    poll(&look, 1, 0)
    isOpen = look.revents & Int16(POLLHUP) == 0
  }

  /// What the device says by itself.
  func send(_ bytes: [UInt8]) {
    if !bytes.isEmpty { _ = write(master.raw, bytes, bytes.count) }
  }
}

/// Programs and devices in a directory of their own, served in turn by one thread.
final class Bench {
  let directory: String
  private var tools: [Tool] = []
  private(set) var devices: [VirtualDevice] = []
  /// A program that is not done by then hangs.
  static let limit_ms = 60_000 as Int64

  init() throws {
    var template = Array("/tmp/kioskd-tool-XXXXXX".utf8CString)
    directory = try #require(mkdtemp(&template).map { String(cString: $0) })
  }

  deinit {
    for tool in tools where tool.code == nil {
      tool.send(SIGKILL)
      waitpid(tool.pid, nil, 0)
    }
    removeTree(directory)
  }

  func path(_ name: String) -> String { directory + "/" + name }

  func write(_ name: String, _ text: String) throws -> String {
    let file = try SystemCall.open(path(name), O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
    var text = text
    text.withUTF8 { _ = SystemCall.write(file.raw, UnsafeRawBufferPointer($0)) }
    return path(name)
  }

  func device(
    _ name: String, answer: @escaping ([UInt8]) -> [UInt8] = { _ in [] }
  ) throws -> VirtualDevice {
    let device = try VirtualDevice(link: path(name), answer: answer)
    devices.append(device)
    return device
  }

  func start(
    _ program: String, _ arguments: [String], input: String = "/dev/null"
  ) throws -> Tool {
    let tool = try Tool(program, arguments, input: input)
    tools.append(tool)
    return tool
  }

  /// Starts kioskd and waits for its end.
  func kioskd(_ arguments: String...) throws -> Tool { try kioskd(arguments) }

  func kioskd(_ arguments: [String]) throws -> Tool {
    let tool = try start("kioskd", arguments)
    try wait("the end of kioskd \(arguments.first ?? "")") { tool.code != nil }
    return tool
  }

  /// Serves everything until the condition holds.
  func wait(
    _ what: String, location: SourceLocation = #_sourceLocation, until condition: () -> Bool
  ) throws {
    let end = Clock.monotonic() + .milliseconds(Self.limit_ms)
    while !condition() {
      guard Clock.monotonic() < end else {
        let said = tools.map { $0.output + $0.errors }.joined(separator: "\n")
        Issue.record("waited in vain for \(what): \(said)", sourceLocation: location)
        throw SystemError("wait for \(what)", errno: ETIMEDOUT)
      }
      serveOnce()
    }
  }

  private func serveOnce() {
    var actions: [() -> Void] = []
    var list: [pollfd] = []
    func add(_ descriptor: CInt, _ action: @escaping () -> Void) {
      list.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
      actions.append(action)
    }
    for tool in tools {
      for pipe in tool.pipes { add(pipe.descriptor) { Self.read(pipe, of: tool) } }
    }
    for device in devices where !device.isOpen { device.lookWhetherOpen() }
    for device in devices where device.isOpen { add(device.master.raw, device.serve) }
    poll(&list, nfds_t(list.count), 10)
    for (index, entry) in list.enumerated() where entry.revents != 0 { actions[index]() }
    for tool in tools where tool.pipes.isEmpty && tool.code == nil { reap(tool) }
  }

  private static func read(_ pipe: (descriptor: CInt, isErrors: Bool), of tool: Tool) {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let count = Glibc.read(pipe.descriptor, &buffer, buffer.count)
    guard count > 0 else {
      close(pipe.descriptor)
      tool.pipes.removeAll { $0.descriptor == pipe.descriptor }
      return
    }
    let text = String(decoding: buffer[..<count], as: UTF8.self)
    if pipe.isErrors { tool.errors += text } else { tool.output += text }
  }

  private func reap(_ tool: Tool) {
    var status: CInt = 0
    waitpid(tool.pid, &status, 0)
    let signal = status & 0x7F
    tool.code = signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }

  private func removeTree(_ path: String) {
    for name in SmallFile.entries(path) {
      let entry = path + "/" + name
      if unlink(entry) != 0 { removeTree(entry) }
    }
    rmdir(path)
  }
}
