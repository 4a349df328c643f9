import Branch
import DeviceProfiles
import SignProtocols
import TicketLayout

/// An element of `printers`.
public struct PrinterConfiguration: Hashable, Sendable {
  public let id: PrinterID
  public let profile: PrinterProfile
  public let device: PrinterDevice
  public let jobExpiry: Span
  public let confirm: Span
  /// Absolute path of a template of its own; nil for that of the node.
  public let template: String?
  /// Metres of a new roll; nil: nobody said.
  public let roll_m: Int?
  /// How tickets are held out; nil: as the printer is set up itself.
  public let presenting: Presenting?
}

/// How a printer is reached.
public enum PrinterDevice: Hashable, Sendable {
  case usb(USBSelector)
  case cups(CUPSQueue)
  /// A character device, FIFO or file; absolute. Where nothing stands there yet, a file is made
  /// only if the configuration says so: a mistyped path must not swallow tickets.
  case path(String, createsFile: Bool = false)
}

/// Which of the USB printers is meant.
public enum USBSelector: Hashable, Sendable {
  case serial(String)
  /// Physical port, `1-2.3`, as the kernel names it.
  case port(String)
  case model(USBModel)
  /// The only one there is.
  case any
}

/// A queue of a CUPS server.
public struct CUPSQueue: Hashable, Sendable {
  public static let server_standard = "localhost:631"
  /// Where the cupsd of Debian writes its events: CacheDir/rss (cups-files.conf(5)).
  public static let feed_standard = "/var/cache/cups/rss"

  public let queue: String
  /// `host:port`, or the absolute path of cupsd's socket.
  public let server: String
  /// Whether "completed" by the spooler is taken as printed; a raw queue says it too early.
  public let trustCompleted: Bool
  /// Whether a queue that its backend stopped is started again.
  public let resumes: Bool
  /// Where a cupsd on this box writes its events.
  public let feed: String

  public init(
    queue: String, server: String = server_standard, trustCompleted: Bool = false,
    resumes: Bool = true, feed: String = feed_standard
  ) {
    self.queue = queue
    self.server = server
    self.trustCompleted = trustCompleted
    self.resumes = resumes
    self.feed = feed
  }
}

/// An element of `signs`.
public struct SignConfiguration: Hashable, Sendable {
  public let id: SignID
  public let profile: SignProfile
  /// Absolute path of the serial device.
  public let port: String
  public let shows: SignPurpose
  public let looks: SignLooks
  /// That of the profile, for the sign's own address.
  public let signProtocol: SignProtocol
  /// How its port changes between sending and listening; nil: as it is set up, or by itself.
  public let rs485: RS485Settings?
  public let refresh: Span

  public var format: SignFormat { looks.format }
}

/// Which calls a sign shows.
public enum SignPurpose: Hashable, Sendable {
  /// Who is called to this counter.
  case counter(CounterID)
  /// Who was called last in the branch.
  case main
  /// Only what terminals have to refuse.
  case refusals
}

/// An element of `terminals`.
public struct TerminalConfiguration: Hashable, Sendable {
  public let id: TerminalID
  public let profile: TerminalProfile
  public let device: TerminalDevice
  /// What each key asks for, by profile and configuration; at least one without a scanner.
  public let actions: [KeyName: TerminalAction]
  /// What the configuration alone asks for with long presses and chords; before those of the
  /// profile.
  public let strokes: [KeyStroke: TerminalAction]
  /// How it reads codes; nil: it does not.
  public let scanner: ScannerSettings?
  public let lockout: Span
  public let longPress: Span
  /// For its tickets; the first that can print does. Not empty when a key takes tickets.
  public let printers: [PrinterID]
  /// Shows what the terminal has to refuse.
  public let sign: SignID?
  /// Not nil when a key calls or rates.
  public let counter: CounterID?
  /// How long its sign shows a number that no printer could print; nil: the press is refused.
  public let showsNumberFor: Span?
  public let feedback: FeedbackConfiguration

  public func action(code: UInt16) -> (key: KeyName, action: TerminalAction)? {
    guard let key = profile.key(code: code), let action = actions[key.name] else { return nil }
    return (key.name, action)
  }

  /// What each stroke asks for.
  public var strokeActions: [KeyStroke: TerminalAction] {
    var all: [KeyStroke: TerminalAction] = [:]
    for key in profile.keys {
      guard let action = actions[key.name] else { continue }
      for stroke in key.strokes { all[stroke] = action }
    }
    return all.merging(strokes) { $1 }
  }
}

/// What becomes of a press for a ticket when no printer can print.
public enum WithoutPrinter: String, CaseIterable, Sendable {
  case refuse
  /// The number stands on the terminal's sign for a while.
  case show
}

/// Which input device is meant; never a number of `/dev/input/eventN`, which changes.
public enum TerminalDevice: Hashable, Sendable {
  case serial(String)
  /// Physical USB port, `1-3`.
  case port(String)
  /// Name in `/dev/input/by-id`.
  case byID(String)
  /// A device, or a FIFO or file of `input_event` records; absolute.
  case path(String)
}
