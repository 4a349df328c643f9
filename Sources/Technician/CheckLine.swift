public import Branch

/// What was found out about one part of a node: one line for a technician.
public struct CheckLine: Hashable, Sendable {
  public enum Kind: String, Hashable, Sendable, CaseIterable {
    case configuration, profiles, zone, journal, hub, printer, sign, terminal
  }

  public let kind: Kind
  /// Which of them: an id, an address; empty where there is only one.
  public let name: String
  /// What was found.
  public let text: String
  /// nil: it is fine.
  public let problem: Problem?

  /// A part that is fine.
  public init(_ kind: Kind, _ name: String = "", fine text: String) {
    self.kind = kind
    self.name = name
    self.text = text
    problem = nil
  }

  /// A part that is not. `what` of the problem is left out when it says no more than its line.
  public init(_ kind: Kind, _ name: String = "", about text: String = "", wrong problem: Problem) {
    self.kind = kind
    self.name = name
    self.text = text
    self.problem = problem
  }

  public var isFine: Bool { problem == nil }

  /// `FAIL  printer        front  epson-tm-t88v: it cannot print now: the paper is out […]. Put…`
  public func line(nameWidth: Int = 0) -> String {
    let kinds = Kind.allCases.map(\.rawValue.count).max() ?? 0
    let head = [
      isFine ? "ok  " : "FAIL", Self.padded(kind.rawValue, kinds),
      Self.padded(name, nameWidth),
    ].filter { !$0.isEmpty }.joined(separator: "  ")
    let body = [text, problem?.description ?? ""].filter { !$0.isEmpty }.joined(separator: ": ")
    return Self.printable(head + "  " + body)
  }

  private static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }

  /// One line whatever a device calls itself.
  public static func printable(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\u{00}"..."\u{1F}", "\u{7F}"..."\u{9F}": out += "\u{FFFD}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out
  }

  /// All lines, and the verdict as the last.
  public static func report(_ lines: [CheckLine]) -> [String] {
    let width = lines.map(\.name.count).max() ?? 0
    let wrong = lines.count { !$0.isFine }
    let verdict =
      wrong == 0
      ? "all \(lines.count) checks are fine" : "\(wrong) of \(lines.count) checks found a problem"
    return lines.map { $0.line(nameWidth: width) } + [verdict]
  }
}
