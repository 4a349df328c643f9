/// `for NAME in WORD …`, lines, `done`: the lines once for each word, with `$NAME` replaced by it;
/// `1..200` stands for the numbers from 1 to 200.
/// Loops do not nest: a scenario that needs it would not be understood by those who read it.
enum ScenarioLoops {
  static let lines_max = 10_000

  /// The lines as they are walked through, each with its index in the file.
  static func expanded(
    _ lines: [String], name: String
  ) throws(LabError) -> [(index: Int, line: String)] {
    var result: [(index: Int, line: String)] = []
    var loop: (variable: String, words: [String], body: [(index: Int, line: String)])?
    for (index, line) in lines.enumerated() {
      func mistake(_ text: String) -> LabError {
        LabError("\(name).scenario:\(index + 1): \(text)")
      }
      let words = line.split(separator: " ").prefix { !$0.hasPrefix("#") }.map(String.init)
      switch words.first {
      case "for" where words.count > 1 && words[1] != "in":
        guard loop == nil else { throw mistake("a loop stands within a loop") }
        guard words.count > 3, words[2] == "in" else {
          throw mistake("a loop is written 'for NAME in WORD …'")
        }
        loop = (words[1], words[3...].flatMap(meant), [])
      case "done":
        guard let ended = loop else { throw mistake("'done' without a loop") }
        for word in ended.words {
          result += ended.body.map {
            (
              $0.index,
              $0.line.split(separator: "$" + ended.variable, omittingEmptySubsequences: false)
                .joined(separator: word)
            )
          }
        }
        loop = nil
      default:
        if loop == nil { result.append((index, line)) } else { loop?.body.append((index, line)) }
      }
      guard result.count <= lines_max else { throw mistake("more than \(lines_max) lines") }
    }
    guard loop == nil else { throw LabError("\(name).scenario: a loop is not ended by 'done'") }
    return result
  }

  private static func meant(_ word: String) -> [String] {
    let ends = word.split(separator: "..", omittingEmptySubsequences: false).map { Int($0) }
    guard ends.count == 2, let first = ends[0], let last = ends[1], first <= last,
      last - first < lines_max
    else { return [word] }
    return (first...last).map { String($0) }
  }
}
