public import Branch
public import Configuration
public import TicketDesign
public import DeviceProfiles
public import QueueProtocol
public import TicketLayout
public import TicketTemplates

/// What a node has to drive, taken from its configuration and the profiles: ids, roles, limits.
public struct NodePlan: Sendable {
  public var node: NodeID
  public var branch: BranchID
  public var branchName: String
  public var services: [ServiceDeclaration]
  public var counters: [(id: CounterID, services: [ServiceID])]
  public var printers: [PrinterPlan]
  public var signs: [SignPlan]
  public var terminals: [TerminalPlan]
  public var link: LinkPlan
  public var numbers: NumberPlan
  /// Of tickets; nil for the first of their template.
  public var ticketLanguage: String?
  /// Where customers find their ticket; nil: nowhere.
  public var ticketURL: TicketURL?
  /// Of the tickets of some services, instead.
  public var serviceLanguages: [ServiceID: String] = [:]
  /// Seconds east of UTC at an instant, by the rules of the branch's zone; nil: as it is now.
  public var zoneOffset: (@Sendable (WallTime) -> Int32)?
  /// Who may log on to a counter.
  public var clerks: [ClerkPlan] = []
  /// Nobody is called there before a clerk has logged on.
  public var clerkCounters: Set<CounterID> = []
  /// nil where nobody can mistake one box for another.
  public var identity: BoxIdentity?

  public init(node: NodeID, branch: BranchID, branchName: String) {
    self.node = node
    self.branch = branch
    self.branchName = branchName
    services = []
    counters = []
    printers = []
    signs = []
    terminals = []
    link = LinkPlan()
    numbers = NumberPlan()
  }
}

/// How the link to the hub is kept.
public struct LinkPlan: Sendable {
  /// Hubs in the order in which they are tried.
  public var addresses: [String] = []
  /// A clerk's request that was not answered within this time is over.
  public var answer: Span = .seconds(3)
  /// The node gives a sign of life at least this often; the hub may want more.
  public var heartbeat: Span = .seconds(15)
  /// Wait before the first, and at most before any, new attempt to connect.
  public var backOff: ClosedRange<Span> = Span(ms: 500)...Span.seconds(30)
  /// A hub that does not answer HELLO or connect within this time is hung up on.
  public var greeting: Span = .seconds(5)
  public init() {}
}

/// How ticket numbers are asked for and put by.
public struct NumberPlan: Sendable {
  /// Numbers held for outages per service and day; 0 for none.
  public var reserve = 50
  /// Days for which they are held, today included: so long a line may be down.
  public var reserveDays = 7
  public static let reserveDays_max = 31
  /// How long a press waits for a number from the hub before it takes one of the reserve.
  public var leaseAnswer: Span = Span(ms: 300)
  public init() {}
}

/// A printer: what its model can do and tell, and how long its jobs may take.
public struct PrinterPlan: Sendable {
  public var id: PrinterID
  public var capabilities: PrinterCapabilities
  /// The design of its tickets, with its logos as dots; nil for the layout in the program.
  public var template: TicketTemplate?
  /// Characters of the capabilities' double-byte set.
  public var doubleByte: DoubleByteTable?
  /// Status answers that can be trusted on this model.
  public var hasAutomaticStatus: Bool
  public var hasRealTimeStatus: Bool
  /// Custom's DLE EOT 20; asked instead of the others.
  public var hasFullStatus = false
  /// A ticket may be printed while another stands in the presenter.
  public var printsBehindPresented = false
  public var hasPortStatus: Bool
  /// Ways to empty its buffers that the model obeys.
  public var clears: Set<BufferClearing> = []
  /// The transport's spooler reports the end of a job (CUPS).
  public var isSpooled: Bool
  /// A spooler's word "completed" counts as a confirmation.
  public var trustsSpooler: Bool
  /// A job that could not be started within this time is not printed any more.
  public var expiry: Span
  /// How long a device may take to confirm a ticket.
  public var confirmation: Span
  /// Length of a new roll; nil: nobody said.
  public var roll_mm: Int?
  /// What is left of a roll when the model says `media-low`; nil: nobody knows.
  public var nearEnd_mm: Int?

  public init(id: PrinterID, capabilities: PrinterCapabilities) {
    self.id = id
    self.capabilities = capabilities
    hasAutomaticStatus = false
    hasRealTimeStatus = false
    hasPortStatus = false
    isSpooled = false
    trustsSpooler = false
    expiry = .seconds(60)
    confirmation = .seconds(20)
  }
}

/// Somebody who may log on to a counter.
public struct ClerkPlan: Sendable {
  public var id: ClerkID
  public var pin: PINHash

  public init(id: ClerkID, pin: PINHash) {
    self.id = id
    self.pin = pin
  }
}

/// What a key asks for.
public indirect enum KeyAction: Hashable, Sendable {
  /// `priority`: the customer goes before others.
  case ticket(ServiceID, priority: Bool = false)
  case request(CounterRequest)
  /// 1 to 5. Without a question it is what the terminal asks just then; with a reason the key says
  /// why, for a while after a rating.
  case rate(Int, question: QuestionID? = nil, reason: ReasonID? = nil)
  case reason(ReasonID)
  /// The last ticket of this printer once more, marked as a reprint.
  case reprint(PrinterID)
  /// A clerk begins to type her PIN, or has typed it.
  case logOn
  case logOff
  case digit(Int)
  /// The same at another counter than the terminal's.
  case at(CounterID, KeyAction)

  var plain: KeyAction { if case .at(_, let action) = self { action } else { self } }

  /// Leaves no fact of its own.
  var isUnrecorded: Bool {
    switch plain {
    case .request, .digit, .logOn: true
    default: false
    }
  }

  var isReason: Bool {
    switch plain {
    case .reason, .rate(_, _, .some): true
    default: false
    }
  }
}

/// Keys of a terminal on which a PIN can be typed, by their Linux codes.
public struct PINKeys: Hashable, Sendable {
  public var digits: [UInt16: Int] = [:]
  /// End of the PIN, besides the key that logs on.
  public var enter: Set<UInt16> = []
  public init() {}
}

/// A terminal: what its keys ask for, and who answers its customer or clerk.
public struct TerminalPlan: Sendable {
  public var id: TerminalID
  /// Linux key code to action; keys without an action are ignored.
  public var actions: [UInt16: KeyAction]
  /// Actions of long presses and chords.
  public var strokes: [KeyStroke: KeyAction] = [:]
  /// In the order in which they are tried.
  public var printers: [PrinterID]
  /// Shows refusals to the person at the terminal.
  public var sign: SignID?
  public var counter: CounterID?
  /// How long the sign shows a number that no printer could print; nil: such a press is refused.
  public var showsNumberFor: Span?
  /// What its keys for ratings and reasons do.
  public var feedback = FeedbackConfiguration.standard
  /// Read only while a clerk types.
  public var pinKeys = PINKeys()

  public init(
    id: TerminalID, actions: [UInt16: KeyAction], printers: [PrinterID], sign: SignID?,
    counter: CounterID?
  ) {
    self.id = id
    self.actions = actions
    self.printers = printers
    self.sign = sign
    self.counter = counter
  }

  func action(_ stroke: KeyStroke) -> KeyAction? {
    if case .press(let code) = stroke { actions[code] } else { strokes[stroke] }
  }

  private var allActions: [KeyAction] { Array(actions.values) + strokes.values }
  var hasReasons: Bool { allActions.contains(where: \.isReason) }
  var logsOn: Bool { allActions.contains { $0.plain == .logOn } }
}
