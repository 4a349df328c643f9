import Branch
import QueueProtocol

/// The session with the hub: connect, greet, keep alive, send facts within the window, give up
/// on silence, come back with jittered back-off.
///
///     waiting ──time──▶ connecting ──connected──▶ greeting ──WELCOME──▶ ready
///        ▲──────────────────┴──── closed, silence, refusal ──┴────────────┘
struct Uplink {
  enum Effect: Hashable {
    case connect(address: String)
    case hangUp
    case send(NodeMessage)
    /// Send these facts from the journal; all of them are durable.
    case sendFacts(ClosedRange<Seq>)
    /// Say HELLO anew on the same connection, with this number as the next.
    case greetAgain(next: Seq)
    /// WELCOME came: declare, lease, acknowledge.
    case greeted
    /// The session ended.
    case ended
  }

  enum State: Hashable {
    case waiting(until: MonotonicTime)
    case connecting(until: MonotonicTime)
    case greeting(until: MonotonicTime)
    case ready
  }

  /// A hub that is silent for so many heartbeats is gone (it answers each PING).
  static let silentHeartbeats_max: Int64 = 2
  /// A session that lasted so long was a good one, whatever it brought.
  static let goodSession: Span = .seconds(30)
  /// Lines without sense that one connection may bring.
  static let nonsense_max = 16

  let plan: LinkPlan
  private(set) var state: State
  private(set) var attempts = 0
  private(set) var sentThrough: Seq = 0
  /// Highest fact that this process ever sent.
  private(set) var sentThrough_max: Seq = 0
  private(set) var acknowledged: Seq
  private(set) var durable: Seq
  private(set) var window = 1
  private(set) var heartbeat: Span = .seconds(15)
  /// Since when the session stands.
  private var readyAt: MonotonicTime?
  /// When the last question went out whose answer says the hub's time.
  private(set) var askedAt: MonotonicTime?
  private var lastSent = MonotonicTime(ms: 0)
  /// When we first said something that the hub has not followed by any word.
  private var unansweredSince: MonotonicTime?
  private var random: UInt64
  /// Lines without sense since the connection stands.
  private var nonsense = 0

  init(plan: LinkPlan, acknowledged: Seq, durable: Seq, seed: UInt64, now: MonotonicTime) {
    self.plan = plan
    self.acknowledged = acknowledged
    self.durable = durable
    random = seed
    state = .waiting(until: now)
  }

  var isReady: Bool { state == .ready }
  var isGreeting: Bool { if case .greeting = state { true } else { false } }
  /// The first HELLO of the connection waits for its answer; nothing else was said before it.
  var isUnanswered: Bool { isGreeting && readyAt == nil }

  var hasConnection: Bool {
    switch state {
    case .waiting, .connecting: false
    case .greeting, .ready: true
    }
  }

  /// The first attempt since the start is still open.
  private(set) var isUntried = true

  // MARK: events

  mutating func connected(_ hello: Hello, now: MonotonicTime) -> [Effect] {
    guard case .connecting = state else { return [] }
    state = .greeting(until: now + plan.greeting)
    nonsense = 0
    askedAt = now
    return send(.hello(hello), now)
  }

  mutating func closed(now: MonotonicTime) -> [Effect] {
    if case .waiting = state { return [] }
    endSession(now)
    state = .waiting(until: now + nextPause())
    return [.ended]
  }

  mutating func welcomed(_ welcome: Welcome, now: MonotonicTime) -> [Effect] {
    guard case .greeting = state else { return [] }
    state = .ready
    isUntried = false
    readyAt = readyAt ?? now
    acknowledged = max(acknowledged, welcome.acknowledged)
    sentThrough = acknowledged
    window = welcome.window
    heartbeat = min(welcome.heartbeat, plan.heartbeat)
    return [.greeted] + pump(now)
  }

  mutating func heard() { unansweredSince = nil }

  /// Who talks like that is no hub, or a broken one.
  mutating func heardNonsense(now: MonotonicTime) -> [Effect] {
    nonsense += 1
    return nonsense > Self.nonsense_max ? refused(after: nil, now: now) : []
  }

  mutating func acknowledged(_ seq: Seq, now: MonotonicTime) -> [Effect] {
    // A hub that acknowledges what was never sent is not believed.
    guard isReady, seq > acknowledged, seq <= sentThrough else { return [] }
    acknowledged = seq
    wasOfUse()
    return pump(now)
  }

