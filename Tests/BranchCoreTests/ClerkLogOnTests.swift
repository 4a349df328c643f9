import Branch
import Configuration
import QueueProtocol
import Testing

@testable import BranchCore

@Suite("A clerk with a PIN")
struct ClerkLogOnTests {
  static let logOn: UInt16 = 40
  static let logOff: UInt16 = 41
  /// Digits as keys of their own: 50 to 59.
  static let digits: UInt16 = 50
  static let anna = ClerkID("anna")!
  static let ben = ClerkID("ben")!
  static let recipe = PINHash.Recipe(rounds: 2, salt: [1, 2, 3, 4, 5, 6, 7, 8])

  private let box: Box

  init() {
    box = Self.open(Self.plan())
    box.link()
    _ = box.takeToHub()
  }

  static func plan(needsClerk: Bool = false) -> NodePlan {
    var plan = Plans.node()
    plan.clerks = [
      ClerkPlan(id: anna, pin: recipe.hash(of: [1, 2, 3, 4])),
      ClerkPlan(id: ben, pin: PINHash.Recipe(rounds: 1, salt: [9]).hash(of: [9, 9, 9, 9])),
    ]
    if needsClerk { plan.clerkCounters = [Plans.one] }
    plan.terminals[1].actions[logOn] = .logOn
    plan.terminals[1].actions[logOff] = .logOff
    for digit in 0...9 { plan.terminals[1].actions[digits + UInt16(digit)] = .digit(digit) }
    return plan
  }

  private static func open(
    _ plan: NodePlan, journal: [DurableRecord] = [], now: Now = Box.morning
  ) -> Box {
    let box = Box(plan, journal: journal, now: now)
    box.openAll()
    return box
  }

  private func type(_ pin: String, _ box: Box? = nil, beginning: Bool = true) {
    let box = box ?? self.box
    if beginning { box.press(Plans.keypad, Self.logOn) }
    for digit in pin.utf8 { box.press(Plans.keypad, Self.digits + UInt16(digit - 48)) }
    box.press(Plans.keypad, Self.logOn)
  }

  private func story(_ box: Box) -> [String] {
    box.facts(.clerkLoggedOn, .clerkLoggedOff, .clerkRefused).map {
      "\($0.kind.rawValue.dropFirst(6)) \($0.more["clerk"] ?? $0.more["count"] ?? "")"
        + ($0.reason.map { " \($0)" } ?? "")
    }
  }

  /// The line of a request for this counter.
  private func next(_ box: Box) -> String? {
    box.press(Plans.keypad, Plans.next)
    return box.takeToHub().last { $0.hasPrefix("NEXT") }
  }

  @Test("logs on to the counter, with a hub and without", arguments: [true, false])
  func logsOn(isLinked: Bool) throws {
    if !isLinked { box.cut() }
    box.pass(.seconds(5))
    let lamps = box.lamps[Plans.keypad]?.count ?? 0
    type("1234")
    #expect(story(box) == ["logged-on anna"])
    let fact = try #require(box.facts(.clerkLoggedOn).first)
    #expect(fact.counter == Plans.one && fact.terminal == Plans.keypad && fact.day == Box.day)
    #expect(box.lamps[Plans.keypad]?.dropFirst(lamps) == [.ok])
    #expect(box.sees(Plans.counterSign) == "ON")
  }

  @Test("begins with a digit where digits are keys of their own")
  func digitsFirst() {
    type("1234", beginning: false)
    #expect(story(box) == ["logged-on anna"])
  }

  @Test("types on keys that mean something else at other times")
  func sharedKeys() {
    var plan = Self.plan()
    plan.terminals[1].pinKeys.digits = [Plans.next: 1, Plans.recall: 2, Plans.noShow: 3, 77: 4]
    plan.terminals[1].pinKeys.enter = [Plans.end]
    let box = Self.open(plan)
    box.link()
    _ = box.takeToHub()
    for code in [Self.logOn, Plans.next, Plans.recall, Plans.noShow, 77, Plans.end] {
      box.press(Plans.keypad, code)
    }
    #expect(story(box) == ["logged-on anna"])
    #expect(!box.takeToHub().contains { $0.contains("counter=1") && !$0.hasPrefix("FACT") })
    #expect(next(box) != nil)
  }

