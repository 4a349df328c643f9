import Glibc

/// A technician's command, run to its end while the devices are served.
struct ToolRunner {
  /// What the command said, both streams; what earlier ones said stands before it.
  static let log = "/out/tool.log"
  /// kioskd doctor promises 5 s on a real box.
  static let limit_ms: Int64 = 60_000

  let world: World

  /// `kioskd ARGUMENTS…`; throws when it ends with another code.
  func run(_ arguments: [String], exit code: Int) throws(LabError) {
    let command = "\n$ kioskd \(arguments.joined(separator: " "))\n"
    try writeFile(Self.log, command, flags: O_CREAT | O_APPEND)
    let before = (readText(Self.log) ?? "").utf8.count
    let pid = try spawn(["kioskd"] + arguments, output: .append(Self.log))
    var status: Int32 = 0
    let hasEnded = try world.pump.run(for: Self.limit_ms) { () throws(LabError) in
      waitpid(pid, &status, WNOHANG) == pid
    }
    let said = String(decoding: (readText(Self.log) ?? "").utf8.dropFirst(before), as: UTF8.self)
    world.toolSaid = said
    guard hasEnded else {
      kill(pid, SIGKILL)
      waitpid(pid, &status, 0)
      throw LabError("it did not end within \(Self.limit_ms) ms: \(said)")
    }
    let ending = status & 0x7f == 0 ? "exit \(status >> 8 & 0xff)" : "signal \(status & 0x7f)"
    guard ending == "exit \(code)" else { throw LabError("it ended with \(ending): \(said)") }
  }
}
