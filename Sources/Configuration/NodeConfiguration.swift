import Branch
import DeviceProfiles
public import TicketDesign
public import TicketTemplates

/// All that a node was told by its configuration file, checked and with profiles looked up.
public struct NodeConfiguration: Hashable, Sendable {
  public let node: NodeID
  public let branch: BranchConfiguration
  public let journal: JournalConfiguration
  public let hub: HubConfiguration
  /// Where profiles are read from instead of the usual directory.
  public let devicesDirectory: String?
  /// Each list in the order of the file, ids unique.
  public let services: [ServiceConfiguration]
  public let numbers: NumberConfiguration
  public let counters: [CounterConfiguration]
  public let printers: [PrinterConfiguration]
  public let signs: [SignConfiguration]
  public let terminals: [TerminalConfiguration]
  public let tickets: TicketConfiguration
  /// Who may log on to a counter.
  public let clerks: [ClerkConfiguration]
  /// Templates by the path under which they are named, as far as they are sound. Whoever reads the
  /// configuration puts them in.
  public var designs: [String: TicketTemplate] = [:]

  public func service(_ id: ServiceID) -> ServiceConfiguration? { services.first { $0.id == id } }
  public func printer(_ id: PrinterID) -> PrinterConfiguration? { printers.first { $0.id == id } }
  public func sign(_ id: SignID) -> SignConfiguration? { signs.first { $0.id == id } }
  public func terminal(_ id: TerminalID) -> TerminalConfiguration? {
    terminals.first { $0.id == id }
  }
}

/// The object `branch`.
public struct BranchConfiguration: Hashable, Sendable {
  public let id: BranchID
  /// Stands on the ticket.
  public let name: String
  /// IANA name such as `Europe/Berlin`; whether the system has it is not checked here.
  public let timeZone: String
  /// nil: nobody said; signs then show the same day and night.
  public let hours: OpeningHours?
}

/// The object `journal`.
public struct JournalConfiguration: Hashable, Sendable {
  /// Absolute path.
  public let directory: String
  public let segment_bytes: Int
  /// At least two segments.
  public let cap_bytes: Int
}

/// The object `hub`.
public struct HubConfiguration: Hashable, Sendable {
  /// Tried in this order; at least one.
  public let addresses: [HubAddress]
  public let heartbeat: Span
  public let answer: Span
}

/// Where a queue service listens, `127.0.0.1:7557` or `[::1]:7557`.
public struct HubAddress: Hashable, Sendable, CustomStringConvertible {
  /// Name or number, without brackets.
  public let host: String
  public let port: UInt16

  public init(host: String, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// nil for any other form.
  public init?(_ text: String) {
    guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
    let digits = text[text.index(after: colon)...]
    guard (1...5).contains(digits.utf8.count),
      digits.utf8.allSatisfy({ (48...57).contains($0) }), let port = UInt16(digits), port > 0
    else { return nil }
    var host = text[..<colon]
    let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.utf8.count > 2
    if isBracketed { host = host.dropFirst().dropLast() }
    guard (1...253).contains(host.utf8.count),
      isBracketed ? isIPv6(host) : host.utf8.allSatisfy(Self.isHostByte)
    else { return nil }
    self.init(host: String(host), port: port)
  }

  private static func isHostByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "."), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  public var description: String {
    host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
  }
}

/// An element of `services`.
public struct ServiceConfiguration: Hashable, Sendable {
  public let id: ServiceID
  /// One to three capital letters, unique on the node.
  public let prefix: String
  /// Stands on the ticket.
  public let name: String
  /// Of its tickets; nil for that of the node.
  public let language: String?
}

/// The object `numbers`.
public struct NumberConfiguration: Hashable, Sendable {
  /// `first...last` are the numbers of a day.
  public let first: Int
  public let last: Int
  public let reserve: Int
  public let reserveDays: Int
  public let leaseAnswer: Span
}

/// The object `tickets`.
public struct TicketConfiguration: Hashable, Sendable {
  /// Absolute path of the template; nil for the layout in the program.
  public let template: String?
  /// One of the template's languages; nil for its first.
  public let language: String?
  /// Where customers find their ticket; nil: nowhere.
  public let url: TicketURL?

  static let standard = TicketConfiguration(template: nil, language: nil, url: nil)
}

/// An element of `counters`.
public struct CounterConfiguration: Hashable, Sendable {
  public let id: CounterID
  /// In the order in which they are called; at least one.
  public let services: [ServiceID]
  /// Nobody is called there before a clerk has logged on.
  public let needsClerk: Bool
}
