import Branch

/// A terminal: what its keys mean is in the plan; here is which lamp is lit until when.
struct TerminalMachine {
  /// How long a lamp answers a press.
  static let lampTime: Span = .seconds(2)

  let plan: TerminalPlan
  var isPresent = false
  private var litUntil: [Lamp: MonotonicTime] = [:]

  init(plan: TerminalPlan) { self.plan = plan }

  mutating func lit(_ lamp: Lamp, now: MonotonicTime) { litUntil[lamp] = now + Self.lampTime }

  mutating func timePassed(now: MonotonicTime) -> [Lamp] {
    let over = Lamp.allCases.filter { litUntil[$0].map { $0 <= now } ?? false }
    for lamp in over { litUntil.removeValue(forKey: lamp) }
    return over
  }

  var nextDeadline: MonotonicTime? { litUntil.values.min() }
}

/// Coming, going and complaining of devices.
extension BranchCore {
  /// Bytes of texts from devices and spoolers that go into facts, so that a fact fits a line.
  static let identity_bytes_max = 240
  static let reason_bytes_max = 64

  mutating func terminalOpened(_ id: TerminalID, _ identity: String, _ now: Now) {
    guard terminals[id]?.isPresent == false else { return }
    terminals[id]?.isPresent = true
    deviceFound(id.text, identity, now)
  }

  mutating func terminalLost(_ id: TerminalID, _ problem: Problem, _ now: Now) {
    guard terminals[id] != nil else { return }
    let was = terminals[id]?.isPresent ?? false
    terminals[id]?.isPresent = false
    deviceLost(id.text, problem, wasPresent: was, now)
  }

  mutating func signOpened(_ id: SignID, _ now: Now) {
    guard let sign = signs[id] else { return }
    if !sign.isOpen { deviceFound(id.text, "", now) }
    show(signs[id]?.opened(now: now) ?? nil, on: id)
  }

  mutating func signLost(_ id: SignID, _ problem: Problem, _ now: Now) {
    guard let sign = signs[id] else { return }
    let wasWell = failedSigns.remove(id) == nil
    deviceLost(id.text, problem, wasPresent: sign.isOpen && wasWell, now)
    signs[id]?.lost()
  }

  /// It goes on being sent what it should show, in case it sees it all the same.
  mutating func signFailed(_ id: SignID, _ problem: Problem, _ now: Now) {
    guard signs[id] != nil else { return }
    let wasWell = failedSigns.insert(id).inserted
    deviceLost(id.text, problem, wasPresent: wasWell, now)
  }

  mutating func signRecovered(_ id: SignID, _ now: Now) {
    guard failedSigns.remove(id) != nil else { return }
    deviceFound(id.text, "", now)
  }

  mutating func deviceFound(_ device: String, _ identity: String, _ now: Now) {
    var fact = Fact(.deviceFound, at: now.wall)
    fact.device = device
    if !identity.isEmpty {
      fact.more = [Field("identity", identity.cut(toBytes: Self.identity_bytes_max))]
    }
    record(fact)
    log(.notice, "\(device): there\(identity.isEmpty ? "" : " (\(identity))")")
  }

  mutating func deviceLost(_ device: String, _ problem: Problem, wasPresent: Bool, _ now: Now) {
    if wasPresent {
      var fact = Fact(.deviceLost, at: now.wall)
      fact.device = device
      fact.reason = problem.code.cut(toBytes: Self.reason_bytes_max)
      record(fact)
    }
    log(.warning, "\(device): \(problem)")
  }

  /// Lights a lamp for a moment: the answer that a finger can see.
  mutating func signal(_ terminal: TerminalID, _ lamp: Lamp, _ now: Now) {
    guard terminals[terminal]?.isPresent == true else { return }
    terminals[terminal]?.lit(lamp, now: now.monotonic)
    output.effects.append(.light(terminal, lamp, on: true))
  }
}

extension String {
  /// The first bytes of it, cut between characters.
  func cut(toBytes bytes_max: Int) -> String {
    var bytes = 0
    return String(
      prefix {
        bytes += $0.utf8.count
        return bytes <= bytes_max
      })
  }
}
