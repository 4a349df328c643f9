import Branch
import CommandLineKit
import LinuxIO
import Technician

/// Shows a text on a sign, and what went to and fro on its line.
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
  let text = arguments["text"] ?? SignTrial.pattern(sign.profile)
  let loop = try makeLoop()
  var result: SignTrial.Result?
  let trial = SignTrial(sign, text: text, loop: loop) { found in
    result = found
    loop.stop()
  }
  trial.start()
  loop.run()
  trial.close()
  guard let result else { return .failure }
  return tell(result, "\(sign.id)", text, trial.frame)
}

private func tell(_ result: SignTrial.Result, _ id: String, _ text: String, _ frame: [UInt8])
  -> ExitCode
{
  if let identity = result.identity { Output.line("\(id): \(CheckLine.printable(identity))") }
  for note in result.notes { Output.line("\(id): \(CheckLine.printable(note))", to: .error) }
  if result.identity != nil {
    let fate = result.isSent ? "sent" : "not all sent"
    Output.line("\(id): \"\(CheckLine.printable(text))\", \(fate): \(frame.count) bytes")
    for row in hexDump(frame) { Output.line("  " + row) }
    Output.line(
      result.received.isEmpty
        ? "\(id): nothing came back, as it should be" : "\(id): came back:")
    for row in hexDump(result.received) { Output.line("  " + row) }
  }
  if let problem = result.problem {
    Output.line("\(id): failed: \(CheckLine.printable(problem.description))")
    return .failure
  }
  Output.line("\(id): look at the sign; kioskd shows its own text when it starts")
  return .success
}
