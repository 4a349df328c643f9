import Branch
import BranchCore
import PrinterEmulator
import TicketLayout

/// A printer and the transport in front of it, as `PrinterPortEvent` has them.
///
/// Fault model: it is unplugged at any byte, with the loss told before or after the end of the job,
/// with its power or without; it takes bytes slowly, or stops taking them for minutes; paper runs
/// out in the middle of a ticket, the cover stands open; it does not answer, answers late, answers
/// garbage, or confirms another job. What is printed stays printed. Packets of a Star printer keep
/// their order, as on any line: they count.
final class SimulatedPrinter {
  static let gone = Problem(
    code: "device-lost", what: "printer", cause: "it was unplugged", cure: "Plug it in.")
  static let told = Problem(
    code: "cancelled", what: "printer", cause: "the job was cancelled", cure: "None needed.")

  let id: PrinterID
  private unowned let world: World
  private var paper: any PaperPrinter
  private let answersInOrder: Bool
  private var lastAnswerAt: Int64 = 0
  private(set) var isPlugged = true
  var isMute = false
  /// Takes no byte while this lasts.
  var isStalled = false
  private var job: (id: UInt64, bytes: [UInt8], accepted: Int)?
  private var isStepping = false
  /// Where events go: the process that opened the transport, and the opening's number.
  private var listener: ((PrinterPortEvent) -> Void)?
  private var opening = 0

  init(_ plan: PrinterPlan, world: World) {
    id = plan.id
    self.world = world
    let language = plan.capabilities.language
    answersInOrder = language != .escpos
    paper =
      switch language {
      case .escpos: EmulatedPrinter(.tmT88V)
      case .starLine: EmulatedStarPrinter(EmulatedStarModel(.line))
      case .starGraphic: EmulatedStarPrinter(EmulatedStarModel(.graphic))
      case .starPRNT: EmulatedStarPrinter(EmulatedStarModel(.prnt, isPacketExtended: true))
      }
  }

  /// Told of each ticket that came out.
  var onTicket: (PrintedTicket) -> Void = { _ in }

  /// As whoever asks the device for a spooler finds it.
  var conditions: Set<DeviceCondition> {
    var all: Set<DeviceCondition> = isPlugged ? [] : [.offline]
    if case .out = paper.paper { all.insert(.mediaEmpty) }
    if paper.isCoverOpen { all.insert(.coverOpen) }
    return all
  }

  var isFree: Bool { isPlugged && job == nil }

  // MARK: the transport

  /// A process looks for the device and finds it, or finds it missing.
  func open(_ listener: @escaping (PrinterPortEvent) -> Void) {
    self.listener = listener
    opening += 1
    job = nil
    tell(
      after: world.random.within(5, 400), isPlugged ? .arrived(identity: "sim") : .lost(Self.gone))
  }

  /// The process died: the device keeps what it has.
  func close() {
    listener = nil
    opening += 1
    job = nil
  }

  private func tell(after pause: Int, _ event: PrinterPortEvent) {
    let opening = opening
    world.time.after(pause) { [self] in
      guard opening == self.opening else { return }
      listener?(event)
    }
  }

  private func tellNow(_ event: PrinterPortEvent) { tell(after: 0, event) }

  func write(job id: UInt64, _ bytes: [UInt8]) {
    guard job == nil else { return world.fail("\(self.id): a second job while one is in hand") }
    guard isPlugged else { return tellNow(.stopped(job: id, accepted: 0, Self.gone)) }
    job = (id, bytes, 0)
    step()
  }

  func query(_ bytes: [UInt8]) {
    guard isPlugged, job == nil else { return }
    paper.receive(bytes)
    answer()
  }

  func requestPortStatus() {
    if isPlugged { tell(after: world.random.within(1, 20), .portStatus(paper.portStatus)) }
  }

  func cancel(job id: UInt64) {
    guard let current = job, current.id == id else { return }
    job = nil
    tell(
      after: world.random.within(1, 50),
      .stopped(job: id, accepted: current.accepted, Self.told))
  }

  // MARK: the device

  private func step() {
    guard !isStepping, job != nil else { return }
    isStepping = true
    let opening = opening
    world.time.after(world.random.within(1, 30)) { [self] in
      isStepping = false
      if opening == self.opening { take() } else { step() }
    }
  }

  private func take() {
    guard var current = job, isPlugged, !isStalled else { return }
    let end = min(current.accepted + world.random.within(100, 400), current.bytes.count)
    let before = current.accepted
    while current.accepted < end, paper.hasRoom {
      let next = min(current.accepted + 64, end)
      paper.receive(current.bytes[current.accepted..<next])
      current.accepted = next
    }
    job = current
    look()
    if current.accepted > before {
      tellNow(.progress(job: current.id, accepted: current.accepted))
    }
    if current.accepted == current.bytes.count {
      job = nil
      tellNow(.written(job: current.id))
    } else if paper.hasRoom {
      step()
    }
    answer()
  }

  private func look() {
    guard !paper.tickets.isEmpty else { return }
    for ticket in paper.takeTickets() {
      world.checker.paper(ticket, from: id)
      onTicket(ticket)
    }
  }

  private func answer() {
    let bytes = paper.takeAnswers()
    guard !bytes.isEmpty, !isMute else { return }
    var pause = world.random.mostly(1, 2_000)
    if answersInOrder {
      lastAnswerAt = max(lastAnswerAt, world.time.now + Int64(pause))
      pause = Int(lastAnswerAt - world.time.now)
    }
    tell(after: pause, .received(bytes))
  }

  /// What hangs out of the printer, unfinished, at the end of the world.
  var unfinished: PrintedTicket { paper.current }

  // MARK: what people and chance do

  func change(_ body: (inout any PaperPrinter) -> Void) {
    body(&paper)
    look()
    if isPlugged {
      answer()
      step()
    }
  }

  func goOn() {
    isStalled = false
    step()
  }

  func unplug(losingPower: Bool) {
    guard isPlugged else { return }
    isPlugged = false
    var events: [PrinterPortEvent] = [.lost(Self.gone)]
    if let job {
      let end = PrinterPortEvent.stopped(job: job.id, accepted: job.accepted, Self.gone)
      events.insert(end, at: world.random.below(2))
    }
    job = nil
    if losingPower {
      paper.powerCycle()
      look()
    }
    for event in events { tellNow(event) }
  }

  func plug() {
    guard !isPlugged else { return }
    isPlugged = true
    tell(after: world.random.within(5, 2_000), .arrived(identity: "sim"))
  }

  func babble() {
    guard isPlugged else { return }
    let count = world.random.within(1, 9)
    tellNow(.received((0..<count).map { _ in UInt8(world.random.below(256)) }))
  }
}
