/// A ticket as bytes for one printer.
public struct EncodedTicket: Hashable, Sendable {
  public let bytes: [UInt8]
  /// What could not be shown as designed; empty as a rule.
  public let shortfalls: [Shortfall]

  public init(bytes: [UInt8], shortfalls: [Shortfall]) {
    self.bytes = bytes
    self.shortfalls = shortfalls
  }
}