  @Test("that is typed while the terminal is locked calls nobody, and is no try")
  func typedWhileLocked() {
    var plan = Self.plan()
    plan.terminals[1].pinKeys.digits = [Plans.next: 1, Plans.recall: 2, Plans.noShow: 3, 77: 4]
    plan.terminals[1].pinKeys.enter = [Plans.end]
    let box = Self.open(plan)
    box.link()
    type("0000", box)
    _ = box.takeToHub()
    let pin = [Plans.next, Plans.recall, Plans.noShow, 77]
    for code in [Self.logOn] + pin + [Plans.end] {
      box.press(Plans.keypad, code)
      #expect(box.sees(Plans.counterSign) == "LOCKED")
    }
    #expect(box.lamps[Plans.keypad]?.last == .error)
    #expect(!box.takeToHub().contains { $0.contains("counter=1") && !$0.hasPrefix("FACT") })
    // What ends behind the lock is checked as usual.
    for code in [Self.logOn] + pin { box.press(Plans.keypad, code) }
    box.pass(.seconds(1))
    box.press(Plans.keypad, Plans.end)
    #expect(story(box) == ["refused 1", "logged-on anna"])
  }

  @Test("is named in the requests of the counter and in its ratings, until she logs off")
  func named() {
    #expect(next(box)?.contains("clerk=") == false)
    box.cut()
    box.pass(.seconds(1))
    box.link()
    type("1234")
    #expect(next(box)?.hasSuffix("clerk=anna") == true)
    box.press(Plans.smiley, Plans.rate + 5)
    #expect(box.facts(.ratingGiven).last?.more["clerk"] == "anna")
    box.press(Plans.keypad, Self.logOff)
    #expect(story(box) == ["logged-on anna", "logged-off anna key"])
    box.press(Plans.smiley, Plans.rate + 5)
    #expect(box.facts(.ratingGiven).last?.more["clerk"] == nil)
  }

  @Test("that several clerks have, by other salts, is that of the first of them")
  func shared() throws {
    var plan = Self.plan()
    plan.clerks = try (0..<9).map { place in
      let recipe = PINHash.Recipe(rounds: 1, salt: [UInt8(place)])
      let id = try #require(ClerkID("clerk\(place)"))
      return ClerkPlan(id: id, pin: recipe.hash(of: [1, 2, 3, 4]))
    }
    let box = Self.open(plan)
    type("1234", box)
    #expect(story(box) == ["logged-on clerk0"])
  }

  @Test("takes the place of another one")
  func replaced() {
    type("1234")
    type("9999")
    #expect(story(box) == ["logged-on anna", "logged-off anna replaced", "logged-on ben"])
  }

  @Test("is at one counter at a time")
  func elsewhere() {
    var plan = Self.plan()
    let two = CounterID("2")!
    plan.counters.append((two, [Plans.cash]))
    plan.terminals[1].actions[60] = .at(two, .logOn)
    let box = Self.open(plan)
    type("1234", box)
    box.press(Plans.keypad, 60)
    type("1234", box, beginning: false)
    #expect(story(box) == ["logged-on anna", "logged-off anna elsewhere", "logged-on anna"])
    #expect(box.facts(.clerkLoggedOn).map(\.counter) == [Plans.one, two])
  }

  @Test("a wrong PIN is answered, and costs ever more time")
  func wrong() {
    for digits in ["4321", "12345", "1", String(repeating: "1", count: 40)] {
      type(digits)
      #expect(box.lamps[Plans.keypad]?.last == .error)
      #expect(box.sees(Plans.counterSign) == "WRONG")
      box.pass(.seconds(20))
    }
    #expect(story(box) == ["refused 1", "refused 2", "refused 3", "refused 4"])
    type("0000")
    type("1234")
    #expect(box.sees(Plans.counterSign) == "LOCKED")
    box.pass(Span(ms: 15_999))
    type("1234")
    #expect(story(box).count == 5, "locked for sixteen seconds behind the fifth")
    box.pass(Span(ms: 1))
    type("1234")
    #expect(story(box).last == "logged-on anna")
    type("0000")
    #expect(story(box).last == "refused 1", "who was right begins anew")
  }

  @Test("a pulled plug gives no new tries", arguments: [true, false])
  func plug(fromCheckpoint: Bool) {
    for _ in 0..<6 {
      type("0000")
      box.pass(.seconds(40))
    }
    let checkpoint = DurableRecord(.checkpoint, payload: box.core.memory.checkpoint())
    let again = Self.open(
      Self.plan(), journal: fromCheckpoint ? [checkpoint] : box.journal, now: box.now)
    let before = story(again)
    type("1234", again)
    #expect(story(again) == before)
    again.pass(.seconds(32))
    type("1234", again)
    #expect(story(again).last == "logged-on anna")
  }

  @Test("a lock grows to a quarter of an hour and no further")
  func longest() {
    var desk = PINDesk()
    let now = MonotonicTime(ms: 0)
    for count in [11, 60, 1_000, Int.max] {
      desk.lock(Plans.keypad, wrong: count, now: now)
      #expect(desk.isLocked(Plans.keypad, now: now + Span(ms: 15 * 60_000 - 1)))
      #expect(!desk.isLocked(Plans.keypad, now: now + .minutes(15)))
    }
  }

