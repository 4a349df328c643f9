import Branch
import PrinterEmulator

/// A spooler between a node and one of its printers, and the node's port to it, as `CUPSPrinter`
/// tells of them.
///
/// Fault model: the server goes away and comes back, with its jobs or without any (it lost its
/// power before they were saved, or keeps no finished ones); it takes a document and dies before it
/// answers, with or without a job made of it; it is slow. What its printer suffers is the printer's
/// fault model. A job of which bytes went when the server or the printer stopped is aborted, and
/// the printer is reset before the next one; a server that prints such a job once more by itself
/// would print a number twice, which nobody in front of it can see or hinder.
final class SimulatedSpooler {
  static let unreachable = Problem(
    code: "spooler-unreachable", what: "spooler", cause: "it does not run", cure: "Start it.")
  static let unanswered = Problem(
    code: "spooler-unanswered", what: "spooler", cause: "no answer came", cure: "None needed.")
  private static let retry_ms = 5_000

  private struct Job {
    enum State: String { case pending, processing, completed, aborted, canceled, forgotten }
    let id: UInt64
    /// The node's name for it.
    let ticket: UInt64
    let bytes: [UInt8]
    var state = State.pending
    var isOut = false
    var isOpen: Bool { state == .pending || state == .processing }
  }

  let device: SimulatedPrinter
  private unowned let world: World
  /// It says that a job is completed when its ticket is on paper, and not when its bytes are gone.
  private let waitsForPaper: Bool
  private(set) var isUp = true
  /// The next document is taken, and nobody says so.
  var diesAtSubmission = false
  /// So many milliseconds after the next document is taken, the server goes away.
  var diesAfterTaking_ms: Int?
  private var jobs: [Job] = []
  private var nextID: UInt64 = 1
  private var isDeviceHere = false
  private var needsReset = false

  // The node's end.
  private var listener: ((PrinterPortEvent) -> Void)?
  private var opening = 0
  private var isHere = false
  private var submitting: UInt64?
  private var followed: [(ticket: UInt64, id: UInt64, isGivenUp: Bool)] = []
  private var conditions: Set<DeviceCondition>?
  private var isLooking = false
  private var cleans = 1

  init(device: SimulatedPrinter, waitsForPaper: Bool, world: World) {
    self.device = device
    self.waitsForPaper = waitsForPaper
    self.world = world
    device.onTicket = { [unowned self] in printed($0) }
    device.open { [unowned self] in deviceSaid($0) }
  }

  // MARK: the node's port

  func open(_ listener: @escaping (PrinterPortEvent) -> Void) {
    self.listener = listener
    opening += 1
    (isHere, submitting, followed, conditions, cleans) = (false, nil, [], nil, 1)
    isLooking = false
    lookLater(world.random.within(5, 400))
  }

  /// The process died; what the server has goes on.
  func close() {
    listener = nil
    opening += 1
  }

  private func later(_ pause: Int, _ body: @escaping () -> Void) {
    let opening = opening
    world.time.after(pause) { [weak self] in
      guard let self, opening == self.opening else { return }
      body()
    }
  }

  private func tell(_ event: PrinterPortEvent) { later(0) { self.listener?(event) } }

  func write(job ticket: UInt64, _ bytes: [UInt8]) {
    guard submitting == nil else { return world.fail("\(device.id): two submissions at once") }
    submitting = ticket
    later(world.random.mostly(2, 3_000)) { [self] in submit(ticket, bytes) }
  }

  private func submit(_ ticket: UInt64, _ bytes: [UInt8]) {
    guard submitting == ticket else { return }
    submitting = nil
    guard isUp else {
      tell(.stopped(job: ticket, accepted: 0, Self.unreachable))
      return lose()
    }
    clean()
    if diesAtSubmission {
      diesAtSubmission = false
      if world.random.oneIn(2) { _ = take(ticket, bytes) }
      fail(for: world.random.mostly(100, 60_000))
      cleans = 2
      let accepted = world.bug == .unansweredCountsAsNotSent ? 0 : bytes.count
      tell(.stopped(job: ticket, accepted: accepted, Self.unanswered))
      return lose()
    }
    arrive()
    followed.append((ticket, take(ticket, bytes), false))
    tell(.written(job: ticket))
    lookLater(250)
  }

  func cancel(job ticket: UInt64) {
    if submitting == ticket {
      submitting = nil
      return tell(.stopped(job: ticket, accepted: 0, SimulatedPrinter.told))
    }
    guard let place = followed.firstIndex(where: { $0.ticket == ticket }) else { return }
    followed[place].isGivenUp = true
    lookLater(world.random.within(1, 50))
  }

  private func lookLater(_ pause: Int) {
    guard !isLooking else { return }
    isLooking = true
    later(pause) { [self] in
      isLooking = false
      look()
    }
  }

