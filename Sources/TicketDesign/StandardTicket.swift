import Branch

/// The facts that a ticket tells.
public struct TicketContent: Hashable, Sendable {
  public var branchName: String
  public var serviceName: String
  public var number: TicketNumber
  /// When the number was given, at the branch.
  public var issuedAt: LocalTime
  /// People in front of this one; nil when nobody can tell, and then nothing is said.
  public var customersAhead: Int?
  /// What the QR symbol of the built-in ticket holds; empty for no symbol.
  public var qrText: String
  /// A page about this ticket for the customer's phone; empty when there is none.
  public var url = ""
  /// A second paper for a number that was printed before.
  public var isReprint: Bool
  /// Lines for the customer, such as a service's hint.
  public var notes: [String]
  /// Estimated time until the call, in minutes; nil when nobody can tell.
  public var wait_min: Int?
  /// When the customer was asked to come; nil for one without an appointment.
  public var appointment: LocalTime?
  /// What a customer types or scans to check in; empty for none.
  public var checkInCode = ""
  /// Where the customer is to go, when that is known already; else empty.
  public var counter = ""
  /// The number was given while the queue service did not answer.
  public var isOffline = false
  /// The customer goes before others.
  public var isPriority = false

  public init(
    branchName: String, serviceName: String, number: TicketNumber, issuedAt: LocalTime,
    customersAhead: Int? = nil, qrText: String = "", isReprint: Bool = false, notes: [String] = []
  ) {
    self.branchName = branchName
    self.serviceName = serviceName
    self.number = number
    self.issuedAt = issuedAt
    self.customersAhead = customersAhead
    self.qrText = qrText
    self.isReprint = isReprint
    self.notes = notes
  }
}

extension TicketDocument {
  /// Multiple of the normal character for the number: readable at arm's length on 80 mm paper.
  static let numberSize = 6
  /// Dots of a QR module: 0.75 mm at 203 dpi.
  static let moduleSize = 6

  /// What stands at the top of a second paper for the same number.
  public static func reprintMark(_ wording: TicketWording) -> [TicketElement] {
    let style = TextStyle(width: 2, height: 2, invert: true, align: .centre, overflow: .shrink)
    return [.text(" " + wording.reprint + " ", style), .feed(lines: 1)]
  }

  /// The layout that every branch has until it designs its own.
  public static func standard(
    _ content: TicketContent, wording: TicketWording = .english
  ) -> TicketDocument {
    var elements: [TicketElement] = []
    elements.reserveCapacity(16)
    let plain = TextStyle(align: .centre)
    func say(_ text: String, _ style: TextStyle) {
      if !text.isEmpty { elements.append(.text(text, style)) }
    }
    if content.isReprint { elements += reprintMark(wording) }
    say(content.branchName, TextStyle(bold: true, align: .centre))
    say(content.serviceName, TextStyle(height: 2, align: .centre))
    elements.append(.feed(lines: 1))
    let large = TextStyle(
      width: numberSize, height: numberSize, bold: true, align: .centre, overflow: .shrink)
    say(content.number.description, large)
    elements.append(.feed(lines: 1))
    say(content.issuedAt.hourMinute + "  " + content.issuedAt.day.description, plain)
    if let ahead = content.customersAhead {
      say(wording.customersAhead + " " + String(ahead), plain)
    }
    for note in content.notes { say(note, plain) }
    if !content.qrText.isEmpty {
      elements.append(.feed(lines: 1))
      elements.append(
        .qr(content.qrText, moduleSize: moduleSize, level: .medium, align: .centre))
      elements.append(.feed(lines: 1))
    }
    say(wording.thanks, plain)
    elements.append(.cut)
    return TicketDocument(elements)
  }
}
