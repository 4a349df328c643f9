public import Branch

/// What a sign shows and how: most of an element of `signs`.
public struct SignLooks: Hashable, Sendable {
  /// Which tickets' letters and zeros a small sign leaves out.
  public enum Shortening: String, CaseIterable, Sendable {
    /// The first of the others that fits and confuses nobody.
    case auto
    case none
    case lettersAndNumber = "letter-number"
    case number
  }

  public enum Order: String, CaseIterable, Sendable {
    case newestFirst = "newest-first"
    case newestLast = "newest-last"
  }

  /// What becomes of a call on a main sign when the service is over.
  public enum Ended: String, CaseIterable, Sendable { case leave, stay }

  public enum Layer: String, CaseIterable, Sendable { case idle, information, call, alert }

  public var format = SignFormat.ticketOnly
  public var ticketForm = TicketForm.whole
  /// By turns while nobody is called.
  public var idle = [""]
  /// Instead while the branch is closed; none: as `idle`.
  public var closed: [String] = []
  /// How long each of them stands.
  public var turn = Settings.turn.standard
  public var flash = Settings.flash.standard
  public var beeps = true
  public var colours: [Layer: SignPicture.Colour] = [:]
  /// nil: nobody says.
  public var brightness: DailyBrightness?
  public var calls_max = 1
  /// How long a call is seen before another may push it out.
  public var stand = Settings.stand.standard
  public var order = Order.newestFirst
  public var ended = Ended.leave
  public var arrows: [CounterID: Arrow] = [:]
}
