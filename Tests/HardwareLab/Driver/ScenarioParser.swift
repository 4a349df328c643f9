/// Reads a scenario file. A mistake in the last line is told before the guest starts.
struct ScenarioParser {
  static func parse(_ text: String, name: String) throws(LabError) -> Scenario {
    var scenario = Scenario(name: name)
    let written = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    for (index, line) in try ScenarioLoops.expanded(written, name: name) {
      do throws(LabError) {
        var words = try Words(line)
        guard !words.isEmpty else { continue }
        if scenario.steps.isEmpty, try setting(&words, of: &scenario) { continue }
        let step = try action(&words)
        guard words.isEmpty else { throw LabError("'\(words.next ?? "")' is too much") }
        let trimmed = line.split(separator: " ").joined(separator: " ")
        scenario.steps.append(Step(line: index + 1, text: trimmed, action: step))
      } catch { throw LabError("\(name).scenario:\(index + 1): \(error)") }
    }
    guard !scenario.steps.isEmpty else { throw LabError("\(name).scenario: it does nothing") }
    return scenario
  }

  /// Settings stand before the first step.
  private static func setting(
    _ words: inout Words, of scenario: inout Scenario
  ) throws(LabError) -> Bool {
    if words.takes("about") {
      scenario.about = try words.takeRest("a sentence")
    } else if words.takes("limit") {
      scenario.limit_ms = try words.span_ms("time")
    } else if words.takes("branch") {
      scenario.branch = try words.choice("branch")
    } else if words.takes("disk") {
      try words.need("logged")
      scenario.hasLoggedDisk = true
    } else {
      return false
    }
    return true
  }

  private static func action(_ words: inout Words) throws(LabError) -> Action {
    let verb = try words.take("verb")
    switch verb {
    case "press": return .press(box: try words.box(), key: try words.key())
    case "hold": return .hold(box: try words.box(), key: try words.key())
    case "release": return .release(box: try words.box())
    case "plug": return .plug(try words.device())
    case "unplug": return .unplug(try words.device())
    case "renumber": return .renumber(try words.numbered())
    case "paper":
      let printer = try words.device(.printer)
      return .paper(printer: printer, out: try words.choice("paper", Paper.self) == .out)
    case "start": return .start(try words.choice("program"))
    case "kill": return .kill(try words.choice("program"))
    case "stop": return .stop(try words.choice("program"))
    case "printer":
      let printer = try words.device(.printer)
      return .stall(printer: printer, try words.choice("state", Taking.self) == .stalls)
    case "wait": return .wait(ms: try words.span_ms("time"))
    case "when": return try trap(&words)
    case "host": return .host(try hostAction(&words))
    case "tool": return try tool(&words)
    case "expect": return .expect(try ExpectationParser.parse(&words))
    case _ where TerminalVerbs.names.contains(verb):
      return .terminal(try TerminalVerbs.parse(verb, &words))
    default: throw LabError("no verb is called '\(verb)'; LAB.md lists them")
    }
  }

  /// `tool exit 1 doctor --config FILE`.
  private static func tool(_ words: inout Words) throws(LabError) -> Action {
    try words.need("exit")
    let code = try words.number("exit code")
    var arguments = [try words.take("command of kioskd")]
    while !words.isEmpty { arguments.append(try words.take("argument")) }
    return .tool(exit: code, arguments)
  }

  private enum Taking: String, CaseIterable { case stalls, works }

  private enum Paper: String, CaseIterable { case out, ok }

  /// `when DEVICE got 120 bytes pull`, of a printer also `… stall`, `… kill kioskd`, `… paper out`.
  private static func trap(_ words: inout Words) throws(LabError) -> Action {
    let device = try words.device()
    let kind = LabDevice.all.first { $0.name == device }?.kind
    guard kind != .box else { throw LabError("a box gets no bytes") }
    try words.need("got")
    let bytes = try words.number("number of bytes")
    guard bytes > 0 else { throw LabError("a trap springs after 1 byte at least") }
    try words.need("bytes")
    if words.takes("pull") { return .trap(device: device, bytes: bytes, .pull) }
    guard kind == .printer else { throw LabError("a sign can only be pulled") }
    if words.takes("stall") { return .trap(device: device, bytes: bytes, .stall) }
    if words.takes("paper") {
      try words.need("out")
      return .trap(device: device, bytes: bytes, .paperOut)
    }
    try words.need("kill")
    return .trap(device: device, bytes: bytes, .kill(try words.choice("program")))
  }

  private static func hostAction(_ words: inout Words) throws(LabError) -> HostAction {
    let verb = try words.take("verb")
    switch verb {
    case "listen": return .listen(box: try words.box())
    case "print":
      return .print(printer: try words.device(.printer), text: try words.takeRest("text"))
    case "show": return .show(sign: try words.device(.sign), text: try words.takeRest("text"))
    case "light": return .light(box: try words.box(), try words.choice("lamp"))
    default: throw LabError("the host does not '\(verb)'; it can listen, light, print, show")
    }
  }
}

extension Words {
  mutating func device(_ kind: LabDevice.Kind? = nil) throws(LabError) -> String {
    let word = try take("device")
    let known = LabDevice.all.filter { kind == nil || $0.kind == kind }
    guard known.contains(where: { $0.name == word }) else {
      let names = known.map(\.name).joined(separator: ", ")
      throw LabError(
        "no \(kind.map(\.rawValue) ?? "device") is called '\(word)'; there are: \(names)")
    }
    return word
  }

  /// What can come back as another eventN or ttyUSBN.
  mutating func numbered() throws(LabError) -> String {
    let name = try device()
    let device = LabDevice.all.first { $0.name == name }
    guard device?.kind == .box || device?.isAdapter == true else {
      throw LabError("\(name) gets no other number; boxes and FTDI adapters do")
    }
    return name
  }

  mutating func adapter() throws(LabError) -> String {
    let name = try device(.sign)
    guard LabDevice.all.contains(where: { $0.name == name && $0.isAdapter }) else {
      throw LabError("\(name) hangs on no FTDI adapter")
    }
    return name
  }

  mutating func box() throws(LabError) -> String { try device(.box) }

  mutating func key() throws(LabError) -> String {
    let word = try take("key")
    guard KeyUsages.usage(of: word) != nil else { throw LabError("no key is called '\(word)'") }
    return word
  }
}
