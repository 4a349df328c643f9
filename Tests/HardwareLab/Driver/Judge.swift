import Glibc

/// What a look at the world said about a condition.
enum Verdict {
  case holds
  /// Not (yet); what was seen instead.
  case fails(String)

  init(_ holds: Bool, _ seen: @autoclosure () -> String) {
    self = holds ? .holds : .fails(seen())
  }
}

/// Decides whether expectations come true.
struct Judge {
  let world: World

  /// Looking at facts starts a process; more often would only load the guest.
  static let look_ms: Int64 = 100

  func demand(_ expectation: Expectation) throws(LabError) {
    switch expectation.patience {
    case .within(let span_ms): try wait(for: expectation.condition, span_ms)
    case .throughout(let span_ms): try watch(expectation.condition, span_ms)
    }
  }

  private func wait(for condition: Condition, _ span_ms: Int64) throws(LabError) {
    let end = monotonic_ms() + span_ms
    while true {
      guard case .fails(let seen) = try look(at: condition) else { return }
      guard monotonic_ms() < end else { throw LabError("not within \(span_ms) ms: \(seen)") }
      try world.pump.run(for: Self.look_ms)
    }
  }

  private func watch(_ condition: Condition, _ span_ms: Int64) throws(LabError) {
    let start = monotonic_ms()
    repeat {
      if case .fails(let seen) = try look(at: condition) {
        throw LabError("after \(monotonic_ms() - start) ms: \(seen)")
      }
      try world.pump.run(for: Self.look_ms)
    } while monotonic_ms() < start + span_ms
  }

  private func look(at condition: Condition) throws(LabError) -> Verdict {
    switch condition {
    case .facts(let kind, let count, let fields): return try count_facts(kind, count, fields)
    case .eachOnce: return FactRules.eachOnce(try world.facts())
    case .noGaps: return FactRules.noGaps(try world.facts())
    case .paperAgrees: return FactRules.paperAgrees(try world.facts(), paper: paper)
    case .sign(let sign, let text): return try face(of: sign, shows: text)
    case .torn(let sign):
      return Verdict(
        world.signs[sign]?.wasTorn ?? false, "\(sign) was not pulled within a frame")
    case .line(let sign, let settings):
      let told = (try world.cable(sign) as? Adapter)?.settings ?? ""
      return Verdict(told == settings, "the adapter was told \(told)")
    case .printed(let printer, let count): return try tickets(of: printer, count)
    case .ticket(let number, let count): return ticket(number, count)
    case .bytes(let device, let count): return bytes(of: device, count)
    case .plugged(let device, let isPlugged):
      let cable = try world.cable(device)
      return Verdict(cable.isPlugged == isPlugged, "the host sees \(cable.nodes)")
    case .noFaults: return noFaults
    case .sprung: return Verdict(try world.allTrapsSprung(), "the trap has not sprung")
    case .toolSaid(let text):
      return Verdict(world.toolSaid.contains(text), "it said: \(world.toolSaid)")
    case .heard(let box, let key, let down): return heard(box, key, down)
    case .lamp(let box, let lamp):
      let seen = world.boxes[box]?.lampsSeen ?? []
      return Verdict(seen.contains(lamp), "lamps seen on \(box): \(seen)")
    case .beep(let box, let pitch):
      let heard = world.boxes[box]?.tonesHeard ?? []
      let isRight = heard.contains { $0 > 0 && ($0 > 800) == (pitch == .high) }
      return Verdict(isRight && heard.last == 0, "heard of \(box), in hertz: \(heard)")
    case .grabbed, .lit, .codesInOrder: return try TerminalJudge(world: world).look(at: condition)
    default: return try ProgramJudge(world: world).look(at: condition)
    }
  }

  /// All paper that ever came out.
  private var paper: [PaperTicket] { world.printers.values.flatMap(\.works.tickets) }

  private var noFaults: Verdict {
    let printers = world.printers.values.flatMap(\.works.faults)
    let faults = printers + world.signs.values.flatMap(\.faults)
    return Verdict(faults.isEmpty, "not understood: \(faults.prefix(5))")
  }

  private func count_facts(
    _ kind: String, _ count: Comparison, _ fields: [Field]
  ) throws(LabError) -> Verdict {
    let facts = try world.facts()
    let found = facts.count { $0.kind == kind && $0.has(fields) }
    let kinds = Dictionary(grouping: facts, by: \.kind).mapValues(\.count)
    let seen = kinds.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return Verdict(
      count.holds(for: found), "\(found) such facts, wanted \(count); there are: \(seen)")
  }

  private func face(of sign: String, shows text: String) throws(LabError) -> Verdict {
    guard let seen = world.signs[sign]?.faces[sign]?.text else {
      throw LabError("there is no sign \(sign)")
    }
    return Verdict(text.isEmpty ? seen.isEmpty : seen.contains(text), "the sign shows \"\(seen)\"")
  }

  private func tickets(of printer: String, _ count: Comparison) throws(LabError) -> Verdict {
    guard let printer = world.printers[printer] else { throw LabError("no printer \(printer)") }
    let cut = printer.works.tickets.count { $0.isCut }
    return Verdict(
      count.holds(for: cut), "\(cut) tickets came out after \(printer.received_bytes) bytes")
  }

  private func ticket(_ number: String, _ count: Comparison) -> Verdict {
    let found = paper.count { $0.isCut && $0.shows(number) }
    return Verdict(count.holds(for: found), "\(found) tickets show \(number)")
  }

  private func bytes(of device: String, _ count: Comparison) -> Verdict {
    let got = world.printers[device]?.received_bytes ?? 0
    return Verdict(count.holds(for: got), "\(device) got \(got) bytes")
  }

  private func heard(_ box: String, _ key: String, _ down: Bool) -> Verdict {
    let wanted = KeyUsages.eventCode(of: key).map { HostSide.Heard(code: $0, down: down) }
    let seen = world.host.heard
    return Verdict(wanted.map(seen.contains) ?? false, "heard from \(box): \(seen)")
  }
}
