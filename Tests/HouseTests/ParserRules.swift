/// Every parser is fuzzed: what `Tests/Fuzz/PARSERS.md` says is held against the sources.
enum ParserRules {
  static let table = "Tests/Fuzz/PARSERS.md"

  /// A row: a target, and the files of its parsers.
  struct Row: Equatable {
    let line: Int
    let target: String
    let files: [String]
  }

  /// Rows of the table, `| `target` | `file` `file` |`.
  static func rows(of text: String) -> [Row] {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().compactMap {
      index, line in
      let cells = line.split(separator: "|").map { quoted($0) }
      guard line.hasPrefix("| `"), cells.count == 2, let target = cells[0].first else { return nil }
      return Row(line: index + 1, target: target, files: cells[1])
    }
  }

  /// What stands in backquotes.
  private static func quoted(_ cell: Substring) -> [String] {
    cell.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .filter { $0.offset % 2 == 1 }.map { String($0.element) }
  }

  /// The first line of a file that declares something which takes text or bytes from outside: an
  /// initialiser that can refuse what it gets, a decoder that is fed, `parse…`, `read…`.
  static func declaration(in file: HouseFile) -> Int? {
    let declared = [
      #/init\??\((parsing|onWire|record) /#,
      #/init\?\((?:_ [a-z]+|bytes|line|text): (some|\[UInt8\]|String\b|UnsafeRaw|Substring)/#,
      #/init(\(_ line: Line\))/#, #/func (feed\(_|parse[A-Za-z]*\()/#,
    ]
    let lines = file.text.lines
    return lines.indices.first { index in
      let line = lines[index].drop { $0 == " " }
      guard !line.hasPrefix("//") else { return false }
      if line.hasPrefix("try self.init") { return false }
      if declared.contains(where: { line.contains($0) }) { return true }
      let next = index + 1 < lines.count ? lines[index + 1] : ""
      return line.contains(#/static func (read|decode)[A-Za-z]*\(/#)
        && (line + next).contains(#/\[UInt8\]|UnsafeRaw/#)
    }.map { $0 + 1 }
  }

  static func check(
    _ rows: [Row], targets: Set<String>, sources: [HouseFile], exists: (String) -> Bool
  ) -> [Finding] {
    let covered = Set(rows.flatMap(\.files))
    let missing = sources.filter { !covered.contains($0.path) }.compactMap { file in
      declaration(in: file).map { file.finding($0, "a parser that stands in no row of \(table)") }
    }
    let wrongRows = rows.flatMap { row -> [Finding] in
      let files = row.files.filter { !exists($0) }.map { "\($0) does not exist" }
      let target = targets.contains(row.target) ? [] : ["there is no target \(row.target)"]
      return (files + target).map { Finding(file: table, line: row.line, text: $0) }
    }
    let wrongTargets = targets.sorted().flatMap { target -> [Finding] in
      let hasRow = rows.contains { $0.target == target }
      let hasCorpus = exists("Tests/Fuzz/Corpus/" + target)
      return (hasRow ? [] : ["the target \(target) has no row"])
        .map { Finding(file: table, line: 0, text: $0) }
        + (hasCorpus ? [] : [Finding(file: table, line: 0, text: "\(target) has no kept inputs")])
    }
    return missing + wrongRows + wrongTargets
  }

  /// Names of the targets, as `Tests/fuzz` finds them.
  static func targets(in files: [HouseFile]) -> Set<String> {
    var names: Set<String> = []
    for file in files where file.path.hasPrefix("Tests/Fuzz/") {
      for line in file.text.lines {
        if let match = line.firstMatch(of: #/FuzzTarget\(name: "([a-z-]+)"\)/#) {
          names.insert(String(match.1))
        }
      }
    }
    return names
  }
}
