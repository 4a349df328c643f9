import Branch
import TicketDesign
import TicketLayout
import Tongues

/// A printer: its jobs, and what its answers mean.
struct PrinterMachine {
  var spool: PrinterSpool
  var tongue: PrinterTongue
  /// Whether GET_PORT_STATUS was asked and not answered.
  var owesPortStatus = false
  var noise = NoiseMeter()
  var logos: StoredLogos
  let measure: PaperMeasure
  /// nil: tickets are not held out, or nobody can see whether they were taken.
  var presenter: Presenter?

  init(plan: PrinterPlan) {
    spool = PrinterSpool(plan: plan)
    var capabilities = plan.capabilities
    capabilities.tellsStatus = plan.hasAutomaticStatus
    tongue = PrinterTongue(
      capabilities, doubleByte: plan.doubleByte,
      // What the profile does not vouch for is noise, however well it is formed.
      trust: TrustedAnswers(
        automaticStatus: plan.hasAutomaticStatus, requestedStatus: plan.hasRealTimeStatus,
        completion: plan.capabilities.processID, fullStatus: plan.hasFullStatus))
    logos = StoredLogos(plan, tongue)
    measure = PaperMeasure(plan.capabilities, doubleByte: plan.doubleByte)
    if plan.hasFullStatus, let presenting = plan.capabilities.presenting {
      presenter = Presenter(wait: .seconds(Int64(presenting.wait_s)))
    }
  }
}

extension BranchCore {
  mutating func printerEvent(_ id: PrinterID, _ event: PrinterPortEvent, _ now: Now) {
    guard let machine = printers[id] else { return }
    let time = now.monotonic
    var effects: [PrinterSpool.Effect] = []
    switch event {
    case .arrived(let identity):
      if !machine.spool.isPresent { deviceFound(id.text, identity, now) }
      printers[id]?.tongue.connected()
      printers[id]?.owesPortStatus = false
      printers[id]?.logos.memoryLost()
      effects = printers[id]?.spool.arrived(now: time) ?? []
    case .lost(let problem):
      deviceLost(id.text, problem, wasPresent: machine.spool.isPresent, now)
      effects = printers[id]?.spool.lost(now: time) ?? []
      if let free = printers[id]?.presenter?.lost(), !free.isEmpty { perform(free, of: id, now) }
    case .progress(let job, let accepted):
      printers[id]?.spool.progressed(job, accepted: accepted, now: time)
    case .written(let job):
      effects = printers[id]?.spool.written(job, now: time) ?? []
    case .stopped(let job, let accepted, let problem):
      log(.warning, "\(id): job \(job) stopped after \(accepted) bytes: \(problem)")
      effects =
        printers[id]?.spool.stopped(job, accepted: accepted, reason: problem.code, now: time) ?? []
    case .received(let bytes): effects = printerSaid(id, bytes, now)
    case .portStatus(let status):
      guard machine.spool.plan.hasPortStatus else { break }
      printers[id]?.owesPortStatus = false
      // The USB controller answers this by itself: where more is asked, it proves no voice.
      if !machine.spool.plan.hasRealTimeStatus, !machine.spool.plan.hasFullStatus {
        printers[id]?.spool.spoke()
      }
      printers[id]?.tongue.note(portStatus: status)
      effects = reportConditions(id, now)
    case .conditions(let conditions):
      effects = printers[id]?.spool.reported(conditions, now: time) ?? []
    case .spooled(let job, let completed, let detail):
      effects =
        printers[id]?.spool.spooled(job, completed: completed, detail: detail, now: time) ?? []
    case .troubled(let problem): log(.warning, "\(id): \(problem)")
    }
    perform(effects, of: id, now)
    workOnPresses(now)
  }

  private mutating func printerSaid(_ id: PrinterID, _ bytes: [UInt8], _ now: Now)
    -> [PrinterSpool.Effect]
  {
    let inWork = printers[id]?.spool.jobInWork
    guard let words = printers[id]?.tongue.hear(bytes, job: inWork) else { return [] }
    var effects: [PrinterSpool.Effect] = []
    for word in words {
      switch word {
      case .untrusted: log(.info, "\(id): an answer that this model is not known to give")
      case .printed(let job):
        printers[id]?.spool.spoke()
        effects += printers[id]?.spool.confirmed(job, now: now.monotonic) ?? []
      case .cleared:
        printers[id]?.spool.spoke()
        effects += printers[id]?.spool.cleared(now: now.monotonic) ?? []
      case .noise(let count):
        // Also an answer that came too late to be understood: the device is not mute.
        printers[id]?.spool.spoke()
        if let count = printers[id]?.noise.heard(count, now: now.monotonic) {
          log(.info, "\(id): \(count) bytes that mean nothing from the printer")
        }
      case .printedOther, .state: printers[id]?.spool.spoke()
      case .output(let isTicketThere):
        printers[id]?.spool.spoke()
        if let seen = printers[id]?.presenter?.saw(isTicketThere, now: now.monotonic) {
          perform(seen, of: id, now)
        }
      }
    }
    return effects + reportConditions(id, now)
  }

