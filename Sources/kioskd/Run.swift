import Branch
import CLinux
import CommandLineKit
import Configuration
import LinuxIO
import NodeRuntime

/// By then devices were opened and the hub was greeted. What all that needed, and the reading of
/// profiles and journal before it, is not needed again for days: back to the system with it.
private let settled = Span.seconds(3)

func runNode(_ arguments: Arguments) throws -> ExitCode {
  let log = Log(threshold: arguments.has("verbose") ? .debug : .info)
  let configuration = try configurationToRun(arguments.required("config"), log)
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
      kioskd_trim_heap()
      _ = loop.schedule(after: settled) {
        kioskd_trim_heap()
        kioskd_forget_pages()
      }
      return "node \(configuration.node) of branch \(configuration.branch.name)"
    },
    stop: { done in
      if let runtime { runtime.stop(done) } else { done() }
    })
}

/// All other profiles are forgotten with the return.
private func configurationToRun(_ file: String, _ log: Log) throws -> NodeConfiguration {
  let loaded = try LoadedConfiguration(file: file, for: "run")
  let configuration = try loaded.requiredToRun()
  for diagnostic in loaded.diagnostics { log.warning("\(diagnostic)") }
  return configuration
}

func checkConfiguration(_ arguments: Arguments) throws -> ExitCode {
  let file = arguments.operands[0]
  let loaded = try LoadedConfiguration(file: file)
  let mistakes = loaded.diagnostics + loaded.lacks
  for mistake in mistakes { Output.line("\(mistake)", to: .error) }
  guard loaded.configuration != nil, mistakes.isEmpty else {
    let count = mistakes.count
    Output.line("\(count) \(count == 1 ? "mistake" : "mistakes") in \(file)", to: .error)
    return .failure
  }
  Output.line("\(file): no mistakes")
  return .success
}
