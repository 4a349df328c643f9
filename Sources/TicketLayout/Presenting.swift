/// The commands of a presenter, which holds a cut ticket out to the customer. The raw value is the
/// word in printer profiles.
public enum PresenterKind: String, CaseIterable, Sendable {
  /// GS e n behind the cut: 3 m presents, 2 retracts, 5 ejects [Custom KPM210/216 user manual].
  case gsE = "gs-e"
  /// FS P n b c t cuts, presents, and after t seconds retracts or ejects by itself [Custom
  /// VKP80III commands manual 915DX010100, after quobox/vkp80iii].
  case fsP = "fs-p"
}

/// What becomes of a ticket that nobody takes. The raw value is the word in configurations.
public enum PresentEnd: String, CaseIterable, Sendable {
  /// Pulled back into the printer.
  case retract
  /// Pushed out, onto the floor or into a basket.
  case eject
}

/// How tickets are presented.
public struct Presenting: Hashable, Sendable {
  public static let length_mm = 20...150
  public static let wait_s = 3...255

  public let kind: PresenterKind
  public let length_mm: Int
  /// Seconds.
  public let wait_s: Int
  public let end: PresentEnd

  /// Values outside of the ranges are brought to the nearest end.
  public init(_ kind: PresenterKind, length_mm: Int, wait_s: Int, end: PresentEnd) {
    self.kind = kind
    self.length_mm = min(
      max(length_mm, Self.length_mm.lowerBound), Self.length_mm.upperBound)
    self.wait_s = min(max(wait_s, Self.wait_s.lowerBound), Self.wait_s.upperBound)
    self.end = end
  }
}
