import Branch
import CommandLineKit
import LinuxIO
import NodeRuntime

func runNode(_ arguments: Arguments) throws -> ExitCode {
  let loaded = try LoadedConfiguration(file: arguments.required("config"), for: "run")
  let configuration = try loaded.requiredToRun()
  let log = Log(threshold: arguments.has("verbose") ? .debug : .info)
  for diagnostic in loaded.diagnostics { log.warning("\(diagnostic)") }
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
      return "node \(configuration.node) of branch \(configuration.branch.name)"
    },
    stop: { done in
      if let runtime { runtime.stop(done) } else { done() }
    })
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
