/// What stands large on the ticket: a service's letter prefix and a number, `A012`.
public struct TicketNumber: Hashable, Sendable, Comparable, CustomStringConvertible {
  /// One to three capital letters.
  public let prefix: String
  /// From 1; three digits are shown at least.
  public let number: Int

  public static let prefixLength_max = 3
  public static let number_max = 9999

  public init(prefix: String, number: Int) {
    precondition(Self.isPrefix(prefix) && (1...Self.number_max).contains(number))
    self.prefix = prefix
    self.number = number
  }

  /// `A012`; nil for any other form.
  public init?(_ text: some StringProtocol) {
    let number = Array(text.utf8).withUnsafeBytes { TicketNumber(bytes: $0) }
    guard let number else { return nil }
    self = number
  }

  /// The same for the bytes of a text.
  public init?(bytes: UnsafeRawBufferPointer) {
    let letters = bytes.prefix { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    let digits = bytes[letters.count...]
    guard (1...Self.prefixLength_max).contains(letters.count), (3...4).contains(digits.count),
      digits.allSatisfy({ (48...57).contains($0) })
    else { return nil }
    let number = digits.reduce(0) { $0 * 10 + Int($1) - 48 }
    guard number > 0, digits.count == 3 || number >= 1000 else { return nil }
    prefix = String(decoding: letters, as: UTF8.self)
    self.number = number
  }

  /// Appends what `description` says.
  public func append(to bytes: inout [UInt8]) {
    bytes += prefix.utf8
    appendDecimal(Int64(number), to: &bytes, width: 3)
  }

  public static func isPrefix(_ text: String) -> Bool {
    (1...prefixLength_max).contains(text.utf8.count)
      && text.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
  }

  public var description: String { prefix + padded(number, to: 3) }

  public static func < (left: Self, right: Self) -> Bool {
    (left.prefix, left.number) < (right.prefix, right.number)
  }
}

/// How a print job ended.
public enum PrintOutcome: String, Sendable, CaseIterable {
  /// The device confirmed it.
  case printed
  /// Bytes went and no confirmation came; the machine never prints it again.
  case unconfirmed
  /// Nothing was printed.
  case failed
}

/// A condition of a device in the words of IPP `printer-state-reasons` (RFC 8011, 5.4.12),
/// whatever the transport.
public enum DeviceCondition: String, Sendable, CaseIterable, Comparable {
  case mediaEmpty = "media-empty"
  case mediaLow = "media-low"
  case mediaJam = "media-jam"
  case coverOpen = "cover-open"
  case offline
  case paused
  case timedOut = "timed-out"
  case other

  /// A printer in this condition takes no new ticket.
  public var stopsPrinting: Bool { self != .mediaLow }

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
