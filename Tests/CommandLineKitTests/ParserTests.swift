import Testing

@testable import CommandLineKit

private let program = ProgramSpec(
  "kioskd", "Drives the hardware of a branch.", version: "1.2.3",
  commands: [
    CommandSpec(
      "run", "Serves customers.",
      options: [
        .value("config", "FILE", "The configuration.", required: true),
        .value("window", "N", "Facts in flight."), .flag("json", "Machine-readable."),
      ]),
    CommandSpec("check-config", "Checks.", operands: [Operand("FILE", "The configuration.")]),
    CommandSpec("journal show", "Shows.", operands: [Operand("DIR", "The journal.")]),
    CommandSpec("journal verify", "Verifies.", operands: [Operand("DIR", "The journal.")]),
    CommandSpec("keys", "Watches.", operands: [Operand("NAME", "One of them.", optional: true)]),
  ])

private func arguments(_ words: String...) throws -> Arguments {
  guard case .run(let arguments) = program.parse(words) else {
    throw Misuse("\(words) does not run")
  }
  return arguments
}

private func complaint(_ words: String...) -> String? {
  guard case .misuse(let misuse) = program.parse(words) else { return nil }
  return misuse.text
}

private func answer(_ words: String...) -> String? {
  guard case .answer(let text) = program.parse(words) else { return nil }
  return text
}

@Suite struct ParserTests {
  @Test("a value follows its option or an equals sign")
  func values() throws {
    #expect(try arguments("run", "--config", "a b")["config"] == "a b")
    #expect(try arguments("run", "--config=a=b")["config"] == "a=b")
    #expect(try arguments("run", "--config", "x").required("config") == "x")
    #expect(try arguments("run", "--config", "x")["window"] == nil)
  }

  @Test("a flag is there or not there")
  func flags() throws {
    #expect(try arguments("run", "--json", "--config=x").has("json"))
    #expect(try !arguments("run", "--config=x").has("json"))
  }

  @Test("a command may have two words")
  func twoWords() throws {
    let arguments = try arguments("journal", "verify", "/tmp/j")
    #expect(arguments.command.name == "journal verify")
    #expect(arguments.operands == ["/tmp/j"])
  }

  @Test("everything after -- is an operand, and so is a single dash")
  func endOfOptions() throws {
    #expect(try arguments("check-config", "--", "--help").operands == ["--help"])
    #expect(try arguments("check-config", "-").operands == ["-"])
  }

  @Test("an optional operand may be missing")
  func optionalOperand() throws {
    #expect(try arguments("keys").operands == [])
    #expect(try arguments("keys", "pad").operands == ["pad"])
  }

  @Test("whole numbers are checked against their range")
  func integers() throws {
    let good = try arguments("run", "--config=x", "--window=10")
    #expect(try good.integer("window", in: 1...10) == 10)
    for text in ["0", "11", "-1", "1.5", "ten", "99999999999999999999"] {
      let bad = try arguments("run", "--config=x", "--window=\(text)")
      #expect(throws: Misuse.self) { try bad.integer("window", in: 1...10) }
    }
    #expect(try arguments("run", "--config=x").integer("window", in: 1...10) == nil)
  }

  @Test(
    "a wrong command line gets a sentence that says what is wrong",
    arguments: [
      ([], "a command is missing"),
      (["rnu"], "there is no command 'rnu'; did you mean 'run'?"),
      (["zebra"], "there is no command 'zebra'"),
      (["--json", "run"], "'--json' stands before the command; options come after it"),
      (["run"], "option '--config FILE' is missing"),
      (["run", "--config"], "option '--config' needs a FILE"),
      (["run", "--config="], "option '--config' needs a FILE"),
      (["run", "--confg", "x"], "there is no option '--confg'; did you mean '--config'?"),
      (["run", "--confg=x"], "there is no option '--confg'; did you mean '--config'?"),
      (["run", "-x"], "there is no option '-x'"),
      (["run", "--config=a", "--config=b"], "option '--config' is given twice"),
      (["run", "--config=a", "--json", "--json"], "option '--json' is given twice"),
      (["run", "--config=a", "--json=yes"], "option '--json' takes no value"),
      (["run", "--config=a", "b"], "'b' is one word too many"),
      (["check-config"], "FILE is missing"),
      (["journal"], "'journal' needs one more word: show or verify"),
      (["journal", "--json"], "'journal' needs one more word: show or verify"),
      (
        ["journal", "verfiy", "x"],
        "there is no command 'journal verfiy'; did you mean 'journal verify'?"
      ),
    ] as [([String], String)])
  func misuse(_ words: [String], _ sentence: String) {
    guard case .misuse(let misuse) = program.parse(words) else {
      Issue.record("\(words) was accepted")
      return
    }
    #expect(misuse.text == sentence)
  }

