import CommandLineKit
import Configuration
import Glibc

let pinCommand = CommandSpec(
  "pin", "Make of a clerk's PIN what a configuration keeps of it.",
  options: [.value("config", "FILE", "take the salt of the clerks that stand there already")],
  details: [
    "Reads the PIN, 4 to 12 digits, from standard input: from a person without showing it. Prints "
      + "the text for \"pin\" of an element of \"clerks\". With --config all clerks have one salt, "
      + "so that a log-on costs one hash however many they are.",
    "A PIN of a few digits is found by trial by whoever has that text: keep the configuration "
      + "readable for kioskd alone (chown root:kioskd, chmod 640).",
    "Exit code 0: printed. 1: the configuration cannot be used. 2: this is no PIN.",
    " Example: kioskd pin --config /etc/kioskd/kioskd.json",
  ])

func makePIN(_ arguments: Arguments) throws -> ExitCode {
  var recipe = PINHash.Recipe(salt: (0..<16).map { _ in .random(in: 0...255) })
  if let file = arguments["config"] {
    let loaded = try LoadedConfiguration(file: file)
    guard let configuration = loaded.configuration else {
      loaded.diagnostics.forEach { Output.line($0.description, to: .error) }
      return .failure
    }
    recipe = configuration.clerks.first?.pin.recipe ?? recipe
  }
  guard let pin = readPIN().flatMap(PINHash.digits) else {
    throw Misuse("a PIN has 4 to 12 digits and nothing else", command: "pin")
  }
  Output.line(recipe.hash(of: pin).description)
  return .success
}

/// A line of standard input, with the echo off where a person types it.
private func readPIN() -> String? {
  var settings = termios()
  guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return readLine() }
  var silent = settings
  silent.c_lflag &= ~tcflag_t(ECHO)
  Output.line("PIN:", to: .error)
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
  defer { tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings) }
  return readLine()
}
