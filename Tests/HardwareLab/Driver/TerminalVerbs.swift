/// The verbs of `TerminalAction`.
enum TerminalVerbs {
  static let names: Set = ["rebind", "swap", "scan", "book", "freeze", "thaw", "count"]
  static let codes_max = 9999

  static func parse(_ verb: String, _ words: inout Words) throws(LabError) -> TerminalAction {
    switch verb {
    case "rebind": return .rebind(try words.box())
    case "swap": return .swap(try words.box(), try words.box())
    case "scan": return try scan(&words)
    case "book": return .book(code: try words.take("code"), service: try words.take("service"))
    case "freeze": return .freeze(try words.choice("program"), true)
    case "thaw": return .freeze(try words.choice("program"), false)
    default:
      try words.need("files")
      return .countFiles(try words.choice("program"))
    }
  }

  /// `scan SCANNER CODE [as LAYOUT] [by keypad]`, `scan SCANNER half CODE`,
  /// `scan SCANNER 500 codes PREFIX over 60s`.
  private static func scan(_ words: inout Words) throws(LabError) -> TerminalAction {
    let scanner = try words.scanner()
    let isHalf = words.takes("half")
    let first = try words.take("code")
    if let count = Int(first), words.takes("codes") {
      guard (1...codes_max).contains(count) else { throw LabError("1 to \(codes_max) codes") }
      let prefix = try words.take("prefix")
      try words.need("over")
      return .scanMany(
        scanner: scanner, prefix: prefix, count: count, span_ms: try words.span_ms("time"))
    }
    var scanning = Scanning(scanner: scanner, code: first)
    if words.takes("as") { scanning.layout = try words.choice("layout") }
    if words.takes("by") {
      try words.need("keypad")
      scanning.isByKeypad = true
    }
    return isHalf ? .scanHalf(scanning) : .scan(scanning)
  }
}

extension Words {
  mutating func scanner() throws(LabError) -> String {
    let word = try box()
    guard LabDevice.all.contains(where: { $0.name == word && $0.layout != nil }) else {
      throw LabError("\(word) is no scanner")
    }
    return word
  }
}