  /// The session brought something that we wanted: the next attempt is a first one. A WELCOME alone
  /// does not say that; a hub may hang up behind each.
  mutating func wasOfUse() { attempts = 0 }

  private mutating func endSession(_ now: MonotonicTime) {
    isUntried = false
    if let readyAt, now - readyAt >= Self.goodSession { wasOfUse() }
    readyAt = nil
  }

  mutating func becameDurable(through seq: Seq, now: MonotonicTime) -> [Effect] {
    durable = max(durable, seq)
    return pump(now)
  }

  /// These facts do not exist any more. All before them stand in the stream already; a HELLO behind
  /// them makes the hub go on after the hole. In a later session they are found missing again, so
  /// nothing is kept of it here.
  mutating func lost(_ facts: ClosedRange<Seq>, now: MonotonicTime) -> [Effect] {
    guard isReady, facts.lowerBound > acknowledged, facts.upperBound <= sentThrough else {
      return []
    }
    state = .greeting(until: now + plan.greeting)
    return [.greetAgain(next: facts.upperBound + 1)]
  }

  /// All facts up to this number are settled: they come again under other numbers.
  mutating func leap(to seq: Seq) {
    acknowledged = max(acknowledged, seq)
    sentThrough = max(sentThrough, seq)
    durable = max(durable, seq)
  }

  /// Something of another machine's went out over the session.
  mutating func spoke(now: MonotonicTime) {
    lastSent = now
    unansweredSince = unansweredSince ?? now
  }

  /// The session is of no use: hang up and try again later.
  mutating func refused(after pause: Span?, now: MonotonicTime) -> [Effect] {
    if case .waiting = state { return [] }
    endSession(now)
    state = .waiting(until: now + (pause ?? nextPause()))
    return [.hangUp, .ended]
  }

  mutating func timePassed(now: MonotonicTime) -> [Effect] {
    switch state {
    case .waiting(let until) where until <= now:
      guard !plan.addresses.isEmpty else { return [] }
      let address = plan.addresses[attempts % plan.addresses.count]
      attempts += 1
      state = .connecting(until: now + plan.greeting)
      unansweredSince = nil
      return [.connect(address: address)]
    case .connecting(let until) where until <= now, .greeting(let until) where until <= now:
      return refused(after: nil, now: now)
    case .ready where silentAt.map({ $0 <= now }) ?? false: return refused(after: nil, now: now)
    case .ready where pingAt <= now:
      askedAt = now
      return send(.ping, now)
    default: return []
    }
  }

  /// The hub has not answered for too long, or never did.
  func isSilent(now: MonotonicTime) -> Bool {
    switch state {
    case .greeting(let until): until <= now
    case .ready: silentAt.map { $0 <= now } ?? false
    case .waiting, .connecting: false
    }
  }

  var nextDeadline: MonotonicTime? {
    switch state {
    case .waiting(let until): plan.addresses.isEmpty ? nil : until
    case .connecting(let until), .greeting(let until): until
    case .ready: [pingAt, silentAt].compactMap { $0 }.min()
    }
  }

  // MARK: steps

  private var pingAt: MonotonicTime { lastSent + heartbeat }
  private var silentAt: MonotonicTime? {
    unansweredSince.map { $0 + heartbeat * Self.silentHeartbeats_max }
  }

  private mutating func send(_ message: NodeMessage, _ now: MonotonicTime) -> [Effect] {
    spoke(now: now)
    return [.send(message)]
  }

  private mutating func pump(_ now: MonotonicTime) -> [Effect] {
    guard isReady else { return [] }
    let last = min(durable, acknowledged + UInt64(window))
    guard last > sentThrough else { return [] }
    let range = sentThrough + 1...last
    sentThrough = last
    sentThrough_max = max(sentThrough_max, last)
    spoke(now: now)
    return [.sendFacts(range)]
  }

  /// Doubles from attempt to attempt, half of it by chance, so that a thousand boxes do not all
  /// come back in the same moment.
  private mutating func nextPause() -> Span {
    let doublings = min(max(0, attempts - 1), 10)
    let whole = min(plan.backOff.upperBound.ms, plan.backOff.lowerBound.ms << Int64(doublings))
    random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    let half = max(1, whole / 2)
    return Span(ms: half + Int64((random >> 33) % UInt64(half + 1)))
  }
}
