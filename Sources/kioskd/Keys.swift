import Branch
import CommandLineKit
import DeviceProfiles
import Glibc
import LinuxIO
import NodeRuntime
import Technician

/// Shows presses until ctrl-C, or until the number or time that was asked for is reached.
func watchKeys(_ arguments: Arguments) throws -> ExitCode {
  if arguments.has("list") { return try listAbilities(arguments) }
  let seconds = try arguments.integer("seconds", in: 1...86_400)
  let count = try arguments.integer("count", in: 1...1_000_000)
  let layout = try arguments["layout"].map { try keyboardLayout($0, "keys") }
  let found = try keyTargets(arguments)
  let targets = layout == nil ? found : found.map(\.asKeys)
  let loop = try makeLoop()
  var pressed = 0
  var opened: Set<String> = []
  func show(_ line: KeyLine) {
    if let count, pressed >= count { return }
    pressed += 1
    Output.line(line.text)
    if pressed == count { loop.stop() }
  }
  var characters: (UInt16) -> String? = { _ in nil }
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
          meaning: target.meaning(stroke),
          character: layout.map { _ in characters(stroke.codes[0]) ?? "(none)" }))
    case .scanned(let target, let code):
      show(KeyLine(at: BranchClock.now().local, device: target.name, scanned: code))
    case .gesture(let target, let gesture):
      // What it scanned is told already.
      if target.rules.scanner != nil, gesture.kind == .typed { return }
      guard let text = HandHint.text(gesture, knows: { target.meaning($0).key != nil }) else {
        return
      }
      Output.line("\(target.name): \(CheckLine.printable(text))", to: .error)
    }
  }
  if let layout { characters = { [unowned watch] in watch.character(of: $0, layout) } }
  try deliverStopSignals(loop)
  if let seconds { _ = loop.schedule(after: .seconds(Int64(seconds))) { loop.stop() } }
  Output.line(KeyLine.heading(withCharacters: layout != nil), to: .error)
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
    return [KeyWatch.device(device, try knownProfiles(arguments), as: try keyProfile(arguments))]
  }
  guard arguments["profile"] == nil else {
    throw Misuse("'--profile' needs '--device'", command: "keys")
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

/// The profile of `--profile`.
private func keyProfile(_ arguments: Arguments) throws -> TerminalProfile? {
  guard let id = arguments["profile"] else { return nil }
  let profiles = try knownProfiles(arguments)
  if let profile = ProfileID(id).flatMap({ profiles.terminals[$0] }) { return profile }
  let known = profiles.ids(of: .terminal).map(\.text).joined(separator: ", ")
  throw Misuse("there is no terminal profile '\(id)'; there are: \(known)", command: "keys")
}

/// What the devices say that they can do.
private func listAbilities(_ arguments: Arguments) throws -> ExitCode {
  let path = arguments["device"]
  let lines = AbilityListing.lines(
    path: path.map { resolvedPath($0) ?? $0 }, try knownProfiles(arguments))
  if lines.isEmpty, let path {
    throw Problem(
      code: "device-absent", what: "\(path) is no event node", cause: "the kernel lists none there",
      cure: "Run `kioskd keys --list` to see all.")
  }
  if lines.isEmpty { Output.line("no input device with keys is plugged in") }
  for line in lines { Output.line(line) }
  return .success
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