  @Test("stands in no log, no record and no fact with what was typed")
  func secret() {
    type("1234")
    type("7355")
    box.handle(.burst(Plans.keypad, .press(Self.digits + 7), count: 3))
    let records = box.journal.map { String(decoding: $0.payload, as: UTF8.self) }
    for text in records + box.logs {
      #expect(!text.contains("7355") && !text.contains("57"), "\(text)")
      #expect(!text.contains("=1234") && !text.contains(" 1234"), "\(text)")
    }
  }

  @Test("that nobody goes on with is given up")
  func abandoned() {
    box.press(Plans.keypad, Self.logOn)
    box.press(Plans.keypad, Self.digits + 1)
    box.pass(.seconds(10))
    #expect(box.lamps[Plans.keypad] == [.error])
    type("234", beginning: false)
    #expect(story(box) == ["refused 1"])
  }

  @Test("ends with any other key, which means what it means")
  func otherKey() {
    box.press(Plans.keypad, Self.logOn)
    box.press(Plans.keypad, Self.digits + 1)
    #expect(next(box) != nil)
    type("1234")
    #expect(story(box) == ["logged-on anna"])
  }

  @Test("is still there behind a restart, and gone on the next day")
  func days() {
    type("1234")
    let again = Self.open(Self.plan(), journal: box.journal, now: box.now)
    again.link()
    #expect(next(again)?.hasSuffix("clerk=anna") == true)
    again.pass(.minutes(24 * 60))
    again.press(Plans.smiley, Plans.rate + 5)
    #expect(again.facts(.ratingGiven).last?.more["clerk"] == nil)
    #expect(story(again) == ["logged-on anna", "logged-off anna day"])
  }

  @Test("whom the configuration does not know any more is logged off at the start")
  func unknown() {
    type("1234")
    var plan = Self.plan()
    plan.clerks.removeFirst()
    let again = Self.open(plan, journal: box.journal, now: box.now)
    #expect(story(again) == ["logged-on anna", "logged-off anna unknown"])
  }

  @Test("is needed for a call only where the configuration says so")
  func needed() {
    let box = Self.open(Self.plan(needsClerk: true))
    box.link()
    _ = box.takeToHub()
    #expect(next(box) == nil)
    #expect(box.lamps[Plans.keypad] == [.error] && box.sees(Plans.counterSign) == "LOG ON")
    type("1234", box)
    #expect(next(box)?.hasSuffix("clerk=anna") == true)
  }

  @Test("is refused while the journal takes nothing", arguments: [true, false])
  func fullJournal(isFull: Bool) {
    if isFull {
      box.handle(.journalFilled(true))
    } else {
      box.press(Plans.keypad, Self.logOn)
      box.handle(.journalFailed(true))
    }
    type("1234", beginning: isFull)
    #expect(story(box).isEmpty && box.lamps[Plans.keypad]?.last == .error)
  }
}

@Suite("One box with several roles")
struct RoleTests {
  @Test("is a kiosk, a feedback terminal and the keypad of two counters at once")
  func roles() {
    let two = CounterID("2")!
    var plan = Plans.node()
    plan.counters.append((two, [Plans.cash]))
    plan.signs.append(
      SignPlan(
        id: SignID("two")!, counter: two, format: "{ticket}", idle: "-", refresh: nil))
    var all = TerminalPlan(
      id: TerminalID("all")!,
      actions: [
        1: .ticket(Plans.cash), 2: .request(.next), 3: .rate(5), 4: .at(two, .request(.next)),
        5: .at(two, .rate(1)),
      ], printers: [Plans.front], sign: Plans.kioskSign, counter: Plans.one)
    all.strokes = [.long(2): .request(.end)]
    plan.terminals = [all]
    let box = Box(plan)
    box.openAll()
    box.link()
    box.lease(1, 1...9)
    _ = box.takeToHub()
    for code in 1...5 as ClosedRange<UInt16> { box.press(all.id, code) }
    box.pass(.seconds(1))
    #expect(box.issued.count == 1)
    let ratings = box.facts(.ratingGiven).map { "\($0.counter?.text ?? "") \($0.rating ?? 0)" }
    #expect(ratings == ["1 5", "2 1"], "neither corrects the other")
    #expect(box.facts(.ratingGiven).allSatisfy { $0.more["corrects"] == nil })
    let calls = box.takeToHub().filter { $0.hasPrefix("NEXT") }
    #expect(calls.map { $0.contains("counter=1") } == [true, false])
  }
}
