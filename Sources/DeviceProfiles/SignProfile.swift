import Branch
import SignProtocols

/// What is known about a model of sign on a serial line.
public struct SignProfile: Hashable, Sendable {
  public static let columns = 1...256
  public static let gap = Span(ms: 0)...Span(ms: 5000)
  public static let refresh = Span.seconds(1)...Span.seconds(86_400)

  public let id: ProfileID
  public let name: String
  public let vendor: String
  public let serial: SerialSettings
  /// Characters that can be seen at once.
  public let columns: Int
  public let signProtocol: SignProtocol
  /// Silence that the sign needs between two frames.
  public let gap: Span
  /// How often the text is sent again, because most signs cannot tell that they lost it; nil: the
  /// model is not known to need it.
  public let refresh: Span?

  public init(
    id: ProfileID, name: String, vendor: String = "", serial: SerialSettings, columns: Int,
    signProtocol: SignProtocol, gap: Span = Span(ms: 0), refresh: Span? = nil
  ) {
    self.id = id
    self.name = name
    self.vendor = vendor
    self.serial = serial
    self.columns = columns
    self.signProtocol = signProtocol
    self.gap = gap
    self.refresh = refresh
  }
}