  @Test("misuse knows the command whose help is worth reading")
  func misuseKnowsItsCommand() {
    guard case .misuse(let misuse) = program.parse(["run"]) else {
      Issue.record("accepted")
      return
    }
    #expect(misuse.command == "run")
  }

  @Test("help is given wherever it is asked for, even in a wrong command line")
  func help() {
    for words in [["--help"], ["-h"], ["help"]] {
      guard case .answer(let text) = program.parse(words) else {
        Issue.record("\(words) is no answer")
        continue
      }
      #expect(text == program.help)
    }
    let run = answer("run", "--help")
    #expect(run != nil && run == answer("help", "run") && run == answer("run", "--wat", "-h"))
    #expect(answer("journal", "--help") == answer("help", "journal"))
    #expect(complaint("help", "nothing") == "there is no command 'nothing'")
  }

  @Test("the version is told")
  func version() { #expect(answer("--version") == "kioskd 1.2.3") }
}

@Suite struct HelpTests {
  @Test("the program's help lists every command and every exit code")
  func programHelp() {
    let help = program.help
    for command in program.commands { #expect(help.contains("  \(command.name) ")) }
    for code in ExitCode.allCases { #expect(help.contains("  \(code.rawValue)  ")) }
  }

  @Test("a command's help shows its usage, operands and options")
  func commandHelp() throws {
    let expected = """
      Usage:
        kioskd run --config FILE [--window N] [--json]

      Serves customers.

      Options:
        --config FILE  The configuration.
        --window N     Facts in flight.
        --json         Machine-readable.
        --help         Print this text.
      """
    #expect(answer("run", "--help") == expected)
    #expect(answer("journal", "show", "-h")?.contains("Operands:\n  DIR  The journal.") == true)
  }

  @Test("long lines wrap under their column and never pass 80 columns")
  func wrapping() {
    let words = (1...60).map { "word\($0)" }.joined(separator: " ")
    let long = ProgramSpec(
      "p", words, version: "1", commands: [CommandSpec("c", words, details: [words])],
      details: [words])
    for text in [long.help, long.help(of: long.commands[0])] {
      #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
      #expect(text.contains("word60"))
    }
    #expect(wrapped("ab cd ef", indent: 2, width: 5) == "ab cd\n  ef")
    #expect(wrapped("a-long-word b", indent: 1, width: 5) == "a-long-word\n b")
    #expect(wrapped("", indent: 2, width: 5) == "")
  }
}

@Suite struct SuggestionTests {
  @Test(
    "slips are counted",
    arguments: [
      ("", "", 0), ("abc", "abc", 0), ("abc", "", 3), ("", "abc", 3), ("abc", "abd", 1),
      ("abc", "acb", 1), ("abc", "ab", 1), ("kitten", "sitting", 3),
    ])
  func slips(_ left: String, _ right: String, _ count: Int) {
    #expect(distance(left, right) == count)
    #expect(distance(right, left) == count)
  }

  @Test("only something near is suggested")
  func near() {
    #expect(nearest(to: "doctr", in: ["doctor", "demo"]) == "doctor")
    #expect(nearest(to: "xyz", in: ["doctor", "demo"]) == nil)
    #expect(nearest(to: "x", in: []) == nil)
  }
}
