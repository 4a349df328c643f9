/// One `--name` of a command. Only long names exist: a unit file or a note on a wall that says
/// `--config` explains itself. (`-h` is the one exception, for habit.)
public struct CommandOption: Sendable {
  public let name: String
  /// What stands for the value in help texts, `FILE`; nil for a flag, which takes none.
  public let value: String?
  public let summary: String
  public let isRequired: Bool

  /// `--json`: there or not there.
  public static func flag(_ name: String, _ summary: String) -> CommandOption {
    CommandOption(name: name, value: nil, summary: summary, isRequired: false)
  }

  /// `--config FILE` or `--config=FILE`; may be given once.
  public static func value(
    _ name: String, _ value: String, _ summary: String, required: Bool = false
  ) -> CommandOption {
    CommandOption(name: name, value: value, summary: summary, isRequired: required)
  }

  var synopsis: String {
    let text = value.map { "--\(name) \($0)" } ?? "--\(name)"
    return isRequired ? text : "[\(text)]"
  }
}

/// A word of the command line that is no option. Optional ones come last.
public struct Operand: Sendable {
  /// What stands for it in help texts, `FILE`.
  public let name: String
  public let summary: String
  public let isOptional: Bool

  public init(_ name: String, _ summary: String, optional: Bool = false) {
    self.name = name
    self.summary = summary
    isOptional = optional
  }

  var synopsis: String { isOptional ? "[\(name)]" : name }
}

/// What a technician can ask of a program: `run`, `check-config`, `journal verify`.
public struct CommandSpec: Sendable {
  /// One word or two.
  public let name: String
  /// One sentence; stands in the list of commands and on top of the command's own help.
  public let summary: String
  public let options: [CommandOption]
  public let operands: [Operand]
  /// Paragraphs below the options, each on one line however long; help texts wrap them.
  /// A paragraph that starts with a space is an example and stays as it is.
  public let details: [String]

  public init(
    _ name: String, _ summary: String, options: [CommandOption] = [], operands: [Operand] = [],
    details: [String] = []
  ) {
    precondition((1...2).contains(name.split(separator: " ").count))
    precondition(Set(options.map(\.name)).count == options.count, "an option is declared twice")
    self.name = name
    self.summary = summary
    self.options = options
    self.operands = operands
    self.details = details
  }

  var words: [Substring] { name.split(separator: " ") }
}

/// A program: its commands and how it calls itself.
public struct ProgramSpec: Sendable {
  public let name: String
  public let summary: String
  public let version: String
  public let commands: [CommandSpec]
  /// Paragraphs below the list of commands, as in `CommandSpec.details`.
  public let details: [String]

  public init(
    _ name: String, _ summary: String, version: String, commands: [CommandSpec],
    details: [String] = []
  ) {
    precondition(Set(commands.map(\.name)).count == commands.count, "a command is declared twice")
    self.name = name
    self.summary = summary
    self.version = version
    self.commands = commands
    self.details = details
  }
}
