import Branch
import BranchCore
import PrinterEmulator
import QueueEngine

/// All that can be seen of a virtual branch at one moment, as a value: what expectations are held
/// against and what the screen shows.
struct BranchPicture: Sendable {
  struct Printer: Sendable {
    var isPlugged = false
    var hasPaper = true
    var columns = 42
    /// Oldest first.
    var tickets: [PrintedTicket] = []
    var faults: [CommandFault] = []
  }

  struct Sign: Sendable {
    var isPlugged = false
    var columns = 8
    /// nil: dark.
    var text: String?
    var isFlashing = false
    var colour: SignPicture.Colour?
    var faults = 0
  }

  struct Terminal: Sendable {
    var isPlugged = false
    var answer = TerminalAnswer()
  }

  var branch: BranchID
  var printers: [PrinterID: Printer] = [:]
  var signs: [SignID: Sign] = [:]
  var terminals: [TerminalID: Terminal] = [:]
  /// What the hub's store holds.
  var store = HubStoreView()
  /// Number of the last fact in the node's journal, and of the last that the hub has of it.
  var journalEnd: Seq = 0
  var hubMark: Seq = 0
  /// Whether the node's session with the hub stands.
  var isLinked = false
  var isHubUp = false
  /// Tickets that had come out of all printers at the last press of any key.
  var ticketsAtLastPress = 0

  /// Tickets that ever came out.
  var ticketCount: Int { printers.values.reduce(0) { $0 + $1.tickets.count } }

  /// Facts that wait in the node's journal for the hub.
  var undelivered: Seq { journalEnd - min(hubMark, journalEnd) }

  /// Who waits and who is served, by the hub's store.
  var queue: BranchState? { store.memory.branches[branch] }
}

extension PrintedTicket {
  /// The number that stands large on it.
  var number: TicketNumber? { largeTexts.lazy.compactMap { TicketNumber($0) }.first }

  /// Nothing of it is missing.
  var isWhole: Bool { !isTorn && cut != nil }
}
