import Branch
import QueueProtocol
import TicketDesign

extension NodeMemory.OpenTicket {
  /// What its customer wanted.
  var wish: PendingPress.Wish {
    code.map { .code($0) } ?? .service(service, isPriority: false)
  }
}

extension BranchCore {
  /// The facts that the ticket of this job tells.
  func content(_ job: Seq, _ open: NodeMemory.OpenTicket, _ now: Now) -> TicketContent {
    let service = plan.services.first { $0.id == open.service }
    let told = told[job] ?? ToldTicket()
    let details = told.details
    func local(_ time: WallTime) -> LocalTime {
      LocalTime(time, zoneOffsetSeconds: now.zoneOffsetSeconds)
    }
    var content = TicketContent(
      branchName: plan.branchName, serviceName: service?.name ?? open.service.text,
      number: open.ticket, issuedAt: local(open.givenAt ?? open.issuedAt),
      customersAhead: told.ahead,
      qrText: details.url.isEmpty ? "\(plan.branch)/\(open.day)/\(open.ticket)" : details.url,
      isReprint: open.isReprint)
    content.notes = details.notes.split(separator: "\n").map(String.init)
    content.wait_min = details.wait?.wholeMinutes
    content.appointment = details.appointment.map(local)
    content.checkInCode = details.code?.text ?? ""
    content.counter = details.counter
    content.isPriority = details.isPriority
    content.isOffline = !uplink.isReady
    return content
  }
}

extension Span {
  /// Rounded up: nobody is told less than it may take.
  fileprivate var wholeMinutes: Int { Int((ms + 59_999) / 60_000) }
}
