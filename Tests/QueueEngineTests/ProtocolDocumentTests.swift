import Branch
import Foundation
import QueueProtocol
import Testing

@testable import QueueEngine

/// PROTOCOL.md stands beside the codec; what it shows is played against the engine here.
@Suite("PROTOCOL.md is true")
struct ProtocolDocumentTests {
  private let text: String
  private static let bookingSystem: SessionID = 99

  init() throws {
    let here = URL(fileURLWithPath: #filePath)
    let top = here.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    text = try String(
      contentsOf: top.appending(path: "Sources/QueueProtocol/PROTOCOL.md"), encoding: .utf8)
  }

  /// Lines of the fenced block that follows the marker.
  private func block(_ marker: String) throws -> [String] {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    let start = try #require(lines.firstIndex(of: "<!-- \(marker) -->"))
    let fence = try #require(lines[start...].firstIndex { $0.hasPrefix("```") })
    let end = try #require(lines[(fence + 1)...].firstIndex { $0.hasPrefix("```") })
    return Array(lines[(fence + 1)..<end])
  }

  /// Plays `n> `, `h> ` and `# ` lines: what the node says goes in, what the hub says must come
  /// out, no more and no less. `# connect`, `# lost` and `# wait 5 s` happen.
  private func play(_ script: [String], _ hub: Hub) throws {
    var session: SessionID = 0
    var expected: [String] = []
    var heard: [String] = []
    func check(_ before: String) {
      #expect(heard == expected, "before `\(before)`")
      heard = []
      expected = []
    }
    for line in script where !line.isEmpty {
      switch line.prefix(3) {
      case "h> ": expected.append(String(line.dropFirst(3)))
      case "n> ":
        check(line)
        heard += hub.say(session, String(line.dropFirst(3)))
      case "b> ":
        check(line)
        hub.engine.connected(Self.bookingSystem)
        heard += hub.say(Self.bookingSystem, String(line.dropFirst(3)))
      default:
        check(line)
        let words = line.split { $0 == " " || $0 == ":" }
        try #require(words.first == "#", "neither said nor happened: \(line)")
        switch words[1] {
        case "connect":
          session += 1
          hub.engine.connected(session)
        case "lost": hub.drop(session)
        case "restart": hub.restart()
        case "wait": hub.pass(.seconds(try #require(Int64(words[2]))))
        case "a": break
        default: Issue.record("what is \(line)?")
        }
      }
    }
    check("the end")
  }

  @Test("its example session is what the hub says")
  func session() throws {
    let hub = Hub()
    try play(try block("session"), hub)
    #expect(hub.serving("1") == nil)
    #expect(hub.facts.contains { $0.fact.kind == .ratingGiven && $0.fact.ticket != nil })
    #expect(hub.facts.count > 10)
  }

  @Test("its session with appointments and priority is what the hub says")
  func appointments() throws {
    let hub = Hub()
    try play(try block("appointments"), hub)
    #expect(hub.own(.visitCalled).count == 3)
  }

  @Test("its session with ratings is what the hub says and stores")
  func ratings() throws {
    let hub = Hub()
    try play(try block("ratings"), hub)
    let ratings = hub.facts.filter { [.ratingGiven, .ratingReason].contains($0.fact.kind) }
    #expect(
      ratings.map { String(decoding: $0.encoded(), as: UTF8.self) } == (try block("rated")))
  }

  @Test("its session by hand is what the hub says")
  func byHand() throws { try play(try block("by-hand"), Hub()) }

  @Test("its facts are what the hub stored in that session")
  func stored() throws {
    let hub = Hub()
    try play(try block("session"), hub)
    #expect(
      hub.facts.map { String(decoding: $0.encoded(), as: UTF8.self) } == (try block("stored")))
  }

  @Test("every error code has its row, and no other has one")
  func errors() throws {
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("| `") }
      .compactMap { $0.split(separator: "`").dropFirst().first.map(String.init) }
    for error in ProtocolError.allCases {
      #expect(rows.contains(error.rawValue), "\(error.rawValue) has no row")
    }
  }

  @Test("every verb, kind of fact and command is described")
  func words() {
    let kinds: [FactKind] = [
      .nodeStarted, .ticketIssued, .ticketSending, .ticketPrinted, .ticketUnconfirmed,
      .ticketFailed, .ticketVoided, .pressRefused, .ratingGiven, .deviceFound, .deviceLost,
      .deviceCondition, .numbersLeased, .numbersSkipped, .visitCalled, .visitRecalled, .visitNoShow,
      .visitEnded,
      .visitLapsed, .clockSet, .factsMissing, .factsShed, .ticketOrdered, .commandRefused,
      .nodeAnswered, .appointmentBooked, .appointmentCancelled, .ratingReason,
      .pressesIgnored, .clerkLoggedOn, .clerkLoggedOff, .clerkRefused,
    ]
    let verbs = [
      "HELLO", "SERVICE", "COUNTER", "FACT", "ACK", "LEASE", "NEXT", "RECALL", "NO-SHOW", "END",
      "PING", "BYE", "WELCOME", "CMD", "CHECK-IN", "BOOK", "UNBOOK", "OK", "ERROR", "PONG",
    ]
    for word in kinds.map(\.rawValue) + verbs + ["call", "clear", "lease"] {
      #expect(text.contains("`\(word)`"), "\(word) is not described")
    }
  }

  @Test("its numbers are those of the code")
  func numbers() {
    let bounds = QueueEngine.Bounds.standard
    let numbers: [(String, String)] = [
      ("Bytes of a line, its line feed included", String(Line.length_max)),
      ("Words and fields of a line", String(Line.parts_max)),
      ("Greatest number", String(Line.number_max)),
      ("Greatest `next` and `commands` of a HELLO", String(NodeMessage.start_max)),
      ("Numbers of a lease", String(NodeMessage.leaseCount_max)),
      ("Services of a counter", String(NodeMessage.counterServices_max)),
      ("Bytes of a service's name", String(ServiceDeclaration.name_bytes_max)),
      ("Greatest ticket number", String(TicketNumber.number_max)),
      ("Greatest window", String(HubMessage.window_max)),
      ("Commands that wait for one node's ACK", String(QueueEngine.outbox_max)),
      ("Services of a branch", String(bounds.services_max)),
      ("Counters of a branch", String(bounds.counters_max)),
      ("Branches of a hub", String(bounds.branches_max)),
      ("Nodes of a hub", String(bounds.nodes_max)),
      ("Epochs of all nodes of a hub", String(bounds.lives_max)),
      ("Characters of a code", String(CheckInCode.length_max)),
      ("Bytes of notes", String(TicketDetails.notes_bytes_max)),
      ("Booked appointments of a branch", String(bounds.branchBookings_max)),
      ("Booked appointments of a hub", String(bounds.bookings_max)),
      ("Characters of a name", String(Name<NodeTag>.length_max)),
    ]
    for (what, number) in numbers {
      #expect(text.contains("| \(what) | \(number) |"), "\(what): \(number)")
    }
  }
}
