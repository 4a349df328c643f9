import Branch
public import Configuration
import DeviceProfiles
public import PositionedJSON

extension Script {
  /// Lines of a script at most; a longer one is no day.
  public static let lines_max = 10_000
  /// Mistakes told at most.
  public static let mistakes_max = 50

  /// Reads a script for a branch: either all of it or every mistake with its place and cure.
  public static func read(
    file: String, bytes: [UInt8], for configuration: NodeConfiguration
  ) -> (script: Script?, mistakes: [Diagnostic]) {
    var parser = ScriptParser(file: file, configuration: configuration)
    parser.read(bytes)
    return parser.mistakes.isEmpty
      ? (Script(file: file, steps: parser.steps), []) : (nil, parser.mistakes)
  }
}

/// What is wrong with a line, and where.
struct ScriptMistake: Error, Equatable {
  let column: Int
  let code: String
  let message: String
  let cure: String
}

/// Lines to steps.
struct ScriptParser {
  static let verbs = [
    "press", "paper", "cover", "offline", "stall", "garbage", "unplug", "plug", "hub", "wait",
    "expect", "when",
  ]
  static let wait_max = Span.minutes(10)

  let file: String
  let configuration: NodeConfiguration
  private(set) var steps: [Script.Step] = []
  private(set) var mistakes: [Diagnostic] = []
  /// Some step was for other models of printers.
  private var isLeftOut = false

  init(file: String, configuration: NodeConfiguration) {
    self.file = file
    self.configuration = configuration
  }

  mutating func read(_ bytes: [UInt8]) {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      let mistake = ScriptMistake(
        column: 1, code: "not-utf8", message: "the script is not UTF-8",
        cure: "Save it as UTF-8.")
      return note(mistake, line: 1)
    }
    // By bytes: CR and LF together are one Character, which is no LF.
    let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    for (index, line) in lines.prefix(Script.lines_max).enumerated() {
      let hasReturn = line.last == UInt8(ascii: "\r")
      read(Substring(hasReturn ? line.dropLast() : line), number: index + 1)
    }
    if lines.count > Script.lines_max {
      let mistake = ScriptMistake(
        column: 1, code: "too-long", message: "more than \(Script.lines_max) lines",
        cure: "Split the script.")
      note(mistake, line: Script.lines_max + 1)
    }
    if mistakes.isEmpty, steps.isEmpty, !isLeftOut {
      let mistake = ScriptMistake(
        column: 1, code: "empty", message: "the script does nothing", cure: "Write a step into it.")
      note(mistake, line: 1)
    }
  }

  private mutating func read(_ text: Substring, number: Int) {
    do throws(ScriptMistake) {
      let words = try Self.words(of: text)
      guard let first = words.first, let last = words.last else { return }
      var reader = WordReader(words: words, configuration: configuration)
      let action = try Self.action(&reader, configuration)
      try reader.end()
      let scalars = Array(text.unicodeScalars)[(first.column - 1)..<(last.end - 1)]
      guard let action else { return isLeftOut = true }
      var shown = String.UnicodeScalarView()
      shown.append(contentsOf: scalars)
      steps.append(Script.Step(action: action, line: number, text: String(shown)))
    } catch {
      note(error, line: number)
    }
  }

  private mutating func note(_ mistake: ScriptMistake, line: Int) {
    guard mistakes.count < Script.mistakes_max else { return }
    mistakes.append(
      Diagnostic(
        file: file, position: SourcePosition(line: line, column: mistake.column), field: "",
        code: mistake.code, message: mistake.message, cure: mistake.cure))
  }

  private static func words(of text: Substring) throws(ScriptMistake) -> [ScriptWord] {
    do throws(ScriptLine.Mistake) {
      return try ScriptLine(text).words
    } catch {
      switch error {
      case .openQuote(let column):
        throw ScriptMistake(
          column: column, code: "open-quote", message: "a quote is opened and not closed",
          cure: "Close it with \" on the same line.")
      case .control(let column):
        throw ScriptMistake(
          column: column, code: "control", message: "a control character stands here",
          cure: "Remove it.")
      }
    }
  }

  /// nil: a step for other models of printers.
  private static func action(
    _ reader: inout WordReader, _ configuration: NodeConfiguration
  ) throws(ScriptMistake) -> Script.Action? {
    let verb = try reader.keyword(verbs, "a verb")
    switch verb {
    case "when":
      let profile = configuration.printer(try reader.printer())?.profile
      let ability = try reader.keyword(["tells", "confirms"], "tells or confirms")
      let action = try action(&reader, configuration)
      let isAble = ability == "tells" ? profile?.tellsStatus : profile?.confirmsCompletion
      return isAble == true ? action : nil
    case "press":
      let terminal = try reader.terminal()
      return .press(terminal, try reader.press(on: terminal))
    case "paper", "cover", "offline", "stall", "garbage":
      let printer = try reader.printer()
      return .printer(printer, try hand(verb, &reader))
    case "unplug": return .unplug(try reader.device())
    case "plug": return .plug(try reader.device())
    case "hub": return .hub(isUp: try reader.keyword(["down", "up"], "down or up") == "up")
    case "wait": return .wait(try reader.duration(1...wait_max.ms))
    default:
      let expectation = try reader.expectation()
      return .expect(expectation, try reader.patience(for: expectation))
    }
  }

  /// What stands behind the name of a printer.
  private static func hand(
    _ verb: String, _ reader: inout WordReader
  ) throws(ScriptMistake) -> PrinterHand {
    switch verb {
    case "paper":
      switch try reader.keyword(["out", "low", "ok"], "out, low or ok") {
      case "out": return .paper(.out)
      case "low": return .paper(.nearEnd)
      default: return .paper(.ok)
      }
    case "cover":
      return .cover(open: try reader.keyword(["open", "closed"], "open or closed") == "open")
    case "offline": return .offline(try reader.keyword(["on", "off"], "on or off") == "on")
    case "stall": return .stall(try reader.keyword(["on", "off"], "on or off") == "on")
    default: return .garbage
    }
  }
}
