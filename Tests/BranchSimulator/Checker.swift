import Branch
import PrinterEmulator
import QueueEngine
import QueueProtocol

/// What has to be true of the whole branch, after every step.
final class Checker {
  /// A clerk's request may take effect so long after the press, and a little for clocks that drift.
  static let request_ms_max: Int64 = 3_000 + 2_000

  private unowned let world: World
  private var lives: [String: LifeLog] = [:]
  private(set) var allLives: [LifeLog] = []
  let hub: HubView
  let ratings: RatingChecks
  /// Day and number to the fact that issued it.
  private var issuers: [String: (log: LifeLog, seq: Seq)] = [:]
  /// How often a number was issued, whatever the day.
  private var issuedCount: [String: Int] = [:]
  /// Pieces of paper with this number.
  private var printedCount: [String: Int] = [:]
  /// Tickets that came out whole, by the text of their symbol.
  private var printedWhole: [String: Int] = [:]
  /// The last word of the record about a ticket.
  private var ends: [String: FactKind] = [:]
  private(set) var ticketCount = 0
  private var ticketOfCode: [String: String] = [:]
  private(set) var checkInCount = 0
  private(set) var paperCount = 0
  /// The highest fact that the hub told a node to be safe.
  private var told: [String: Seq] = [:]

  init(world: World) {
    self.world = world
    hub = HubView()
    ratings = RatingChecks { [unowned world] in world.fail($0) }
    hub.fail = { [unowned world] in world.fail($0) }
    hub.life = { [unowned self] in lives[$0] }
    hub.copy = { [unowned self] in lives[$0 + World.copyLineage] }
  }

  static func key(_ node: NodeID, _ epoch: Epoch) -> String { "\(node.text) \(epoch)" }

  func life(_ node: NodeID, _ epoch: Epoch, _ lineage: String) -> LifeLog {
    if let log = lives[Self.key(node, epoch) + lineage] { return log }
    let log = LifeLog(node: node, epoch: epoch, lineage: lineage)
    add(log)
    return log
  }

  func add(_ log: LifeLog) {
    lives[Self.key(log.node, log.epoch) + log.lineage] = log
    allLives.append(log)
  }

  // MARK: numbers and paper

  func issued(_ fact: Fact, _ life: LifeLog, _ seq: Seq) {
    guard let ticket = fact.ticket, let day = fact.day else { return }
    let name = "\(day)/\(ticket)"
    if let other = issuers[name], other.log !== life || other.seq != seq {
      let both = [(other.log, other.seq), (life, seq)].map {
        "\($0.node)\($0.lineage) \($0.epoch) \($1)"
      }
      return world.fail("number \(name) is issued twice: \(both)")
    }
    issuers[name] = (life, seq)
    issuedCount[ticket.description, default: 0] += 1
    ticketCount += 1
    if let code = fact.more["code"] { checkedIn(code, name) }
  }

  /// One code is one ticket that somebody holds.
  private func checkedIn(_ code: String, _ name: String) {
    if let other = ticketOfCode[code], other != name, ends[other] != .ticketVoided {
      world.fail("code \(code) has two tickets: \(other) and \(name)")
    }
    ticketOfCode[code] = name
    checkInCount += 1
  }

  func ticketFact(_ fact: Fact, _ life: LifeLog) {
    guard let ticket = fact.ticket, let day = fact.day else { return }
    switch fact.kind {
    case .ticketPrinted, .ticketUnconfirmed, .ticketVoided:
      let name = "\(day)/\(ticket)"
      // Without the record of the end that was, a start settles the ticket once more.
      // So does each of two boxes that begin with one journal.
      let job = fact.more["job"].flatMap(Seq.init) ?? 0
      let isSettledAgain =
        (life.hasDecayed || job <= life.fork ?? 0) && fact.reason == "restarted"
      if let end = ends[name], !isSettledAgain {
        world.fail("\(name) ends twice: \(end.rawValue), \(fact.kind.rawValue)")
      }
      if ends[name] == nil { ends[name] = fact.kind }
    default: break
    }
  }

