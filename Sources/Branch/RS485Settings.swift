/// How a serial port changes between sending and listening on a line of two wires, where that is
/// the driver's task (TIOCSRS485, kernel documentation "RS485 Serial Communications"). Most USB
/// adapters do it by themselves and need none of this.
public struct RS485Settings: Hashable, Sendable, CustomStringConvertible {
  /// The kernel's serial core takes no more.
  public static let delay = Span(ms: 0)...Span(ms: 100)

  /// A port whose driver cannot do it is not used; false: it is, with a note.
  public let isRequired: Bool
  /// RTS is set while bytes are sent, as most transceivers want it; false: while none are.
  public let sendsWithRTS: Bool
  /// From the change to the first bit, and from the last bit to the change back; within `delay`.
  public let before: Span
  public let after: Span
  /// The port also hears what it sends.
  public let hearsItself: Bool

  /// Delays outside of `delay` are brought into it.
  public init(
    isRequired: Bool = false, sendsWithRTS: Bool = true, before: Span = Span(ms: 0),
    after: Span = Span(ms: 0), hearsItself: Bool = false
  ) {
    self.isRequired = isRequired
    self.sendsWithRTS = sendsWithRTS
    self.before = min(max(before, Self.delay.lowerBound), Self.delay.upperBound)
    self.after = min(max(after, Self.delay.lowerBound), Self.delay.upperBound)
    self.hearsItself = hearsItself
  }

  /// Something is to be done by the driver. Not so where nothing is said but that the adapter hears
  /// itself: it may well switch by itself, and its driver know nothing of directions.
  public var asksTheDriver: Bool { !hearsItself || self != RS485Settings(hearsItself: true) }

  /// `RTS high, 0 ms before, 1 ms after`
  public var description: String {
    "RTS \(sendsWithRTS ? "high" : "low"), \(before.ms) ms before, \(after.ms) ms after"
      + (hearsItself ? ", hears itself" : "")
  }
}
