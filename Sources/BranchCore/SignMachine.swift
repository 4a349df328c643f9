import Branch

/// What one sign shows: its own text, or for a moment a message above it. Written on change, after
/// every return of the port, and now and then, because most signs cannot say what they show.
struct SignMachine {
  /// How long a refusal stands.
  static let message: Span = .seconds(4)

  let plan: SignPlan
  private(set) var isOpen = false
  private(set) var text: String
  private(set) var message: (text: String, until: MonotonicTime)?
  private(set) var refreshAt: MonotonicTime?
  var noise = NoiseMeter()

  init(plan: SignPlan) {
    self.plan = plan
    text = plan.idle
  }

  /// What should be seen now.
  var picture: String { message?.text ?? text }

  /// Each event gives the text to write, or nil.
  mutating func opened(now: MonotonicTime) -> String? {
    isOpen = true
    return write(now)
  }

  mutating func lost() {
    isOpen = false
    refreshAt = nil
  }

  /// `again`: a recall writes the sign once more, though its text stays.
  mutating func called(
    _ ticket: TicketNumber?, counter: CounterID?, again: Bool = false, now: MonotonicTime
  ) -> String? {
    let next = ticket.map { Self.fill(plan.format, $0, counter) } ?? plan.idle
    guard again || next != text || message != nil else { return nil }
    text = next
    // A call is more than any message: people wait for it.
    if ticket != nil { message = nil }
    return write(now)
  }

  mutating func told(
    _ words: String, for span: Span = SignMachine.message, now: MonotonicTime
  ) -> String? {
    message = (words, now + span)
    return write(now)
  }

  mutating func timePassed(now: MonotonicTime) -> String? {
    if let until = message?.until, until <= now {
      message = nil
      return write(now)
    }
    if let refreshAt, refreshAt <= now { return write(now) }
    return nil
  }

  var nextDeadline: MonotonicTime? {
    [message?.until, refreshAt].compactMap { $0 }.min()
  }

  private mutating func write(_ now: MonotonicTime) -> String? {
    guard isOpen else { return nil }
    refreshAt = plan.refresh.map { now + $0 }
    return picture
  }

  static func fill(_ format: String, _ ticket: TicketNumber, _ counter: CounterID?) -> String {
    var out = ""
    var rest = Substring(format)
    while let open = rest.firstIndex(of: "{") {
      out += rest[..<open]
      rest = rest[open...]
      if rest.hasPrefix("{ticket}") {
        out += ticket.description
        rest = rest.dropFirst("{ticket}".count)
      } else if rest.hasPrefix("{counter}") {
        out += counter?.text ?? ""
        rest = rest.dropFirst("{counter}".count)
      } else {
        out += "{"
        rest = rest.dropFirst()
      }
    }
    return out + rest
  }
}
