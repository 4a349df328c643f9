public import Branch
public import TicketDesign

/// What a preview's ticket tells: something for every variable.
public struct SampleContent: Sendable {
  public var isOffline = false
  public var isPriority = false
  public var isReprint = false
  public var hasAppointment = false
  /// As if `tickets.url` of the configuration named a page.
  public var hasURL = false

  public init() {}

  private static let quarter_ms: Int64 = 900_000

  /// Of a ticket that is printed now; an appointment is at the next quarter of an hour.
  public func content(at now: WallTime, zoneOffsetSeconds: Int32) -> TicketContent {
    let time = LocalTime(now, zoneOffsetSeconds: zoneOffsetSeconds)
    let number = TicketNumber(prefix: "A", number: 12)
    var content = TicketContent(
      branchName: "Town Hall", serviceName: "Passports and ID cards", number: number,
      issuedAt: time, customersAhead: isOffline ? nil : 3,
      qrText: "main/\(time.day)/\(number)", isReprint: isReprint)
    if hasURL {
      content.url = "https://queue.example/main/\(time.day)/\(number)"
      content.qrText = content.url
    }
    content.wait_min = isOffline ? nil : 15
    content.isOffline = isOffline
    content.isPriority = isPriority
    if hasAppointment {
      content.checkInCode = "K7-204518"
      let next = WallTime(ms: (now.ms / Self.quarter_ms + 1) * Self.quarter_ms)
      content.appointment = LocalTime(next, zoneOffsetSeconds: zoneOffsetSeconds)
    }
    return content
  }
}
