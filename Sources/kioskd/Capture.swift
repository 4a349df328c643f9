import Branch
import Captures
import CommandLineKit
import DeviceProfiles
import Glibc
import LinuxIO
import Technician

/// Records a device until ctrl-C, or until the number or time that was asked for is reached.
func captureDevice(_ arguments: Arguments) throws -> ExitCode {
  let seconds = try arguments.integer("seconds", in: 1...86_400)
  let count = try arguments.integer("events", in: 1...Capture.entries_max)
  let (device, file) = (arguments.operands[0], arguments.operands[1])
  let source = try captureSource(device, arguments)
  let (plan, profile) = try capturePlan(source, arguments)
  var header = source.header(
    tool: "kioskd \(kioskdVersion)", command: ["kioskd"] + CommandLine.arguments.dropFirst(),
    profile: profile, withSerial: arguments.has("with-serial"))
  if let line = plan.line { header.line = line.description }
  if let note = arguments["note"] { header.notes = [note] }
  let loop = try makeLoop()
  let recorder = try CaptureRecorder(path: file, header: header)
  var isOpened = false
  var reason = "stopped by the technician"
  var problem: Problem?
  let run = CaptureRun(loop: loop, source: source, plan: plan, recorder: recorder) { event in
    switch event {
    case .opened(let identity):
      isOpened = true
      Output.line("recording \(CheckLine.printable(identity)); ctrl-C ends it", to: .error)
    case .lost(let problem):
      Output.line("\(CheckLine.printable(problem.description))", to: .error)
    case .note(let text): Output.line(CheckLine.printable(text), to: .error)
    case .stopped(let found):
      problem = found
      reason = found.what
      loop.stop()
    case .progress(let done):
      guard let count, done >= count else { return }
      reason = "\(count) events were asked for"
      loop.stop()
    }
  }
  try deliverStopSignals(loop)
  if let seconds {
    _ = loop.schedule(after: .seconds(Int64(seconds))) {
      reason = "\(seconds) seconds were asked for"
      loop.stop()
    }
  }
  do throws(Problem) {
    try run.start()
    loop.run()
  } catch {
    problem = error
    reason = error.what
  }
  run.close()
  // Without anything in it, the file would only be in the way of the next try.
  let isKept = isOpened || recorder.count > 0
  if isKept { recorder.end(reason) } else { recorder.discard() }
  if let problem = problem ?? recorder.problem { throw problem }
  guard isKept else {
    Output.line("nothing was recorded; \(file) is not written", to: .error)
    return .failure
  }
  Output.line("\(file): \(recorder.count) events; see them: kioskd replay \(file)")
  if let count { return recorder.count >= count ? .success : .failure }
  return isOpened ? .success : .failure
}

private func captureSource(_ device: String, _ arguments: Arguments) throws -> CaptureSource {
  guard let word = arguments["kind"] else { return try CaptureSource(path: device, kind: nil) }
  guard let kind = Capture.Kind(rawValue: word) else {
    throw Misuse(
      "'--kind' takes evdev, serial or printer, not '\(word)'", command: "capture")
  }
  return try CaptureSource(path: device, kind: kind)
}

private func capturePlan(
  _ source: CaptureSource, _ arguments: Arguments
) throws -> (CaptureRun.Plan, ProfileID?) {
  var plan = CaptureRun.Plan()
  plan.grabs = arguments.has("grab")
  plan.through = arguments["through"]
  guard source.kind == .serial || arguments["line"] == nil else {
    throw Misuse("'--line' is for serial lines", command: "capture")
  }
  guard source.kind != .evdev || plan.through == nil else {
    throw Misuse(
      "'--through' is for serial lines and printers: an input device is heard by everybody",
      command: "capture")
  }
  guard source.kind == .evdev || !plan.grabs else {
    throw Misuse("'--grab' is for input devices", command: "capture")
  }
  if let text = arguments["line"] {
    guard let line = SerialSettings(line: text) else {
      throw Misuse("'--line' takes settings such as '9600 8N1', not '\(text)'", command: "capture")
    }
    plan.line = line
  }
  guard let id = arguments["profile"] else {
    guard source.kind != .printer || plan.through != nil else {
      throw Misuse("a printer needs '--profile' or '--through'", command: "capture")
    }
    if source.kind == .serial, plan.line == nil { plan.line = try SerialSettings() }
    return (plan, nil)
  }
  let profiles = try knownProfiles(arguments)
  guard let profile = ProfileID(id), profiles.kind(of: profile) == source.kind.profileKind else {
    let kind = source.kind.profileKind
    let known = profiles.ids(of: kind).map(\.text).joined(separator: ", ")
    throw Misuse(
      "there is no \(kind.rawValue) profile '\(id)'; there are: \(known)", command: "capture")
  }
  plan.line = plan.line ?? profiles.signs[profile]?.serial
  plan.printer = profiles.printers[profile]
  return (plan, profile)
}
