import Branch
import CommandLineKit
import HubRuntime
import LinuxIO

func runHub(_ arguments: Arguments) throws -> ExitCode {
  var settings = HubRuntime.Settings(
    data: arguments.required("data"), listen: arguments["listen"] ?? "127.0.0.1:7557")
  guard let name = NodeID(arguments["name"] ?? "hub") else {
    throw Misuse(
      "--name takes 1 to 32 letters, digits, dots, dashes or underscores", command: "run")
  }
  settings.hub = name
  let heartbeat_ms = try arguments.integer("heartbeat-ms", in: 100...600_000) ?? 15_000
  settings.heartbeat = Span(ms: Int64(heartbeat_ms))
  let rating_s = try arguments.integer("rating-window-s", in: 0...86_400) ?? 300
  settings.ratingWindow = .seconds(Int64(rating_s))
  do throws(Problem) {
    try HubRuntime.check(listen: settings.listen)
  } catch {
    throw Misuse("--listen: \(error)", command: "run")
  }
  // Each node is a descriptor, and the limit that a shell or an old unit gives is low.
  DescriptorLimit.raise()
  let log = Log(threshold: arguments.has("verbose") ? .debug : .notice)
  let loop = try EventLoop()
  var runtime: HubRuntime?
  return try ServiceProcess.run(
    loop: loop, log: log,
    start: { () throws(Problem) in
      let hub = try HubRuntime(
        loop: loop, settings: settings, log: { level, text in log.record(level, text) })
      runtime = hub
      let port = try hub.start()
      return "serving nodes on port \(port)"
    },
    stop: { done in
      if let runtime { runtime.stop(done) } else { done() }
    })
}
