/// Rules for every text of the repository, and for its top level.
enum TextRules {
  /// Put together here, so that this file does not break its own rule.
  static let unfinished = ["TO" + "DO", "FIX" + "ME", "XX" + "X", "HA" + "CK"]
  static let unfinishedPhrases = ["not " + "implemented", "under " + "construction"]

  static func checkWords(_ path: String, _ text: String) -> [Finding] {
    text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().flatMap {
      index, line in
      let words = Set(line.split { !($0.isLetter || $0 == "_") }.map(String.init))
      let low = line.lowercased()
      return
        (unfinished.filter(words.contains) + unfinishedPhrases.filter { low.contains($0) })
        .map { Finding(file: path, line: index + 1, text: "'\($0)': finish it or file it") }
    }
  }

  static let topLevel: Set = [
    "Package.swift", "Sources", "Tests", "Devices", "Systemd", "README.md",
  ]

  /// Names at the top of the repository; dot-files are free.
  static func checkTopLevel(_ names: Set<String>) -> [Finding] {
    let visible = names.filter { !$0.hasPrefix(".") }
    return visible.subtracting(topLevel).sorted().map {
      Finding(file: $0, line: 0, text: "does not belong at the top level")
    }
      + topLevel.subtracting(visible).sorted().map {
        Finding(file: $0, line: 0, text: "is missing at the top level")
      }
  }

  /// Links of a Markdown page to files; `exists` gets paths from the top of the repository.
  static func checkLinks(_ path: String, _ text: String, exists: (String) -> Bool) -> [Finding] {
    var findings: [Finding] = []
    var isCode = false
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      if line.drop(while: { $0 == " " }).hasPrefix("```") { isCode.toggle() }
      if isCode { continue }
      for target in links(in: line) where !isElsewhere(target) {
        let file = target.prefix { $0 != "#" }
        if !exists(resolve(String(file), from: path)) {
          findings.append(
            Finding(file: path, line: index + 1, text: "link to '\(target)', which does not exist"))
        }
      }
    }
    return findings
  }

  private static func isElsewhere(_ target: String) -> Bool {
    ["https://", "http://", "mailto:", "#"].contains { target.hasPrefix($0) }
  }

  /// `[text](target)`, outside of `code`.
  static func links(in line: Substring) -> [String] {
    let prose = line.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .map { $0.offset % 2 == 0 ? String($0.element) : "code" }.joined()
    return prose.split(separator: "](", omittingEmptySubsequences: false).dropFirst().compactMap {
      $0.firstIndex(of: ")").map { [part = $0] end in String(part[..<end]) }
    }
  }

  /// A path relative to a file, from the top of the repository.
  static func resolve(_ target: String, from file: String) -> String {
    var parts = target.hasPrefix("/") ? [] : file.split(separator: "/").dropLast().map(String.init)
    for part in target.split(separator: "/") where part != "." {
      if part == ".." && !parts.isEmpty { parts.removeLast() } else { parts.append(String(part)) }
    }
    return parts.joined(separator: "/")
  }
}
