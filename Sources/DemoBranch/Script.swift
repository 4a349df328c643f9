import Branch
import DeviceProfiles

/// A day at a branch, step by step. How it is written: Devices/demo/SCRIPT.md.
public struct Script: Sendable {
  package struct Step: Sendable {
    let action: Action
    package let line: Int
    /// As it stands in the file, without comment and outer blanks.
    package let text: String
  }

  enum Action: Hashable, Sendable {
    case press(TerminalID, VirtualPress)
    case printer(PrinterID, PrinterHand)
    case unplug(DeviceRef)
    case plug(DeviceRef)
    case hub(isUp: Bool)
    case wait(Span)
    case expect(ScriptExpectation, Patience)
  }

  /// As the person named it.
  public let file: String
  package let steps: [Step]
}

/// How long an expectation may take, or has to last.
enum Patience: Hashable, Sendable {
  /// True at some moment until then.
  case within(Span)
  /// True from now on for so long without a break.
  case lasting(Span)

  static let standard = Patience.within(.seconds(10))
  /// For what must not happen: long enough for a press to become a ticket.
  static let standardLasting = Patience.lasting(.seconds(1))
}

/// Something that has to be seen.
enum ScriptExpectation: Hashable, Sendable {
  /// One whole ticket of this number came out.
  case ticket(TicketNumber, on: PrinterID?)
  /// Nothing came out since the last press.
  case noTicket
  /// Nothing with this number ever came out.
  case noTicketOf(TicketNumber)
  case sign(SignID, text: String)
  case dark(SignID)
  case waiting(ServiceID, count: Int)
  /// nil: nobody.
  case serving(CounterID, TicketNumber?)
  case facts(FactKind, count: Int, conditions: [FieldCondition])
  case link(isUp: Bool)
  /// The terminal's lamp answered its last press.
  case answered(TerminalID, isRefused: Bool)
  case device(DeviceRef, isFound: Bool)
  case eachOnce
  case paperAgrees
}

/// `rating=4`; `offline=*` for any value.
struct FieldCondition: Hashable, Sendable, CustomStringConvertible {
  let key: String
  /// nil: any.
  let value: String?

  /// Of a list, `media-empty,offline`, one word is enough.
  func holds(_ given: String?) -> Bool {
    guard let value, let given else { return given != nil }
    return given == value || given.split(separator: ",").contains { $0 == value }
  }
  var description: String { "\(key)=\(value ?? "*")" }
}
