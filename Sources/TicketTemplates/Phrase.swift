import Branch
import TicketDesign

/// What a template's text may name in braces. The raw value is the word.
enum Variable: String, CaseIterable {
  case number, service, branch
  case date, longdate, isodate, time, weekday, day, month, year
  case ahead, wait, appointment, code, counter, url, qr, notes
  case reprint

  /// nil when this ticket has none.
  func value(_ content: TicketContent, _ language: Language) -> String? {
    let issued = content.issuedAt
    switch self {
    case .number: return content.number.description
    case .service: return Self.some(content.serviceName)
    case .branch: return Self.some(content.branchName)
    case .date: return language.text(language.date, issued)
    case .longdate: return language.text(language.longDate, issued)
    case .isodate: return issued.day.description
    case .time: return language.text(language.time, issued)
    case .weekday: return language.text("EEEE", issued)
    case .day: return String(issued.day.day)
    case .month: return language.text("MMMM", issued)
    case .year: return String(issued.day.year)
    case .ahead: return content.customersAhead.map { String($0) }
    case .wait: return content.wait_min.map { String($0) }
    case .appointment: return content.appointment.map { language.text(language.time, $0) }
    case .code: return Self.some(content.checkInCode)
    case .counter: return Self.some(content.counter)
    case .url: return Self.some(content.url)
    case .qr: return Self.some(content.qrText)
    case .notes: return Self.some(content.notes.joined(separator: "\n"))
    case .reprint: return content.isReprint ? TicketWording.of(language.code).reprint : nil
    }
  }

  private static func some(_ text: String) -> String? { text.isEmpty ? nil : text }
}

/// A text with variables in braces; `{{` and `}}` are braces themselves.
struct Phrase: Hashable {
  enum Piece: Hashable {
    case text(String)
    case variable(Variable)
  }

  enum Mistake: Error, Hashable {
    case unknownVariable(String)
    case openBrace
    case closingBrace
  }

  /// Pieces of each line.
  private(set) var lines: [[Piece]] = [[]]
  static let name_max = 32

  init(parsing text: String) throws(Mistake) {
    var rest = Array(text.unicodeScalars)[...]
    var literal = String.UnicodeScalarView()
    func flush(_ lines: inout [[Piece]]) {
      if !literal.isEmpty { lines[lines.count - 1].append(.text(String(literal))) }
      literal = String.UnicodeScalarView()
    }
    while let scalar = rest.popFirst() {
      switch scalar {
      case "{" where rest.first == "{", "}" where rest.first == "}":
        literal.append(scalar)
        rest.removeFirst()
      case "{":
        guard let end = rest.firstIndex(of: "}") else { throw .openBrace }
        let name = String(String.UnicodeScalarView(rest[..<end].prefix(Self.name_max)))
        guard let variable = Variable(rawValue: name) else { throw .unknownVariable(name) }
        flush(&lines)
        lines[lines.count - 1].append(.variable(variable))
        rest = rest[(end + 1)...]
      case "}": throw .closingBrace
      case "\n":
        flush(&lines)
        lines.append([])
      default: literal.append(scalar)
      }
    }
    flush(&lines)
  }

  func names(_ variable: Variable) -> Bool { lines.joined().contains(.variable(variable)) }

  /// Without variables; nil if it has some.
  var constant: String? {
    var texts: [String] = []
    for line in lines {
      var text = ""
      for piece in line {
        guard case .text(let part) = piece else { return nil }
        text += part
      }
      texts.append(text)
    }
    return texts.joined(separator: "\n")
  }

  /// A line that names what this ticket does not have is left out; nil when none is left.
  func text(_ content: TicketContent, _ language: Language) -> String? {
    if lines.count == 1 { return line(lines[0], content, language) }
    let texts = lines.compactMap { line($0, content, language) }
    return texts.isEmpty ? nil : texts.joined(separator: "\n")
  }

  private func line(
    _ pieces: [Piece], _ content: TicketContent, _ language: Language
  ) -> String? {
    var text = ""
    for piece in pieces {
      switch piece {
      case .text(let part): text += part
      case .variable(let variable):
        guard let value = variable.value(content, language) else { return nil }
        text += value
      }
    }
    return text
  }
}
