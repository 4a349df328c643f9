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
      customersAhead: told.ahead, isReprint: open.isReprint)
    content.url = details.url.isEmpty ? plan.ticketURL?.text(plan.branch, open) ?? "" : details.url
    content.qrText = content.url.isEmpty ? "\(plan.branch)/\(open.day)/\(open.ticket)" : content.url
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

extension TicketURL {
  fileprivate func text(_ branch: BranchID, _ open: NodeMemory.OpenTicket) -> String {
    text(
      branch: branch.text, service: open.service.text, day: open.day.description,
      number: open.ticket.description)
  }
}

extension Span {
  /// Rounded up: nobody is told less than it may take.
  fileprivate var wholeMinutes: Int { Int((ms + 59_999) / 60_000) }
}
