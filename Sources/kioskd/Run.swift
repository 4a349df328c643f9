import Branch
import CommandLineKit
import LinuxIO
import NodeRuntime

func runNode(_ arguments: Arguments) throws -> ExitCode {
  let loaded = try LoadedConfiguration(file: arguments.required("config"))
  let configuration = try loaded.required()
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
  for diagnostic in loaded.diagnostics { Output.line("\(diagnostic)", to: .error) }
  guard loaded.configuration != nil, loaded.diagnostics.isEmpty else {
    let count = loaded.diagnostics.count
    Output.line("\(count) \(count == 1 ? "mistake" : "mistakes") in \(file)", to: .error)
    return .failure
  }
  Output.line("\(file): no mistakes")
  return .success
}