  private func look() {
    guard isUp else { return lose() }
    arrive()
    clean()
    let now = device.conditions.union(isDeviceHere ? [] : [.offline])
    if now != conditions {
      conditions = now
      tell(.conditions(now))
    }
    for job in followed where job.isGivenUp { cancel(id: job.id) }
    for job in followed {
      let state = jobs.first { $0.id == job.id }?.state ?? .forgotten
      if state == .pending || state == .processing { continue }
      followed.removeAll { $0.id == job.id }
      tell(.spooled(job: job.ticket, completed: state == .completed, detail: state.rawValue))
    }
    if !followed.isEmpty { return lookLater(world.random.within(250, 2_000)) }
    if now.contains(where: \.stopsPrinting) { lookLater(Self.retry_ms) }
  }

  private func arrive() {
    guard !isHere else { return }
    isHere = true
    tell(.arrived(identity: "queue"))
  }

  private func lose() {
    if isHere || conditions == nil { tell(.lost(Self.unreachable)) }
    (isHere, conditions) = (false, [])
    for job in followed where job.isGivenUp {
      tell(.spooled(job: job.ticket, completed: false, detail: "unreachable"))
    }
    followed.removeAll(where: \.isGivenUp)
    lookLater(world.random.within(1_000, Self.retry_ms))
  }

  /// What nobody follows must not come out later.
  private func clean() {
    guard cleans > 0 else { return }
    cleans -= 1
    for job in jobs where job.isOpen && !followed.contains(where: { $0.id == job.id }) {
      cancel(id: job.id)
    }
  }

  // MARK: the server

  private func take(_ ticket: UInt64, _ bytes: [UInt8]) -> UInt64 {
    jobs.removeAll { !$0.isOpen && $0.id + 8 < nextID }
    let id = nextID
    nextID += 1
    jobs.append(Job(id: id, ticket: ticket, bytes: bytes))
    world.time.after(world.random.within(1, 200)) { [weak self] in self?.work() }
    if let pause = diesAfterTaking_ms {
      diesAfterTaking_ms = nil
      world.time.after(pause) { [weak self] in
        guard let self else { return }
        fail(for: world.random.mostly(100, 60_000))
      }
    }
    return id
  }

  private func change(_ id: UInt64, _ body: (inout Job) -> Void) {
    if let place = jobs.firstIndex(where: { $0.id == id }) { body(&jobs[place]) }
  }

  private func work() {
    guard isUp, isDeviceHere, device.isFree, !jobs.contains(where: { $0.state == .processing }),
      let next = jobs.first(where: { $0.state == .pending })
    else { return }
    if needsReset { device.change { $0.powerCycle() } }
    needsReset = false
    change(next.id) { $0.state = .processing }
    device.write(job: next.id, next.bytes)
  }

  private func cancel(id: UInt64) {
    guard let job = jobs.first(where: { $0.id == id }), job.isOpen else { return }
    change(id) { $0.state = .canceled }
    if job.state == .processing { device.cancel(job: id) }
  }

  private func deviceSaid(_ event: PrinterPortEvent) {
    switch event {
    case .arrived: isDeviceHere = true
    case .lost:
      isDeviceHere = false
      // What it has may be gone with its power.
      for job in jobs where job.state == .processing && job.isOut { end(job.id, .aborted) }
    case .written(let id):
      if !waitsForPaper { end(id, .completed) } else { change(id) { $0.isOut = true } }
    case .stopped(let id, let accepted, _):
      if accepted > 0 { needsReset = true }
      end(id, accepted > 0 ? .aborted : .pending)
    default: break
    }
    work()
  }

  private func end(_ id: UInt64, _ state: Job.State) {
    change(id) { if $0.state == .processing { $0.state = state } }
  }

  private func printed(_ ticket: PrintedTicket) {
    let texts = ticket.qrTexts.map { Array($0.utf8) }
    for job in jobs where job.state == .processing {
      if texts.contains(where: { job.bytes.contains($0) }) { end(job.id, .completed) }
    }
    world.time.after(1) { [weak self] in self?.work() }
  }

  // MARK: faults

  func fail(for length: Int) {
    stop()
    world.time.after(length) { [weak self] in self?.start() }
  }

  private func stop() {
    guard isUp else { return }
    isUp = false
    for job in jobs where job.state == .processing { device.cancel(job: job.id) }
    for job in jobs where job.isOut { end(job.id, .aborted) }
    if world.random.oneIn(3) { jobs = [] }
  }

  func heal() {
    diesAtSubmission = false
    diesAfterTaking_ms = nil
    start()
  }

  func start() {
    guard !isUp else { return }
    isUp = true
    work()
  }
}
