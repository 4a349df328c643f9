import Branch
import CommandLineKit
import Configuration
import DemoBranch
import DeviceProfiles
import Glibc
import PositionedJSON

let demoCommand = CommandSpec(
  "demo", "Play a whole branch without any hardware: hub, node and virtual devices.",
  options: [
    .value("script", "FILE", "play this script instead of taking keys; exit code 0: all came true"),
    .value("out", "DIR", "leave bytes, transcript, facts and drawn tickets in this directory"),
    .value("config", "FILE", "play this branch instead of the one that ships"),
    .value("printer", "PROFILE", "with virtual printers of this profile, whatever is configured"),
  ],
  details: [
    "On a terminal and without --script: a screen with ticket, signs, queue and link, where keys "
      + "of the keyboard are the buttons. Otherwise a script is played, by default the one that "
      + "ships, Devices/demo/day.script; Devices/demo/SCRIPT.md tells how to write one.",
    "Devices, hub and journal of --config FILE are replaced by virtual ones, so that a real "
      + "configuration can be rehearsed. Nothing outside of the demo is touched.",
  ])

func runDemo(_ arguments: Arguments) throws -> ExitCode {
  let directory = try usualProfileDirectory() + "/demo"
  let loaded = try LoadedConfiguration(
    file: arguments["config"] ?? directory + "/demo.json", for: "demo")
  var configuration = try loaded.required()
  if let id = arguments["printer"] {
    let folder = try configuration.devicesDirectory ?? usualProfileDirectory()
    let profiles = loadProfiles(in: folder).0
    guard let profile = ProfileID(id).flatMap({ profiles.printers[$0] }) else {
      let known = profiles.ids(of: .printer).map(\.text).joined(separator: ", ")
      throw Misuse("there is no printer profile '\(id)'; there are: \(known)", command: "demo")
    }
    configuration = configuration.withPrinters(of: profile)
  }
  if arguments["script"] == nil, isatty(STDIN_FILENO) == 1, StandardStream.output.isTerminal {
    try DemoScreen.run(configuration: configuration, out: arguments["out"])
    return .success
  }
  let script = try loadScript(
    arguments["script"] ?? directory + "/day.script", for: configuration)
  let failure = try ScriptedDemo.play(
    script, configuration: configuration, out: arguments["out"], takesSignals: true,
    tell: { Output.line($0) })
  if let failure {
    Output.line("\(failure)", to: .error)
    return .failure
  }
  Output.line("\(script.file): all of it came true")
  return .success
}

private func loadScript(_ file: String, for configuration: NodeConfiguration) throws -> Script {
  let (script, mistakes) = Script.read(
    file: file, bytes: try readFile(file), for: configuration)
  guard let script else {
    throw Misuse(
      "the script cannot be played:\n" + mistakes.map { "  \($0)" }.joined(separator: "\n"),
      command: "demo")
  }
  return script
}
