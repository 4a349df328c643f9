import Branch
import TicketLayout

/// A number that a configuration may leave out: its key, what is taken then, what it may be.
public struct Setting<Value: Comparable & Sendable>: Sendable {
  /// Dotted path of the key, `hub.heartbeatSeconds`; of elements of lists without their index.
  public let path: String
  public let standard: Value
  public let range: ClosedRange<Value>

  init(_ path: String, _ standard: Value, _ range: ClosedRange<Value>) {
    self.path = path
    self.standard = standard
    self.range = range
  }

  /// The key within its object.
  var key: String { String(path.split(separator: ".").last ?? "") }
}

/// Every number of the configuration. CONFIGURATION.md says the same to people; a test compares.
public enum Settings {
  /// Size of one journal file before the next is begun.
  public static let segment_mib = Setting("journal.segmentMiB", 4, 1...64)
  /// Space that the journal takes at most.
  public static let cap_mib = Setting("journal.capMiB", 256, 4...65_536)

  /// A silent line is asked for a sign of life after this time.
  public static let heartbeat = Setting(
    "hub.heartbeatSeconds", Span.seconds(15), Span(ms: 100)...Span.seconds(300))
  /// An answer that takes longer means that the hub is out of reach.
  public static let answer = Setting(
    "hub.answerSeconds", Span.seconds(3), Span(ms: 100)...Span.seconds(60))

  /// First ticket number of a day.
  public static let numberFirst = Setting("numbers.first", 1, 1...TicketNumber.number_max)
  /// Last ticket number of a day.
  public static let numberLast = Setting("numbers.last", 999, 1...TicketNumber.number_max)
  /// Numbers of a service that the node keeps for an outage.
  public static let reserve = Setting("numbers.reserve", 50, 1...1000)
  /// Days for which they are kept, today included: a line that is down for longer gives no tickets.
  public static let reserveDays = Setting("numbers.reserveDays", 7, 1...31)
  /// How long a customer's press waits for a number from the hub before one of the reserve is
  /// taken.
  public static let leaseAnswer = Setting(
    "numbers.leaseAnswerMs", Span(ms: 300), Span(ms: 10)...Span(ms: 5000))

  /// A ticket that could not be printed within this time must not come out any more.
  public static let jobExpiry = Setting(
    "printers.jobExpirySeconds", Span.seconds(60), Span.seconds(1)...Span.seconds(3600))
  /// How long the printer may take to confirm a ticket.
  public static let confirm = Setting(
    "printers.confirmSeconds", Span.seconds(20), Span(ms: 100)...Span.seconds(600))
  /// Millimetres that a ticket is held out.
  public static let presentLength_mm = Setting(
    "printers.present.lengthMm", 100, Presenting.length_mm)
  /// A ticket that nobody took by then is retracted or ejected.
  public static let presentWait = Setting(
    "printers.present.afterSeconds", Span.seconds(30), Span.seconds(3)...Span.seconds(255))
  /// Metres of paper on a new roll.
  static let roll_m = 5...2000

  /// How often a sign is told its text again.
  public static let refresh = Setting(
    "signs.refreshSeconds", Span.seconds(60), Span.seconds(1)...Span.seconds(86_400))

  /// How long a call on a main sign is seen before another may push it out.
  public static let stand = Setting(
    "signs.standSeconds", Span.seconds(3), Span(ms: 0)...Span.seconds(60))
  /// How long a new call flashes.
  public static let flash = Setting(
    "signs.flashSeconds", Span.seconds(5), Span(ms: 0)...Span.seconds(60))
  /// How long each of several idle texts stands.
  public static let turn = Setting(
    "signs.idleSeconds", Span.seconds(10), Span.seconds(2)...Span.seconds(3600))
  public static let idleTexts_max = 16

  /// How long a number without paper stands on the sign.
  public static let showNumber = Setting(
    "terminals.showSeconds", Span.seconds(15), Span.seconds(3)...Span.seconds(60))

  /// A second rating within this time takes the place of the first.
  public static let correct = Setting(
    "terminals.feedback.correctSeconds", Span.seconds(10), Span(ms: 0)...Span.seconds(120))
  /// How long the next question waits for its answer.
  public static let nextQuestion = Setting(
    "terminals.feedback.nextSeconds", Span.seconds(20), Span.seconds(1)...Span.seconds(120))
  /// How long a rating waits for its reason.
  public static let reason = Setting(
    "terminals.feedback.reasonSeconds", Span.seconds(20), Span.seconds(1)...Span.seconds(120))
  /// The best rating that is asked for a reason.
  public static let reasonUpTo = Setting("terminals.feedback.reasonUpTo", 2, 1...5)

  // How much of each thing a node may have.
  public static let hubAddresses_max = 8
  public static let services_max = 64
  public static let counters_max = 256
  public static let printers_max = 16
  public static let signs_max = 64
  public static let terminals_max = 64
  public static let clerks_max = 100
  /// Salts and rounds of all their PINs.
  public static let recipes_max = 4
  /// Of one terminal.
  public static let questions_max = 8

  // Characters of texts.
  public static let nameLength = 1...64
  public static let idleLength = 0...256
  public static let formatLength = 1...64
  public static let promptLength = 0...64
  /// PATH_MAX less the closing NUL.
  public static let pathLength = 1...4095
}