  private mutating func reportConditions(_ id: PrinterID, _ now: Now) -> [PrinterSpool.Effect] {
    guard let machine = printers[id] else { return [] }
    if !machine.tongue.owesAnswers, !machine.owesPortStatus {
      printers[id]?.spool.answered()
    }
    return printers[id]?.spool.reported(machine.tongue.conditions, now: now.monotonic) ?? []
  }

  mutating func perform(_ effects: [PrinterSpool.Effect], of id: PrinterID, _ now: Now) {
    for effect in effects {
      switch effect {
      case .begin(let job): begin(job, on: id, now)
      case .cancel(let job): output.effects.append(.cancelPrint(id, job: job))
      case .reset: output.effects.append(.resetPrinter(id))
      case .clean(let zeros, let way, let separates):
        let tongue = printers[id]?.tongue
        let clearing =
          switch way {
          case .dleDC4: tongue?.clearingInAnyState ?? []
          case .dleENQ: tongue?.clearing ?? []
          case .softReset, nil: [UInt8]()
          }
        let cut = separates ? tongue?.encode(TicketDocument([.cut])).bytes ?? [] : []
        let bytes = (tongue?.completing(zeros: zeros) ?? []) + clearing + cut
        output.effects.append(.print(id, job: PrintJob.cleaning, bytes: bytes))
      case .enableStatus:
        let bytes = printers[id]?.tongue.enablingStatus ?? []
        output.effects.append(.queryPrinter(id, bytes: bytes))
      case .check: check(id)
      case .outcome(let job, let outcome, let reason):
        ticketEnded(job, outcome, reason: reason, on: id, now)
      case .changed: recordConditions(id, now)
      case .rollChanged: rollChanged(id)
      case .rollRunsLow: rollRunsLow(id)
      }
    }
  }

  private mutating func begin(_ job: PrintJob, on id: PrinterID, _ now: Now) {
    guard let open = memory.open[job.id] else { return }
    // Only now is it known what became of the tickets before, and so what the printer has.
    var job = job
    if let before = printers[id]?.logos.bytesBefore(job.id), !before.isEmpty {
      job.bytes = before + job.bytes
      printers[id]?.spool.sends(job)
    }
    var fact = ticketFact(.ticketSending, open, job: job.id, now)
    fact.printer = id
    fact.more.append(Field("bytes", String(job.bytes.count)))
    if job.paper_mm > 0 { fact.more.append(Field("paper_mm", String(job.paper_mm))) }
    record(fact)
    printers[id]?.tongue.begins(job: job.id)
    output.effects.append(.print(id, job: job.id, bytes: job.bytes))
    if let terminal = open.terminal { signal(terminal, .ok, now) }
  }

  private mutating func check(_ id: PrinterID) {
    guard let plan = printers[id]?.spool.plan else { return }
    printers[id]?.tongue.forgetQuestions()
    printers[id]?.owesPortStatus = plan.hasPortStatus
    if plan.hasFullStatus, let bytes = printers[id]?.tongue.ask(.full) {
      output.effects.append(.queryPrinter(id, bytes: bytes))
    } else if plan.hasRealTimeStatus, let bytes = printers[id]?.tongue.ask(.usual) {
      output.effects.append(.queryPrinter(id, bytes: bytes))
    }
    if plan.hasPortStatus { output.effects.append(.requestPortStatus(id)) }
  }

  private mutating func recordConditions(_ id: PrinterID, _ now: Now) {
    guard let spool = printers[id]?.spool, spool.isPresent else { return }
    let reasons =
      spool.conditions.isEmpty
      ? "none"
      : spool.conditions.sorted()
        .map(\.rawValue).joined(separator: ",")
    guard reasons != reportedConditions[id, default: "none"] else { return }
    reportedConditions[id] = reasons
    recordCondition(id, reasons, now)
    log(
      reasons == "none" ? .notice : .warning,
      "\(id): \(reasons == "none" ? "in order again" : reasons)")
  }

  mutating func recordCondition(_ id: PrinterID, _ reasons: String, _ now: Now) {
    var fact = Fact(.deviceCondition, at: now.wall)
    fact.device = id.text
    fact.reason = reasons
    if let left = ticketsLeft(id) { fact.more = [Field("tickets_left", String(left))] }
    record(fact)
  }
}