  func paper(_ ticket: PrintedTicket, from printer: PrinterID) {
    paperCount += 1
    for number in ticket.largeTexts {
      printedCount[number, default: 0] += 1
      let issued = issuedCount[number, default: 0]
      if printedCount[number, default: 0] > issued {
        world.fail(
          issued == 0 ? "\(number) is printed and was never issued" : "\(number) is printed twice")
      }
    }
    for text in ticket.qrTexts {
      guard let slash = text.firstIndex(of: "/") else { continue }
      let name = String(text[text.index(after: slash)...])
      printedWhole[name, default: 0] += 1
      if ends[name] == .ticketVoided { world.fail("\(name) is printed, and is void") }
    }
  }

  // MARK: the hub

  func hubSays(_ line: Line, over connection: SimulatedConnection) {
    guard line.verb == "ACK" || line.verb == "WELCOME" || line.verb == "CMD" else { return }
    guard let message = try? HubMessage(line) else { return }
    guard let log = connection.life else { return }
    let key = Self.key(log.node, log.epoch)
    switch message {
    case .acknowledge(let seq): acknowledged(seq, key)
    case .welcome(let welcome): acknowledged(welcome.acknowledged, key)
    case .command(let number, _):
      if number > hub.commands[key, default: 0] {
        world.fail("the hub says command \(number) to \(key) before it is durable")
      }
    default: break
    }
  }

  private func acknowledged(_ seq: Seq, _ key: String) {
    if seq > hub.marks[key, default: 0] {
      world.fail("the hub acknowledges fact \(seq) of \(key) before it is durable")
    }
    told[key] = max(told[key, default: 0], seq)
  }

  /// Everything that was promised stands in the store again.
  func hubStarted(_ records: [DurableRecord], _ memory: HubMemory) {
    hub.startAgain()
    for record in records { hub.apply(record) }
    for (key, seq) in told.sorted(by: { $0.key < $1.key }) where hub.marks[key, default: 0] < seq {
      world.fail("the hub said that it has fact \(seq) of \(key), and has \(hub.marks[key] ?? 0)")
    }
    for (life, state) in memory.lives {
      let key = Self.key(life.node, life.epoch)
      if state.mark != hub.marks[key, default: 0] {
        world.fail(
          "the hub's mark for \(key) is \(state.mark), its store has \(hub.marks[key] ?? 0)")
      }
    }
  }

  func tookEffect(_ bytes: [UInt8], over connection: SimulatedConnection) {
    guard let line = try? Line(parsing: bytes), let id = line["id"].flatMap(UInt64.init) else {
      return
    }
    let watch = world.nodes[connection.nodeIndex].watch
    guard let pressed = connection.requests[id] ?? watch?.pressTime(id) else { return }
    let age = world.time.now - pressed
    if age > Self.request_ms_max {
      world.fail("\(line.verb) of counter \(line["counter"] ?? "") takes effect after \(age) ms")
    }
  }

  // MARK: the end

  /// With all faults healed: what has not arrived, or has no end; nil when all has.
  var endFinding: String? {
    for log in allLives where !log.isWiped {
      let key = Self.key(log.node, log.epoch)
      for (place, fact) in log.facts.enumerated() where fact != nil {
        let seq = Seq(place + 1)
        if hub.isShutOut(log), seq > log.fork ?? 0 { break }
        guard !hub.has(key, seq), !log.excused.contains(seq) else { continue }
        return "fact \(seq) of \(key) never reached the hub"
      }
    }
    let branch = world.nodes[0].plan.branch
    if let finding = RatingChecks.finding(hub.ratings, branch) { return finding }
    for (name, end) in ends where end == .ticketPrinted {
      let count = printedWhole[name, default: 0]
      if count != 1 { return "\(name) was confirmed, and \(count) are on paper" }
    }
    return issuers.keys.sorted().first { ends[$0] == nil && !isGone($0) }.map { "\($0) has no end" }
  }

  /// Issued by a box that was made anew, or the record that issued it is lost.
  private func isGone(_ name: String) -> Bool {
    guard let (log, seq) = issuers[name] else { return true }
    return log.isWiped || log.excused.contains(seq)
  }
}
