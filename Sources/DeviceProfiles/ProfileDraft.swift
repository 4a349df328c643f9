/// A profile as it is written: facts with their sources, and remarks about what is not known.
struct ProfileDraft {
  private static let lineLength_max = 98

  private let source: String
  private var lines: [String] = []
  private var sources: [(key: String, text: String)] = []
  private var indent = ""

  /// - Parameter source: where facts come from that have no source of their own.
  init(source: String) { self.source = source }

  mutating func open(kind: ProfileKind = .printer, name: String, vendor: String?) {
    lines.append("{")
    indent = "  "
    put("\"kind\": \"\(kind.rawValue)\"")
    put("\"name\": \(Self.quoted(name))")
    put("\"vendor\": \(vendor.map(Self.quoted) ?? "null")")
  }

  /// A comment, wrapped by words.
  mutating func remark(_ text: String) {
    var line = indent + "//"
    for word in Self.printable(text).split(separator: " ") {
      if line.count + 1 + word.count > Self.lineLength_max, !line.hasSuffix("//") {
        lines.append(line)
        line = indent + "//"
      }
      line += " " + word
    }
    lines.append(line)
  }

  /// - Parameter part: of the entry, where the fact stands.
  mutating func fact(_ key: String, _ value: String, from part: String) {
    fact(key, value, source: "\(source), \(part)")
  }

  mutating func fact(_ key: String, _ value: String, source: String) {
    put("\"\(key)\": \(value)")
    sources.append((key, source))
  }

  /// An object with a line for each member.
  mutating func table(_ key: String, _ members: [String], from part: String) {
    lines.append(indent + "\"\(key)\": {")
    lines += members.map { indent + "  \($0)," }
    lines.append(indent + "},")
    sources.append((key, "\(source), \(part)"))
  }

  /// An object of many members.
  mutating func list(_ key: String, _ members: [String], from part: String) {
    lines.append(indent + "\"\(key)\": {")
    var line = indent + " "
    for member in members {
      if line.count + 2 + member.count > Self.lineLength_max {
        lines.append(line)
        line = indent + " "
      }
      line += " \(member),"
    }
    lines += [line, indent + "},"]
    sources.append((key, "\(source), \(part)"))
  }

  var text: String {
    let sources = sources.map { "    \(Self.quoted($0.key)): \(Self.quoted($0.text))," }
    return (lines + ["  \"sources\": {"] + sources + ["  },", "}", ""]).joined(separator: "\n")
  }

  private mutating func put(_ member: String) { lines.append("\(indent)\(member),") }

  /// A JSON string (RFC 8259, 7). There are no control characters in it: the reader saw to that.
  static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { quoted += "\\" }
      quoted.unicodeScalars.append(scalar)
    }
    return quoted + "\""
  }

  /// A comment ends where its line does.
  private static func printable(_ text: String) -> String {
    var clean = ""
    for scalar in text.unicodeScalars {
      let isBreak = scalar.properties.generalCategory == .control
      clean.unicodeScalars.append(isBreak ? " " : scalar)
    }
    return clean
  }
}
