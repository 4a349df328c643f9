import Branch
import CommandLineKit
import Configuration
import Glibc

let pinCommand = CommandSpec(
  "pin", "Make of a clerk's PIN what a configuration keeps of it.",
  options: [.value("config", "FILE", "take the salt of the clerks that stand there already")],
  details: [
    "Reads the PIN, 4 to 12 digits, from standard input: from a person without showing it. Prints "
      + "the text for \"pin\" of an element of \"clerks\". With --config all clerks have one salt, "
      + "so that a log-on costs one hash however many they are, and a PIN that one of them has is "
      + "refused.",
    "A PIN of a few digits is found by trial by whoever has that text: keep the configuration "
      + "readable for kioskd alone (chown root:kioskd, chmod 640).",
    "Exit code 0: printed. 1: the configuration cannot be used, or has the PIN. 2: this is no PIN.",
    " Example: kioskd pin --config /etc/kioskd/kioskd.json",
  ])

func makePIN(_ arguments: Arguments) throws -> ExitCode {
  var recipe = PINHash.Recipe(salt: (0..<16).map { _ in .random(in: 0...255) })
  var others: [PINHash] = []
  if let file = arguments["config"] {
    let loaded = try LoadedConfiguration(file: file)
    guard let configuration = loaded.configuration else {
      loaded.diagnostics.forEach { Output.line($0.description, to: .error) }
      Output.line("without --config the first PIN gets a salt of its own", to: .error)
      return .failure
    }
    others = configuration.clerks.map(\.pin)
    recipe = others.first?.recipe ?? recipe
  }
  let typed = readPIN()
  if typed?.utf8.last == interrupt { return .failure }
  guard let pin = typed.flatMap(PINHash.digits) else {
    throw Misuse("a PIN has 4 to 12 digits and nothing else", command: "pin")
  }
  // With another salt the two texts differ, and no check of the configuration sees it.
  guard !others.contains(where: { $0.recipe.hash(of: pin) == $0 }) else {
    throw Problem(
      code: "doubled-pin", what: "this PIN cannot be taken", cause: "a clerk has it already",
      cure: "Choose another one: the PIN alone says who is there.")
  }
  Output.line(recipe.hash(of: pin).description)
  return .success
}

/// Ctrl-C.
private let interrupt: UInt8 = 3

/// A line of standard input, with the echo off where a person types it. There ctrl-C is a byte that
/// ends the line: a signal would leave the terminal without its echo.
private func readPIN() -> String? {
  var settings = termios()
  guard tcgetattr(STDIN_FILENO, &settings) == 0 else { return readLine() }
  var silent = settings
  silent.c_lflag &= ~tcflag_t(ECHO | ISIG)
  withUnsafeMutableBytes(of: &silent.c_cc) { $0[Int(VEOL)] = interrupt }
  Output.line("PIN:", to: .error)
  tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent)
  defer { tcsetattr(STDIN_FILENO, TCSAFLUSH, &settings) }
  // A terminal gives a line at a time.
  var line = [UInt8](repeating: 0, count: 256)
  let count = read(STDIN_FILENO, &line, line.count)
  guard count > 0 else { return nil }
  return String(decoding: line.prefix(count).filter { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
}
