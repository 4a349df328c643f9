public import Branch
public import TicketDesign

/// What a preview's ticket tells: something for every variable.
public struct SampleContent: Sendable {
  public var isOffline = false
  public var isPriority = false
  public var isReprint = false
  public var hasAppointment = false

  public init() {}

  public func content(at time: LocalTime) -> TicketContent {
    let number = TicketNumber(prefix: "A", number: 12)
    var content = TicketContent(
      branchName: "Town Hall", serviceName: "Passports and ID cards", number: number,
      issuedAt: time, customersAhead: isOffline ? nil : 3,
      qrText: "https://queue.example/main/\(time.day)/\(number)", isReprint: isReprint)
    content.wait_min = isOffline ? nil : 15
    content.checkInCode = "K7-204518"
    content.isOffline = isOffline
    content.isPriority = isPriority
    if hasAppointment { content.appointment = time }
    return content
  }
}
