import Branch

/// How a language writes days and times.
struct Language: Hashable, Sendable {
  /// BCP 47: `de`, `en-US`.
  var code: String
  /// January first, as they stand within a date.
  var months: [String]
  /// Monday first.
  var weekdays: [String]
  /// Patterns in the letters of CLDR (Unicode Technical Standard 35, part 4, 8): d, M, y, E, H, h,
  /// m, a; what stands between apostrophes is meant as it is.
  var date: String
  var longDate: String
  var time: String

  static let months_count = 12
  static let weekdays_count = 7

  /// The language, or the same without its region; nil for one that is not built in.
  static func builtIn(_ code: String) -> Language? {
    let primary = code.split(separator: "-").first.map(String.init) ?? code
    guard var language = LanguageTable.all[code] ?? LanguageTable.all[primary] else { return nil }
    language.code = code
    return language
  }

  static func isCode(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return (1...3).contains(parts.count) && (2...3).contains(parts[0].utf8.count)
      && parts.allSatisfy { part in
        (2...8).contains(part.utf8.count)
          && part.utf8.allSatisfy { (48...57).contains($0) || (97...122).contains($0 | 0x20) }
      }
  }

  /// The letters of a pattern that mean something.
  static func isPattern(_ text: String) -> Bool {
    var isQuoted = false
    for run in runs(text) {
      if run.letter == "'" {
        isQuoted.toggle()
      } else if !isQuoted, run.letter.properties.isAlphabetic, run.letter.isASCII,
        !"dMyEHhma".unicodeScalars.contains(run.letter)
      {
        return false
      }
    }
    return !isQuoted
  }

  /// The pattern filled in.
  func text(_ pattern: String, _ time: LocalTime) -> String {
    var text = ""
    var isQuoted = false
    for run in Self.runs(pattern) {
      if run.letter == "'" {
        isQuoted.toggle()
      } else if isQuoted {
        text += String(repeating: String(run.letter), count: run.count)
      } else {
        text += field(run.letter, run.count, time)
      }
    }
    return text
  }

  private func field(_ letter: Unicode.Scalar, _ count: Int, _ time: LocalTime) -> String {
    let hour = Int(time.msOfDay / 3_600_000)
    switch letter {
    case "d": return padded(time.day.day, to: count)
    case "M": return count > 2 ? months[time.day.month - 1] : padded(time.day.month, to: count)
    case "y": return count == 2 ? padded(time.day.year % 100, to: 2) : String(time.day.year)
    // 1 January 1970 was a Thursday.
    case "E": return weekdays[Int((time.day.daysSince1970 % 7 + 10) % 7)]
    case "H": return padded(hour, to: count)
    case "h": return padded((hour + 11) % 12 + 1, to: count)
    case "m": return padded(Int(time.msOfDay / 60_000 % 60), to: count)
    case "a": return hour < 12 ? "AM" : "PM"
    default: return String(repeating: String(letter), count: count)
    }
  }

  /// Equal letters in a row; apostrophes one by one.
  private static func runs(_ text: String) -> [(letter: Unicode.Scalar, count: Int)] {
    var runs: [(letter: Unicode.Scalar, count: Int)] = []
    for scalar in text.unicodeScalars {
      if let last = runs.last, last.letter == scalar, scalar != "'" {
        runs[runs.count - 1].count += 1
      } else {
        runs.append((scalar, 1))
      }
    }
    return runs
  }
}
