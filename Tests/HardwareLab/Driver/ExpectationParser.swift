/// `expect [within TIME | for TIME] CONDITION`.
enum ExpectationParser {
  static let patience_ms_default: Int64 = 10_000
  static let idleWindow_ms_default: Int64 = 3000
  /// TCG makes everything some ten times slower than a real box; a loop without a pause would
  /// take the whole window all the same.
  static let idleCPU_ms_default: Int64 = 150

  static func parse(_ words: inout Words) throws(LabError) -> Expectation {
    var patience = Expectation.Patience.within(ms: patience_ms_default)
    if words.takes("within") {
      patience = .within(ms: try words.span_ms("time"))
    } else if words.takes("for") {
      patience = .throughout(ms: try words.span_ms("time"))
    }
    return Expectation(patience: patience, condition: try condition(&words))
  }

  private static func condition(_ words: inout Words) throws(LabError) -> Condition {
    let word = try words.take("condition")
    switch word {
    case "facts": return try facts(&words)
    case "sign":
      let sign = try words.device(.sign)
      if words.takes("dark") { return .sign(sign, shows: "") }
      if words.takes("torn") { return .torn(sign: sign) }
      try words.need("shows")
      return .sign(sign, shows: try words.takeRest("text"))
    case "line": return .line(sign: try words.adapter(), try words.takeRest("baud and format"))
    case "printer":
      let printer = try words.device(.printer)
      if words.takes("got") { return try bytes(of: printer, &words) }
      try words.need("printed")
      return .printed(printer: printer, try words.comparison("number of tickets"))
    case "ticket": return try ticket(&words)
    case "each-once": return .eachOnce
    case "no-gaps": return .noGaps
    case "paper-agrees": return .paperAgrees
    case "no-faults": return .noFaults
    case "trap-sprung": return .sprung
    case "idle": return try idle(&words)
    case "plugged": return .plugged(try words.device(), true)
    case "unplugged": return .plugged(try words.device(), false)
    case "heard":
      let box = try words.box()
      return .heard(
        box: box, key: try words.key(), down: try words.choice("change", Change.self) == .down)
    case "tool":
      try words.need("said")
      return .toolSaid(try words.takeRest("text"))
    case "beep": return .beep(box: try words.box(), try words.choice("pitch"))
    case "lamp": return .lamp(box: try words.box(), try words.choice("lamp"))
    case "grabbed": return .grabbed(box: try words.box(), true)
    case "ungrabbed": return .grabbed(box: try words.box(), false)
    case "lit": return .lit(box: try words.box(), try words.choice("lamp"), true)
    case "dark": return .lit(box: try words.box(), try words.choice("lamp"), false)
    case "codes":
      let scanner = try words.scanner()
      try words.need("in-order")
      return .codesInOrder(scanner: scanner)
    default: return try program(word, &words)
    }
  }

  private enum Change: String, CaseIterable { case down, up }

  /// `hub running`, `kioskd ended exit 0`, `kioskd holds kiosk`, `kioskd log TEXT`.
  private static func program(
    _ word: String, _ words: inout Words
  ) throws(LabError) -> Condition {
    guard let program = ProgramName(rawValue: word) else {
      throw LabError("no condition is called '\(word)'; LAB.md lists them")
    }
    if words.takes("running") { return .running(program) }
    if words.takes("ended") { return .ended(program, try words.takeRest("ending")) }
    if words.takes("same-files") { return .sameFiles(program) }
    if words.takes("holds") { return .holds(program, device: try words.device()) }
    try words.need("log")
    return .log(program, contains: try words.takeRest("text"))
  }

  /// `facts KIND count N where ticket=A001 counter=1`.
  private static func facts(_ words: inout Words) throws(LabError) -> Condition {
    let kind = try words.take("kind of fact")
    try words.need("count")
    let count = try words.comparison("number of facts")
    var fields: [Field] = []
    if words.takes("where") {
      repeat {
        let pair = try words.take("key=value").split(separator: "=", maxSplits: 1)
        guard pair.count == 2 else { throw LabError("'\(pair.joined())' is not key=value") }
        fields.append(Field(key: String(pair[0]), value: String(pair[1])))
      } while !words.isEmpty
    }
    return .facts(kind: kind, count, fields: fields)
  }

  /// `ticket A001 printed-once`, `not-printed`, `printed-at-most-once`.
  private static func ticket(_ words: inout Words) throws(LabError) -> Condition {
    let number = try words.take("ticket number")
    let how = try words.take("how often it is printed")
    let comparison: Comparison? =
      switch how {
      case "printed-once": Comparison(relation: .exactly, number: 1)
      case "not-printed": Comparison(relation: .exactly, number: 0)
      case "printed-at-most-once": Comparison(relation: .atMost, number: 1)
      default: nil
      }
    guard let comparison else {
      throw LabError("a ticket is printed-once, not-printed or printed-at-most-once, not '\(how)'")
    }
    return .ticket(number, comparison)
  }

  private static func bytes(
    of device: String, _ words: inout Words
  ) throws(LabError) -> Condition {
    let count = try words.comparison("number of bytes")
    try words.need("bytes")
    return .bytes(device: device, count)
  }

  /// `idle kioskd [over 3s] [below 150ms]`.
  private static func idle(_ words: inout Words) throws(LabError) -> Condition {
    let program: ProgramName = try words.choice("program")
    let window = words.takes("over") ? try words.span_ms("time") : idleWindow_ms_default
    let limit = words.takes("below") ? try words.span_ms("time") : idleCPU_ms_default
    return .idle(program, window_ms: window, cpu_ms_max: limit)
  }
}
