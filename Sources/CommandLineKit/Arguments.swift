/// A command line that cannot be used, told to the person who typed it.
public struct Misuse: Error, Equatable, Sendable {
  /// One sentence without a full stop: what is wrong and, where known, what was meant.
  public let text: String
  /// The command it was about; nil when none was recognised.
  public let command: String?

  public init(_ text: String, command: String? = nil) {
    self.text = text
    self.command = command
  }
}

/// A command line that fits its command: every required option and operand is there, and nothing
/// unknown. Asking for an option that the command does not declare is a bug and traps.
public struct Arguments: Sendable {
  public let command: CommandSpec
  /// In the order they were given.
  public let operands: [String]
  private let values: [String: String]
  private let flags: Set<String>

  init(
    _ command: CommandSpec, values: [String: String], flags: Set<String>, operands: [String]
  ) {
    self.command = command
    self.values = values
    self.flags = flags
    self.operands = operands
  }

  /// The value of an option, nil when it was not given.
  public subscript(option: String) -> String? {
    precondition(declares(option, withValue: true), "\(command.name) has no --\(option) VALUE")
    return values[option]
  }

  /// The value of an option that the command requires.
  public func required(_ option: String) -> String {
    precondition(command.options.contains { $0.name == option && $0.isRequired })
    guard let value = values[option] else { preconditionFailure("the parser let it through") }
    return value
  }

  public func has(_ flag: String) -> Bool {
    precondition(declares(flag, withValue: false), "\(command.name) has no flag --\(flag)")
    return flags.contains(flag)
  }

  /// A whole number in a range; nil when the option was not given.
  public func integer(_ option: String, in range: ClosedRange<Int>) throws(Misuse) -> Int? {
    guard let text = self[option] else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw Misuse(
        "option '--\(option)' takes a whole number from \(range.lowerBound) to "
          + "\(range.upperBound), not '\(text)'", command: command.name)
    }
    return number
  }

  private func declares(_ option: String, withValue: Bool) -> Bool {
    command.options.contains { $0.name == option && ($0.value != nil) == withValue }
  }
}
