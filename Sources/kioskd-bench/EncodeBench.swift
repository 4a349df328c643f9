import Branch
import ESCPOS
import LinuxIO
import TicketDesign
import TicketLayout

/// A ticket as a node encodes it for each press: no logo, the QR symbol drawn by the printer.
struct EncodeBench {
  /// Tickets between two looks at the clock.
  static let batch = 256

  private let encoder: TicketEncoder

  init(profiles: Profiles) throws(Problem) {
    encoder = TicketEncoder(try profiles.printer("epson-tm-t88v"))
  }

  func run(seconds: Int) throws(Problem) -> Measure {
    for job in 0..<UInt64(Self.batch) { _ = encode(job) }
    let start = Clock.nanoseconds()
    var tickets = 0
    var bytes = 0
    var elapsed = 0.0
    while elapsed < Double(seconds) {
      for _ in 0..<Self.batch {
        let ticket = encode(UInt64(tickets))
        guard ticket.shortfalls.isEmpty else {
          throw benchProblem("a ticket lost content", "\(ticket.shortfalls[0])")
        }
        bytes += ticket.bytes.count
        tickets += 1
      }
      elapsed = secondsSince(start)
    }
    var measure = Measure("encode")
    measure.add("tickets_per_s", Double(tickets) / elapsed)
    measure.add("ticket_us", elapsed * 1_000_000 / Double(tickets), decimals: 2)
    measure.add("bytes_per_ticket", Double(bytes) / Double(tickets), decimals: 1)
    measure.add("native_qr", encoder.capabilities.nativeQR)
    measure.add("tickets", tickets)
    return measure
  }

  private func encode(_ job: UInt64) -> EncodedTicket {
    let count = Int(job % 9_999)
    let number = TicketNumber(prefix: "A", number: count + 1)
    let time = LocalTime(
      WallTime(ms: 1_795_341_600_000 + Int64(job) * 7_000), zoneOffsetSeconds: 3600)
    let content = TicketContent(
      branchName: "Town Hall", serviceName: "Cash desk", number: number, issuedAt: time,
      customersAhead: count % 40, qrText: "bench/\(time.day)/\(number)")
    return encoder.encode(.standard(content), completion: ProcessID(job: job))
  }
}
