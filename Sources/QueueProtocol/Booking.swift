public import Branch

/// A customer who was asked to come at a time, as a booking system tells the hub.
public struct Booking: Hashable, Sendable {
  public var branch: BranchID
  /// Names the booking within its branch.
  public var code: CheckInCode
  public var service: ServiceID
  public var at: WallTime
  public var isPriority: Bool
  /// Hints for the customer, one a line; empty for none.
  public var notes: String

  public init(
    branch: BranchID, code: CheckInCode, service: ServiceID, at: WallTime,
    isPriority: Bool = false, notes: String = ""
  ) {
    self.branch = branch
    self.code = code
    self.service = service
    self.at = at
    self.isPriority = isPriority
    self.notes = notes
  }
}

extension Booking {
  init(_ line: Line) throws(ProtocolError) {
    guard let at = try line.instant("at"), let code = try line.code("code") else {
      throw .missingField
    }
    self.init(
      branch: try need(BranchID(line.required("branch"))), code: code,
      service: try need(ServiceID(line.required("service"))), at: at,
      isPriority: try line.flag("priority"),
      notes: try line.plainText(
        "notes", bytes_max: TicketDetails.notes_bytes_max, allowing: "\n"))
  }

  var fields: [Field] {
    [
      Field("branch", branch.text), Field("code", code.text), Field("service", service.text),
      Field("at", String(at.ms)),
    ] + (isPriority ? [Field("priority", "yes")] : [])
      + (notes.isEmpty ? [] : [Field("notes", notes)])
  }
}

extension NodeMessage {
  /// A customer showed a code at a terminal.
  public struct CheckIn: Hashable, Sendable {
    public var id: UInt64
    public var code: CheckInCode
    public var terminal: TerminalID
    /// At the branch: the number that is given is one of this day.
    public var day: ServiceDay
    /// Hub time after which it must not be carried out any more.
    public var by: WallTime?

    public init(
      id: UInt64, code: CheckInCode, terminal: TerminalID, day: ServiceDay, by: WallTime?
    ) {
      self.id = id
      self.code = code
      self.terminal = terminal
      self.day = day
      self.by = by
    }
  }
}

extension NodeMessage.CheckIn {
  init(_ line: Line) throws(ProtocolError) {
    guard let code = try line.code("code") else { throw .missingField }
    self.init(
      id: try line.number("id", default: 0), code: code,
      terminal: try need(TerminalID(line.required("terminal"))),
      day: try need(ServiceDay(line.required("day"))), by: try line.instant("by"))
  }

  var line: Line {
    Line(
      "CHECK-IN", [],
      [
        Field("id", String(id)), Field("code", code.text), Field("terminal", terminal.text),
        Field("day", day.description),
      ] + (by.map { [Field("by", String($0.ms))] } ?? []))
  }
}
