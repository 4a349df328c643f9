/// What a command line asks for.
public enum Invocation: Sendable {
  case run(Arguments)
  /// Help or version, for standard output.
  case answer(String)
  case misuse(Misuse)
}

extension ProgramSpec {
  /// Reads a command line, without the program's own name in front.
  public func parse(_ arguments: [String]) -> Invocation {
    guard let first = arguments.first else {
      return .misuse(Misuse("a command is missing"))
    }
    switch first {
    case "--help", "-h": return .answer(help)
    case "--version": return .answer("\(name) \(version)")
    case "help": return explain(Array(arguments.dropFirst()))
    default: break
    }
    if first.hasPrefix("-") {
      return .misuse(Misuse("'\(first)' stands before the command; options come after it"))
    }
    guard let command = command(in: arguments) else { return unknown(arguments) }
    let rest = arguments.dropFirst(command.words.count)
    if asksForHelp(rest) { return .answer(help(of: command)) }
    do throws(Misuse) {
      return .run(try CommandParser(command).parse(rest))
    } catch {
      return .misuse(error)
    }
  }

  /// The command whose words the line starts with.
  private func command(in arguments: [String]) -> CommandSpec? {
    commands.first { command in
      arguments.count >= command.words.count
        && zip(arguments, command.words).allSatisfy { $0 == $1 }
    }
  }

  private func asksForHelp(_ arguments: ArraySlice<String>) -> Bool {
    arguments.prefix { $0 != "--" }.contains { $0 == "--help" || $0 == "-h" }
  }

  private func explain(_ words: [String]) -> Invocation {
    if words.isEmpty { return .answer(help) }
    if let command = command(in: words) { return .answer(help(of: command)) }
    return unknown(words + ["--help"])
  }

  /// No command fits: a family of commands (`journal`), or a slip of the finger.
  private func unknown(_ arguments: [String]) -> Invocation {
    let family = commands.filter { $0.words.count == 2 && $0.words[0] == arguments[0] }
    if family.isEmpty {
      let near = nearest(to: arguments[0], in: Set(commands.map { String($0.words[0]) }))
      return .misuse(Misuse("there is no command '\(arguments[0])'" + meant(near)))
    }
    let rest = arguments.dropFirst()
    if asksForHelp(rest) { return .answer(help(ofFamily: family)) }
    let choice = family.map { String($0.words[1]) }
    guard let second = rest.first(where: { !$0.hasPrefix("-") }) else {
      return .misuse(
        Misuse("'\(arguments[0])' needs one more word: \(choice.joined(separator: " or "))"))
    }
    let near = nearest(to: second, in: Set(choice)).map { "\(arguments[0]) \($0)" }
    return .misuse(Misuse("there is no command '\(arguments[0]) \(second)'" + meant(near)))
  }
}

/// Reads what follows the command's name.
private struct CommandParser {
  private let command: CommandSpec
  private var values: [String: String] = [:]
  private var flags: Set<String> = []
  private var operands: [String] = []

  init(_ command: CommandSpec) { self.command = command }

  consuming func parse(_ arguments: ArraySlice<String>) throws(Misuse) -> Arguments {
    var rest = arguments
    while let word = rest.popFirst() {
      if word == "--" {
        operands += rest
        break
      }
      if word.hasPrefix("-") && word != "-" {
        try takeOption(word, &rest)
      } else {
        operands.append(word)
      }
    }
    try checkComplete()
    return Arguments(command, values: values, flags: flags, operands: operands)
  }

  private mutating func takeOption(
    _ word: String, _ rest: inout ArraySlice<String>
  ) throws(Misuse) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    let attached = parts.count == 2 ? String(parts[1]) : nil
    guard let option = command.options.first(where: { "--\($0.name)" == parts[0] }) else {
      let near = nearest(to: String(parts[0]), in: Set(command.options.map { "--\($0.name)" }))
      throw misuse("there is no option '\(parts[0])'" + meant(near))
    }
    guard values[option.name] == nil, !flags.contains(option.name) else {
      throw misuse("option '--\(option.name)' is given twice")
    }
    guard let placeholder = option.value else {
      guard attached == nil else { throw misuse("option '--\(option.name)' takes no value") }
      flags.insert(option.name)
      return
    }
    guard let value = attached ?? rest.popFirst(), !value.isEmpty else {
      throw misuse("option '--\(option.name)' needs a \(placeholder)")
    }
    values[option.name] = value
  }

  private func checkComplete() throws(Misuse) {
    for option in command.options where option.isRequired && values[option.name] == nil {
      throw misuse("option '\(option.synopsis)' is missing")
    }
    let needed = command.operands.filter { !$0.isOptional }
    if operands.count < needed.count {
      throw misuse("\(needed[operands.count].name) is missing")
    }
    if operands.count > command.operands.count {
      throw misuse("'\(operands[command.operands.count])' is one word too many")
    }
  }

  private func misuse(_ text: String) -> Misuse { Misuse(text, command: command.name) }
}
