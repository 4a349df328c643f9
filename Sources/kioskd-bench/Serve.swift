import Branch
import CommandLineKit
import Configuration
import Glibc
import HubRuntime
import LinuxIO
import NodeRuntime

/// A hub in a process of its own. Says `port N` when it listens.
func serveHub(_ arguments: Arguments) throws -> ExitCode {
  var settings = HubRuntime.Settings(data: arguments.required("data"), listen: "127.0.0.1:0")
  settings.window = try arguments.integer("window", in: Choice.window) ?? Choice.window_standard
  let log = Log(threshold: .warning)
  let loop = try EventLoop()
  var runtime: HubRuntime?
  return try ServiceProcess.run(
    loop: loop, log: log,
    start: { () throws(Problem) in
      let hub = try HubRuntime(
        loop: loop, settings: settings, log: { level, text in log.record(level, text) })
      runtime = hub
      Output.line("port \(try hub.start())")
      try stopAtEndOfInput(loop)
      return "serving"
    },
    stop: { done in
      if let runtime { runtime.stop(done) } else { done() }
    })
}

/// A node in a process of its own, as `kioskd run` has it.
func serveNode(_ arguments: Arguments) throws -> ExitCode {
  let profiles = try Profiles(arguments["devices"])
  let file = arguments.required("config")
  let text = String(decoding: SmallFile.bytes(file) ?? [], as: UTF8.self)
  let configuration = try profiles.configuration(text)
  let log = Log(threshold: .error)
  let loop = try EventLoop()
  var runtime: NodeRuntime?
  return try ServiceProcess.run(
    loop: loop, log: log,
    start: { () throws(Problem) in
      let node = try NodeRuntime(
        loop: loop, configuration: configuration,
        log: { level, text in log.record(level, text) })
      runtime = node
      node.start()
      Output.line("started")
      try stopAtEndOfInput(loop)
      return "serving"
    },
    stop: { done in
      if let runtime { runtime.stop(done) } else { done() }
    })
}

/// So that nothing stays behind when the measure is killed.
private func stopAtEndOfInput(_ loop: EventLoop) throws(Problem) {
  do throws(SystemError) {
    try loop.register(0, [.read]) { _ in loop.stop() }
  } catch {
    throw benchProblem("standard input cannot be watched", error.text)
  }
}
