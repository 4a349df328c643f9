import Branch
import CommandLineKit
import Configuration
import LinuxIO
import Technician

let signTestCommand = CommandSpec(
  "sign-test", "Show a text on a sign; print what was sent and what came back.",
  options: [
    .value("config", "FILE", "configuration of the node", required: true),
    .value("sign", "ID", "which sign of the configuration; needed if it has several"),
    .value("text", "TEXT", "what to show; digits from edge to edge without it"),
    .flag("pattern", "all segments, then each digit, then each character"),
    .flag("brightness", "from dark to bright, where the sign has steps"),
    .flag("flash", "blinking, where the sign can"),
    .flag("beep", "with a sound, where the sign has one"),
    .flag("line", "all signs on the same port together; without a text each its own address"),
    .value("walk", "FROM-TO", "each address of the range shows itself; tells which of them answer"),
    .value("seconds", "N", "how long each of several steps stands (3)"),
  ],
  details: [
    "What a sign answers is told: that it took the text, or that it holds it. Most answer nothing, "
      + "so only a person can see what they show; then nothing should come back. A sign that a "
      + "running kioskd holds must be set free first: sudo systemctl stop kioskd.",
    "An adapter that hears itself gives back what was sent. That is told and left out; that it "
      + "does, and is not set up so (\"rs485\": {\"hearsItself\": true}), or the other way "
      + "round, is a failure. So is a copy with other bytes: then somebody else sends as well.",
    "--walk finds signs on an RS-485 line: those that answer are listed, the others show their "
      + "address. Addresses are written as in the configuration.",
    "Exit code 0: the line took all bytes, and what came back was as it should be; of --walk: "
      + "somebody answered, or signs of this kind never do. 1: not so.",
    " Example: kioskd sign-test --config /etc/kioskd/kioskd.json --sign counter-1 --text A012\n"
      + "          kioskd sign-test --config /etc/kioskd/kioskd.json --sign counter-1 --walk 1-16",
  ])

/// Tries out a sign, or all on its line, and tells what came of it.
func signTest(_ arguments: Arguments) throws -> ExitCode {
  let configuration = try LoadedConfiguration(
    file: arguments.required("config"), for: "sign-test"
  ).required()
  let sign = try choose(
    configuration.signs, arguments["sign"], id: \.id.text, "sign", command: "sign-test")
  if let pid = PathOpeners.named("kioskd", of: sign.port).first {
    throw Problem(
      code: DeviceProblems.busy, what: "\(sign.id) is in use",
      cause: "it is held by kioskd (process \(pid))",
      cure: "Stop it for the test: `sudo systemctl stop kioskd`, and start it again after.")
  }
  let line = SignConfiguration.lines(of: configuration.signs).first { $0.contains(sign) } ?? []
  let (steps, notes) = try steps(arguments, sign, line)
  for note in notes { Output.line(note, to: .error) }
  guard !steps.isEmpty else { return .failure }
  let seconds = try arguments.integer("seconds", in: 0...60) ?? 3
  let loop = try makeLoop()
  var report: SignTrial.Report?
  let trial = SignTrial(on: sign, steps: steps, hold: .seconds(Int64(seconds)), loop: loop) {
    report = $0
    loop.stop()
  }
  trial.start()
  loop.run()
  trial.close()
  guard let report else { return .failure }
  return SignTestReport(
    report, name: arguments.has("line") ? sign.port : sign.id.text,
    isWalk: arguments["walk"] != nil
  ).tell()
}

private func steps(
  _ arguments: Arguments, _ sign: SignConfiguration, _ line: [SignConfiguration]
) throws -> (steps: [SignStep], notes: [String]) {
  if let range = arguments["walk"] {
    let others =
      ["text"].filter { arguments[$0] != nil }
      + ["pattern", "brightness", "flash", "beep", "line"].filter(arguments.has)
    guard others.isEmpty else {
      throw Misuse("--walk goes alone, not with --\(others[0])", command: "sign-test")
    }
    let ends = range.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    guard let first = ends.first, ends.count <= 2 else {
      throw Misuse("--walk takes FROM-TO, such as 1-16", command: "sign-test")
    }
    return (try SignWishes.walk(sign, from: first, to: ends.last ?? first), [])
  }
  var wishes = SignWishes()
  wishes.text = arguments["text"]
  wishes.pattern = arguments.has("pattern")
  wishes.brightness = arguments.has("brightness")
  wishes.flash = arguments.has("flash")
  wishes.beep = arguments.has("beep")
  return wishes.steps(for: arguments.has("line") ? line : [sign])
}
