public import Branch

/// A sign: what it shows and how often it is written.
public struct SignPlan: Sendable {
  public var id: SignID
  /// The counter whose call is shown; nil: the last calls of the branch.
  public var counter: CounterID?
  /// false for a sign that tells refusals only.
  public var showsCalls: Bool
  /// Text with `{ticket}`, `{counter}` and `{arrow}`; a line feed begins the sign's next line.
  public var format: String
  /// What stands there while there is nothing else to show, by turns.
  public var idle: [String]
  /// The same while the branch is closed.
  public var closed: [String]
  /// How long each of them stands.
  public var turn: Span = .seconds(10)
  /// nil: always open.
  public var hours: OpeningHours?
  /// How often a write-only sign is written again; nil: only on change and after a replug.
  public var refresh: Span?
  /// How long a new call flashes; 0: not at all.
  public var flash = Span(ms: 0)
  /// A new call is heard.
  public var beeps = false
  public var colours = SignColours()
  /// nil: as the sign has it.
  public var brightness: DailyBrightness?
  public var board = BoardPlan()
  public var ticketForm = TicketForm.whole
  /// From this sign to the counters.
  public var arrows: [CounterID: Arrow] = [:]

  public init(
    id: SignID, counter: CounterID?, showsCalls: Bool = true, format: String, idle: String,
    refresh: Span?
  ) {
    self.id = id
    self.counter = counter
    self.showsCalls = showsCalls
    self.format = format
    self.idle = [idle]
    closed = []
    self.refresh = refresh
  }

  /// What one call looks like.
  func text(of call: StandingCall) -> String {
    SignFill.text(
      format, ticket: ticketForm.text(call.ticket), counter: call.counter.text,
      arrow: arrows[call.counter]?.character ?? "")
  }
}

/// How a main sign lists calls.
public struct BoardPlan: Hashable, Sendable {
  public var calls_max = 1
  /// How long a call is seen before another may push it out.
  public var stand = Span(ms: 0)
  /// The newest call stands below the others, else above.
  public var newestLast = false
  /// A call whose service is over stays until newer ones push it out.
  public var keepsEnded = false
  public init() {}
}

/// Of each layer; nil: the sign's own.
public struct SignColours: Hashable, Sendable {
  public var idle: SignPicture.Colour?
  public var information: SignPicture.Colour?
  public var call: SignPicture.Colour?
  public var alert: SignPicture.Colour?
  public init() {}
}

/// Fields of a format, filled in.
enum SignFill {
  static func text(_ format: String, ticket: String, counter: String, arrow: String = "")
    -> String
  {
    let fields = ["{ticket}": ticket, "{counter}": counter, "{arrow}": arrow]
    var out = ""
    var rest = Substring(format)
    while let open = rest.firstIndex(of: "{") {
      out += rest[..<open]
      rest = rest[open...]
      if let (field, value) = fields.first(where: { rest.hasPrefix($0.key) }) {
        out += value
        rest = rest.dropFirst(field.count)
        // A counter without an arrow leaves no hole.
        if value.isEmpty, rest.first == " ", out.last ?? " " == " " { rest.removeFirst() }
      } else {
        out += "{"
        rest = rest.dropFirst()
      }
    }
    return out + rest
  }

  /// A sign's lines.
  static func lines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }
}
