import Branch
import CommandLineKit
import Glibc
import LinuxIO
import NodeRuntime
import Technician

/// Shows presses until ctrl-C, or until the number or time that was asked for is reached.
func watchKeys(_ arguments: Arguments) throws -> ExitCode {
  let seconds = try arguments.integer("seconds", in: 1...86_400)
  let count = try arguments.integer("count", in: 1...1_000_000)
  let targets = try keyTargets(arguments)
  let loop = try makeLoop()
  var pressed = 0
  var opened: Set<String> = []
  func show(_ line: KeyLine) {
    if let count, pressed >= count { return }
    pressed += 1
    Output.line(line.text)
    if pressed == count { loop.stop() }
  }
  let watch = KeyWatch(loop: loop) { event in
    switch event {
    case .opened(let name, let identity):
      opened.insert(name)
      Output.line("\(name): watching \(CheckLine.printable(identity))", to: .error)
    case .lost(let name, let problem), .unusable(let name, let problem):
      Output.line("\(name): \(CheckLine.printable(problem.description))", to: .error)
    case .note(let name, let text):
      Output.line("\(name): \(CheckLine.printable(text))", to: .error)
    case .pressed(let target, let stroke):
      show(
        KeyLine(
          at: BranchClock.now().local, device: target.name, stroke: stroke,
          meaning: target.meaning(stroke)))
    case .scanned(let target, let code):
      show(KeyLine(at: BranchClock.now().local, device: target.name, scanned: code))
    }
  }
  try deliverStopSignals(loop)
  if let seconds { _ = loop.schedule(after: .seconds(Int64(seconds))) { loop.stop() } }
  Output.line(KeyLine.heading, to: .error)
  guard !targets.map(watch.watch).allSatisfy({ !$0 }) else { return .failure }
  loop.run()
  watch.close()
  if let count { return pressed >= count ? .success : .failure }
  return opened.isEmpty ? .failure : .success
}

/// Ctrl-C and SIGTERM end the loop.
func deliverStopSignals(_ loop: EventLoop) throws(Problem) {
  do throws(SystemError) {
    try Signals.deliver([SIGINT, SIGTERM], to: loop) { _ in loop.stop() }
  } catch {
    throw Problem(
      code: "system", what: "cannot watch signals", cause: error.description,
      cure: "This is a fault of the system; try again.")
  }
}

private func keyTargets(_ arguments: Arguments) throws -> [KeyWatch.Target] {
  if let device = arguments["device"] {
    guard arguments["config"] == nil, arguments["terminal"] == nil else {
      throw Misuse("'--device' goes without '--config' and '--terminal'", command: "keys")
    }
    return [KeyWatch.device(device, try knownProfiles(arguments))]
  }
  guard let file = arguments["config"] else {
    guard arguments["terminal"] == nil else {
      throw Misuse("'--terminal' needs '--config'", command: "keys")
    }
    let all = KeyWatch.everything(try knownProfiles(arguments))
    if !all.isEmpty { return all }
    throw Problem(
      code: "device-absent", what: "there is nothing to watch",
      cause: "no input device with keys is plugged in",
      cure: "Plug the terminal in, or name its path with --device.")
  }
  let configuration = try LoadedConfiguration(file: file, for: "keys").required()
  guard let wanted = arguments["terminal"] else {
    if configuration.terminals.isEmpty {
      throw Misuse("\(file) has no terminals", command: "keys")
    }
    return configuration.terminals.map { KeyWatch.Target($0) }
  }
  return [
    KeyWatch.Target(
      try choose(configuration.terminals, wanted, id: \.id.text, "terminal", command: "keys"))
  ]
}

/// The element that was asked for, or the only one there is.
func choose<Element>(
  _ all: [Element], _ wanted: String?, id: (Element) -> String, _ kind: String, command: String
) throws(Misuse) -> Element {
  let ids = all.map(id).joined(separator: ", ")
  guard let wanted else {
    guard all.count == 1 else {
      throw Misuse(
        all.isEmpty
          ? "the configuration has no \(kind)" : "say which with '--\(kind)': \(ids)",
        command: command)
    }
    return all[0]
  }
  guard let found = all.first(where: { id($0) == wanted }) else {
    throw Misuse(
      "there is no \(kind) '\(wanted)' in the configuration; it has: \(ids)", command: command)
  }
  return found
}
