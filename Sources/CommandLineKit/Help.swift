extension ProgramSpec {
  /// Columns of help texts: the width of the serial console that a technician may sit at.
  static var helpWidth: Int { 80 }

  /// What `--help` without a command prints.
  public var help: String {
    let rows = commands.map { ($0.name, $0.summary) }
    return section("", [wrapped("\(name): \(summary)", indent: 0)])
      + section("Usage:", ["  \(name) COMMAND [OPTION…]", "  \(name) COMMAND --help"])
      + section("Commands:", table(rows))
      + paragraphs(details)
      + section("Exit status:", table(ExitCode.allCases.map { ("\($0.rawValue)", $0.meaning) }))
      .trimmingLastLine
  }

  func help(ofFamily family: [CommandSpec]) -> String {
    section("Usage:", family.map { "  " + usage(of: $0) })
      + section("Commands:", table(family.map { ($0.name, $0.summary) })).trimmingLastLine
  }

  /// What `COMMAND --help` prints.
  public func help(of command: CommandSpec) -> String {
    let operands = command.operands.map { ($0.name, $0.summary) }
    let options = command.options.map { option in
      (option.value.map { "--\(option.name) \($0)" } ?? "--\(option.name)", option.summary)
    }
    return
      (section("Usage:", [wrapped("  " + usage(of: command), indent: 6)])
      + paragraphs([command.summary])
      + (operands.isEmpty ? "" : section("Operands:", table(operands)))
      + section("Options:", table(options + [("--help", "Print this text.")]))
      + paragraphs(command.details)).trimmingLastLine
  }

  /// `kioskd run --config FILE`
  func usage(of command: CommandSpec) -> String {
    ([name, command.name] + command.options.map(\.synopsis) + command.operands.map(\.synopsis))
      .joined(separator: " ")
  }

  private func section(_ title: String, _ lines: [String]) -> String {
    ((title.isEmpty ? [] : [title]) + lines).joined(separator: "\n") + "\n\n"
  }

  private func paragraphs(_ texts: [String]) -> String {
    texts.map { text in
      (text.hasPrefix(" ") ? text : wrapped(text, indent: 0)) + "\n\n"
    }.joined()
  }

  /// Two columns; the right one wraps under itself.
  private func table(_ rows: [(String, String)]) -> [String] {
    let left = rows.map(\.0.count).max() ?? 0
    return rows.map { row in
      let padding = String(repeating: " ", count: left - row.0.count)
      return wrapped("  \(row.0)\(padding)  \(row.1)", indent: left + 4)
    }
  }
}

/// Breaks a line at spaces; the following lines are indented. Runs of spaces stay as they are.
func wrapped(_ text: String, indent: Int, width: Int = ProgramSpec.helpWidth) -> String {
  var lines: [String] = []
  var line = ""
  var isFresh = true
  for word in text.split(separator: " ", omittingEmptySubsequences: false) {
    if !isFresh && line.count + 1 + word.count > width {
      lines.append(line)
      line = String(repeating: " ", count: indent) + word
    } else {
      line += (isFresh ? "" : " ") + word
    }
    isFresh = false
  }
  return (lines + [line]).joined(separator: "\n")
}

extension String {
  fileprivate var trimmingLastLine: String {
    var text = self
    while text.last == "\n" { text.removeLast() }
    return text
  }
}
