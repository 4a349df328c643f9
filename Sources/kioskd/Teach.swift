import Branch
import CommandLineKit
import DeviceProfiles
import EvdevTerminal
import Glibc
import LinuxIO
import NodeRuntime
import PositionedJSON
import Technician

let teachCommand = CommandSpec(
  "teach", "Make a profile of an unknown box: press each button, and give it a name.",
  options: [
    .value(
      "device", "PATH", "the box: event node, name in /dev/input/by-id, FIFO or file of records"),
    .value("name", "TEXT", "model as on its type plate, instead of what it calls itself"),
    .value("vendor", "TEXT", "who made it"),
  ],
  operands: [Operand("FILE", "the profile, NAME.json; must not be there yet")],
  details: [
    "Without --device the input devices are listed, and one is chosen by its number; whatever is "
      + "pressed on one of them is told with the number. The box is then taken from console and "
      + "desktop until the end.",
    "Press a button and type its name, or type the name first. A button that is held, and two "
      + "that are pressed together, are buttons of their own. After the name may follow what it "
      + "does: next, recall, no-show, end or rate 5. A box that types codes is known for a "
      + "scanner, and its keyboard is found out from what is printed under the code. Lamps and "
      + "beeper are those that it says it has. An empty line ends the lesson and writes the file; "
      + "ctrl-C writes nothing.",
    "Exit code 0: the profile is written, and is one that kioskd takes. 1: not so.",
    " Example: kioskd teach /etc/kioskd/Devices/corner-box.json",
    " Example: printf 'one\\ntwo\\n' | kioskd teach box.json --device /dev/input/event3",
  ])

/// Teaches a box.
func teachBox(_ arguments: Arguments) throws -> ExitCode {
  let file = arguments.operands[0]
  try checkProfileName(file, "FILE", "teach")
  for option in ["name", "vendor"] { try checkText(arguments[option], option) }
  if fileExists(file) { throw existing(file) }
  try checkFolder(of: file)
  let loop = try makeLoop()
  try deliverStopSignals(loop)
  guard let box = try chosenBox(arguments, loop) else { return .failure }
  var isDone = false
  var problem: Problem?
  let run = TeachRun(loop: loop, selector: box.selector) { event in
    switch event {
    case .said(let text): Output.line(CheckLine.printable(text))
    case .asked(let text): Output.write(text)
    case .done:
      isDone = true
      loop.stop()
    case .broken(let found):
      problem = found
      loop.stop()
    }
  }
  try run.start()
  loop.run()
  run.close()
  Output.line("")
  if let problem { throw problem }
  guard isDone else {
    Output.line("stopped; nothing is written", to: .error)
    return .failure
  }
  return try write(run.lesson, box, file, arguments)
}

/// As every profile has it.
private func checkText(_ text: String?, _ option: String) throws(Misuse) {
  let max = TaughtProfile.text_length_max
  guard let text, text.count > max || text.unicodeScalars.contains(where: { $0.value < 0x20 })
  else { return }
  throw Misuse("'--\(option)' takes up to \(max) printable characters", command: "teach")
}

private func fileExists(_ path: String) -> Bool { PathKind(path) != .absent }

/// Before somebody presses forty buttons for nothing.
private func checkFolder(of path: String) throws(Problem) {
  guard faccessat(AT_FDCWD, folder(of: path), W_OK | X_OK, AT_EACCESS) != 0 else { return }
  throw Problem(
    code: "file", what: "cannot write \(path)", cause: String(cString: strerror(errno)),
    cure: "Choose a folder that is there and that you may write to.")
}

private func existing(_ path: String) -> Problem {
  Problem(
    code: "file", what: "cannot write \(path)", cause: "it is there already",
    cure: "Move the old file away, or choose another name.")
}

/// The one of `--device`, or the one whose number is typed.
private func chosenBox(_ arguments: Arguments, _ loop: EventLoop) throws -> TaughtBox? {
  if let path = arguments["device"] { return TaughtBox(path: path) }
  let boxes = TaughtBox.all()
  if boxes.isEmpty {
    throw Problem(
      code: "device-absent", what: "there is nothing to teach",
      cause: "no input device with keys is plugged in",
      cure: "Plug the box in, or name its path with --device.")
  }
  let choice = BoxChoice(loop: loop, boxes: boxes) { event in
    switch event {
    case .said(let text): Output.line(CheckLine.printable(text))
    case .asked(let text): Output.write(text)
    case .ended: loop.stop()
    }
  }
  choice.start()
  loop.run()
  choice.close()
  if choice.chosen == nil { Output.line("") }
  return choice.chosen
}

private func write(
  _ lesson: Lesson, _ box: TaughtBox, _ file: String, _ arguments: Arguments
) throws -> ExitCode {
  if lesson.isEmpty {
    throw Problem(
      code: "nothing-taught", what: "there is no profile to write", cause: "no button has a name",
      cure: "Start again, press a button, and type its name.")
  }
  var profile = TaughtProfile(
    name: arguments["name"] ?? box.name, day: "\(BranchClock.now().local.day)")
  profile.vendor = arguments["vendor"] ?? box.vendor
  profile.usb = box.usb
  profile.keys = lesson.keys
  profile.scanner = lesson.scanner
  profile.bounce = Span(ms: (lesson.bounce_us + 999) / 1000)
  profile.leds = box.leds
  profile.sounds = box.sounds
  profile.remarks = lesson.remarks
  let text = profile.text
  // By the same reader as every other profile.
  var library = ProfileLibrary()
  let mistakes = library.add(fileName: file, bytes: Array(text.utf8))
  guard mistakes.isEmpty else {
    Output.write(text)
    for mistake in mistakes { Output.line("\(mistake)", to: .error) }
    Output.line("nothing is written; correct the lines above by hand", to: .error)
    return .failure
  }
  do throws(Problem) {
    try writeNew(file, text)
  } catch {
    // What was taught is not lost with it.
    Output.write(text)
    throw error
  }
  tellUse(profile, box, file)
  return .success
}

/// What to put into the configuration.
private func tellUse(_ profile: TaughtProfile, _ box: TaughtBox, _ file: String) {
  let id = profileID(file)
  Output.line("wrote \(file). In the configuration, among \"terminals\":")
  Output.line("  {")
  Output.line("    \"id\": \"\(id)\", \"profile\": \"\(id)\",")
  Output.line("    \"device\": \(box.deviceText),")
  var open: [KeyName] = []
  for key in profile.keys where key.action == nil && !open.contains(key.name) {
    open.append(key.name)
  }
  if !open.isEmpty {
    let keys = open.map { "\"\($0)\": {\"ticket\": SERVICE}" }.joined(separator: ", ")
    Output.line("    \"keys\": {\(keys)},")
  }
  if !open.isEmpty || profile.scanner != nil { Output.line("    \"printers\": [PRINTER],") }
  if profile.keys.contains(where: { $0.action != nil }) { Output.line("    \"counter\": COUNTER,") }
  Output.line("  },")
  Output.line(
    "try it: kioskd keys --device \(box.path) --profile \(id) --profiles \(folder(of: file))")
}
