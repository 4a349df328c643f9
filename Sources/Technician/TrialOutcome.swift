public import Branch

extension PrinterTrial {
  /// How it ended.
  public enum Outcome: Equatable, Sendable {
    /// Nothing was sent, because it cannot print now or is not there.
    case unusable(Problem)
    /// Tried without a ticket: it would take one.
    case usable(Knowledge)
    case printed
    case unconfirmed(Doubt)
    /// Part of the ticket may have been sent; it did not come out whole.
    case failed(Problem)
  }

  /// What the word "usable" rests on.
  public enum Knowledge: Equatable, Sendable {
    /// It said so itself; conditions that do not stop it are named.
    case told(Set<DeviceCondition>)
    /// It was opened; nothing can be asked.
    case openedOnly
  }

  /// Why nobody knows whether the ticket came out.
  public enum Doubt: Equatable, Sendable {
    /// Model, transport or spooler cannot tell.
    case cannotTell
    /// It should have told and did not.
    case silent
    /// What it says of itself after the ticket.
    case stopped(Set<DeviceCondition>)
    /// All bytes were taken, then it went away.
    case lost(Problem)
    case spooler(String)
  }
}
