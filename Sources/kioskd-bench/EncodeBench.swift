import Barcodes
import Branch
import ESCPOS
import LinuxIO
import TicketDesign
import TicketLayout

/// Tickets as a node encodes them for each press: branch, service, number, time, customers ahead
/// and symbols change from ticket to ticket.
struct EncodeBench {
  /// What stands on the tickets, and who draws it.
  enum Kind: String, CaseIterable {
    /// The layout that every branch has until it designs its own.
    case standard
    /// Logo, four styles of text, QR and CODE128; the printer keeps the logo and draws symbols.
    case stored
    /// The same with the logo sent each time.
    case sent
    /// The same on a printer that draws no symbols and keeps no logo.
    case pictures

    var measure: String { self == .standard ? "encode" : "encode-\(rawValue)" }
  }

  /// Tickets between two looks at the clock.
  static let batch = 256
  /// Of a usual branch logo on 80 mm paper.
  static let logoWidth_px = 384
  static let logoHeight_px = 120

  private let kind: Kind
  private let encoder: TicketEncoder
  private let logo: Logo

  init(_ kind: Kind, profiles: Profiles) throws(Problem) {
    self.kind = kind
    var capabilities = try profiles.printer("epson-tm-t88v")
    capabilities.storesPictures = kind == .stored
    capabilities.nativeQR = kind != .pictures
    capabilities.nativeBarcodes = kind == .pictures ? [] : [.code128]
    encoder = TicketEncoder(capabilities)
    // Stripes and dots, as a dithered picture has them.
    let rows = (0..<Self.logoWidth_px / 8 * Self.logoHeight_px).map {
      UInt8(truncatingIfNeeded: $0 &* 151 >> 3)
    }
    guard let key = Logo.Key("L1"),
      let raster = Raster(
        width_px: Self.logoWidth_px, height_px: Self.logoHeight_px, rows: rows)
    else { throw benchProblem("no logo", "its rows do not fit") }
    logo = Logo(key: key, raster: raster)
  }

  func run(seconds: Int) throws(Problem) -> Measure {
    for job in 0..<UInt64(Self.batch) { _ = try encode(job) }
    let start = Clock.nanoseconds()
    var tickets = 0
    var bytes = 0
    var elapsed = 0.0
    while elapsed < Double(seconds) {
      for _ in 0..<Self.batch {
        let ticket = try encode(UInt64(tickets))
        guard ticket.shortfalls.isEmpty else {
          throw benchProblem("a ticket lost content", "\(ticket.shortfalls[0])")
        }
        bytes += ticket.bytes.count
        tickets += 1
      }
      elapsed = secondsSince(start)
    }
    var measure = Measure(kind.measure)
    measure.add("tickets_per_s", Double(tickets) / elapsed)
    measure.add("ticket_us", elapsed * 1_000_000 / Double(tickets), decimals: 2)
    measure.add("bytes_per_ticket", Double(bytes) / Double(tickets), decimals: 1)
    measure.add("native_qr", encoder.capabilities.nativeQR)
    measure.add("tickets", tickets)
    return measure
  }

  private func encode(_ job: UInt64) throws(Problem) -> EncodedTicket {
    let count = Int(job % 9_999)
    let number = TicketNumber(prefix: "A", number: count + 1)
    let time = LocalTime(
      WallTime(ms: 1_795_341_600_000 + Int64(job) * 7_000), zoneOffsetSeconds: 3600)
    let content = TicketContent(
      branchName: "Town Hall", serviceName: "Cash desk", number: number, issuedAt: time,
      customersAhead: count % 40, qrText: "bench/\(time.day)/\(number)")
    let document: TicketDocument = kind == .standard ? .standard(content) : try rich(content)
    return encoder.encode(
      document, completion: ProcessID(job: job), stored: kind == .stored ? [logo.key] : [])
  }

  private func rich(_ content: TicketContent) throws(Problem) -> TicketDocument {
    let number = content.number.description
    let symbol: Barcode
    do { symbol = try Barcode(.code128, number + "-20261122") } catch {
      throw benchProblem("no barcode", "\(error)")
    }
    return TicketDocument([
      .logo(logo, align: .centre),
      .text(content.branchName, TextStyle(bold: true, align: .centre)),
      .text(content.serviceName, TextStyle(height: 2, align: .centre)),
      .text(number, TextStyle(width: 6, height: 6, bold: true, align: .centre)),
      .text(content.issuedAt.hourMinute, TextStyle(underline: true, align: .centre)),
      .qr(content.qrText, moduleSize: 6, level: .medium, align: .centre),
      .barcode(TicketBarcode(symbol), align: .centre),
      .cut,
    ])
  }
}
