import Branch
import Captures
import CommandLineKit
import DeviceProfiles
import LinuxIO
import Technician

/// Shows how a capture would be read, or plays it.
func replayCapture(_ arguments: Arguments) throws -> ExitCode {
  let file = arguments.operands[0]
  // It would be waited for without a word.
  if PathKind(file) == .device {
    throw Problem(
      code: "capture-form", what: "\(file) is no capture", cause: "it is a device",
      cure: "Record it first: `kioskd capture \(file) FILE`.")
  }
  let capture = try Capture.read(
    file: file, bytes: try readFile(file, bytes_max: Capture.file_bytes_max))
  let options = try replayOptions(arguments)
  let replay = try Replay(capture, try knownProfiles(arguments), options)
  for line in replay.about(file) { Output.line(CheckLine.printable(line), to: .error) }
  if let path = arguments["to"] {
    guard !arguments.has("expect") else {
      throw Misuse("'--expect' goes without '--to'", command: "replay")
    }
    if DevicePlayer.isMaker(path) { return try playDevice(capture, by: path, arguments) }
    guard arguments["link"] == nil else {
      throw Misuse("'--link' needs '--to \(VirtualInput.path)'", command: "replay")
    }
    return try play(capture, to: path, arguments)
  }
  guard arguments["direction"] == nil, arguments["link"] == nil, !arguments.has("fast") else {
    throw Misuse("'--direction', '--link' and '--fast' need '--to'", command: "replay")
  }
  let lines = replay.lines.map { CheckLine.printable($0.description) }
  guard arguments.has("expect") else {
    for line in lines { Output.line(line) }
    return .success
  }
  let expected = CaptureExpectation(options: options, lines: lines)
  let path = CaptureExpectation.path(of: file)
  try writeNew(path, expected.text)
  Output.line("wrote \(path): \(lines.count) lines; read them before you believe them")
  return .success
}

private func replayOptions(_ arguments: Arguments) throws -> Replay.Options {
  var options = Replay.Options()
  if let id = arguments["profile"] {
    guard let profile = ProfileID(id) else {
      throw Misuse("'\(id)' cannot be the name of a profile", command: "replay")
    }
    options.profile = profile
  }
  if let word = arguments["layout"] { options.layout = try keyboardLayout(word, "replay") }
  return options
}

/// The keyboard of `--layout`.
func keyboardLayout(_ word: String, _ command: String) throws(Misuse) -> KeyboardLayout {
  if let layout = KeyboardLayout(rawValue: word) { return layout }
  let all = KeyboardLayout.allCases.map(\.rawValue).joined(separator: ", ")
  throw Misuse("'--layout' takes one of \(all), not '\(word)'", command: command)
}

private func play(_ capture: Capture, to path: String, _ arguments: Arguments) throws -> ExitCode {
  let way = arguments["direction"] ?? "out"
  guard let direction = Capture.Direction(rawValue: way) else {
    throw Misuse("'--direction' takes in or out, not '\(way)'", command: "replay")
  }
  let loop = try makeLoop()
  var result: CapturePlayer.Result?
  let player = CapturePlayer(
    loop: loop, capture: capture, path: path, direction: direction,
    line: try playedLine(capture, arguments), isFast: arguments.has("fast")
  ) { found in
    result = found
    loop.stop()
  }
  try deliverStopSignals(loop)
  player.start()
  loop.run()
  player.close()
  guard let result else {
    Output.line("stopped before its end", to: .error)
    return .failure
  }
  if let problem = result.problem { throw problem }
  Output.line("\(path): \(result.sent_bytes) bytes written, \(result.received_bytes) came back")
  return .success
}

/// Plays it on an input device that is made for it.
private func playDevice(_ capture: Capture, by path: String, _ arguments: Arguments) throws
  -> ExitCode
{
  guard arguments["direction"] == nil else {
    throw Misuse("'--direction' is for serial lines and printers", command: "replay")
  }
  let loop = try makeLoop()
  var result: DevicePlayer.Result?
  let player = DevicePlayer(
    loop: loop, capture: capture, path: path, link: arguments["link"], isFast: arguments.has("fast")
  ) { found in
    result = found
    loop.stop()
  }
  try deliverStopSignals(loop)
  player.start { node in
    Output.line("made \(node); it is played when a program reads it", to: .error)
  }
  loop.run()
  player.close()
  guard let result else {
    Output.line("stopped before its end", to: .error)
    return .failure
  }
  if let problem = result.problem { throw problem }
  Output.line("\(result.node): \(result.sent) records played, and the device removed")
  return .success
}

/// Settings for a serial line: those of the capture, else of the profile.
private func playedLine(_ capture: Capture, _ arguments: Arguments) throws -> SerialSettings {
  if let line = SerialSettings(line: capture.header.line) { return line }
  let id = arguments["profile"] ?? capture.header.profile
  let profiles = try knownProfiles(arguments)
  return try ProfileID(id).flatMap { profiles.signs[$0]?.serial } ?? SerialSettings()
}
