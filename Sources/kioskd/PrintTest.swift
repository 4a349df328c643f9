import Branch
import CommandLineKit
import Configuration
import DeviceProfiles
import LinuxIO
import NodeRuntime
import PathPrinter
import Technician
import TicketDesign
import TicketLayout
import Tongues

/// A printer to be tested, from a configuration or from the command line.
private struct TestedPrinter {
  let name: String
  let title: String
  let profile: PrinterProfile
  let device: PrinterDevice
  let confirmation: Span
  let makePort: (EventLoop, @escaping (PrinterPortEvent) -> Void) -> any PrinterPort
}

/// Prints a test ticket. The journal and the hub learn nothing of it.
func printTest(_ arguments: Arguments) throws -> ExitCode {
  let printer = try testedPrinter(arguments)
  try refuseHeld(printer, arguments["config"])
  let now = BranchClock.now()
  let tongue = PrinterTongue(
    PrinterCapabilities(printer.profile), doubleByte: DoubleByteTable(of: printer.profile))
  let time = "\(now.local.day) \(now.local.hourMinute)"
  let ticket = TestTicket(
    title: printer.title,
    lines: ["printer \(printer.name)", "profile \(printer.profile.id)", time],
    qrText: "kioskd print-test \(printer.name) \(now.wall)", tongue: tongue)
  let job = UInt64(max(1, now.wall.ms))
  let bytes = tongue.encode(ticket.document, job: job).bytes
  let plan = PrinterTrialPlan(
    profile: printer.profile, device: printer.device, confirmation: printer.confirmation)
  let loop = try makeLoop()
  let recorder = try arguments["capture"].map { try trialRecorder(printer, $0) }
  let run = PrinterTrialRun(
    loop: loop, plan: plan, ticket: bytes, job: job,
    makePort: { onEvent in
      guard let recorder else { return printer.makePort(loop, onEvent) }
      return RecordingPort(recorder, makePort: { printer.makePort(loop, $0) }, onEvent: onEvent)
    }, onEnd: { _ in loop.stop() })
  run.start()
  loop.run()
  run.close()
  // Of a printer that is not there, the file would only be in the way of the next try.
  if recorder?.count == 0 { recorder?.discard() } else { recorder?.end("the test is over") }
  if let problem = recorder?.problem { throw problem }
  return tell(run.trial, printer.name, ticket, bytes.count)
}

/// Records what the test sends and gets.
private func trialRecorder(
  _ printer: TestedPrinter, _ file: String
) throws(Problem) -> CaptureRecorder {
  var path = ""
  if case .path(let own, _) = printer.device { path = own }
  let source = try CaptureSource(path: path, kind: .printer)
  let header = source.header(
    tool: "kioskd \(kioskdVersion)", command: ["kioskd"] + CommandLine.arguments.dropFirst(),
    profile: printer.profile.id, withSerial: false)
  return try CaptureRecorder(path: file, header: header)
}

private func testedPrinter(_ arguments: Arguments) throws -> TestedPrinter {
  if let file = arguments["config"] {
    guard arguments["path"] == nil, arguments["profile"] == nil else {
      throw Misuse("'--config' goes without '--path' and '--profile'", command: "print-test")
    }
    let configuration = try LoadedConfiguration(file: file, for: "print-test").required()
    let printer = try choose(
      configuration.printers, arguments["printer"], id: \.id.text, "printer",
      command: "print-test")
    BranchClock.use(zone: configuration.branch.timeZone)
    return TestedPrinter(
      name: printer.id.text, title: configuration.branch.name, profile: printer.profile,
      device: printer.device, confirmation: printer.confirm,
      makePort: { loop, onEvent in
        NodeTransports.printer(printer, node: configuration.node, loop: loop, onEvent: onEvent)
      })
  }
  guard let path = arguments["path"], let id = arguments["profile"] else {
    throw Misuse("give '--config', or both '--path' and '--profile'", command: "print-test")
  }
  guard path.hasPrefix("/") else {
    throw Misuse("'--path' takes an absolute path, not '\(path)'", command: "print-test")
  }
  guard arguments["printer"] == nil else {
    throw Misuse("'--printer' needs '--config'", command: "print-test")
  }
  let profiles = loadProfiles(in: try profileDirectory(arguments)).0
  guard let profile = ProfileID(id).flatMap({ profiles.printers[$0] }) else {
    let known = profiles.ids(of: .printer).map(\.text).joined(separator: ", ")
    throw Misuse("there is no printer profile '\(id)'; there are: \(known)", command: "print-test")
  }
  return TestedPrinter(
    name: path, title: "kioskd", profile: profile, device: .path(path),
    confirmation: Settings.confirm.standard,
    makePort: { loop, onEvent in PathPrinter(loop: loop, path: path, onEvent: onEvent) })
}

/// A printer that the running node has open takes tickets from nobody else.
private func refuseHeld(_ printer: TestedPrinter, _ file: String?) throws {
  guard let holder = PrinterHolder.find(printer.device) else { return }
  throw Problem(
    code: DeviceProblems.busy, what: "\(printer.name) is in use", cause: "it is held by \(holder)",
    cure: "Stop it for the test: `sudo systemctl stop kioskd`, and start it again after.")
}

private func tell(
  _ trial: PrinterTrial, _ name: String, _ ticket: TestTicket, _ count: Int
) -> ExitCode {
  if !trial.identity.isEmpty {
    Output.line("\(name): \(CheckLine.printable(trial.identity)), \(count) bytes")
  }
  let verdict = TrialVerdict(trial)
  Output.line("\(name): \(CheckLine.printable(verdict.text))")
  if verdict.hasPaper {
    Output.line("compare these lines with the paper, and read its QR code with a phone:")
    for line in ticket.sample { Output.line("  \(line)") }
  }
  return verdict.isFine ? .success : .failure
}
