import Branch
import Foundation
import PositionedJSON
import Testing
import TicketDesign

@testable import TicketTemplates

/// Templates of `Devices/tickets`, and others made of a text.
enum Shipped {
  static let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Devices/tickets")

  static func read(_ name: String) throws -> TicketTemplate {
    let bytes = Array(try Data(contentsOf: directory.appendingPathComponent(name)))
    let (template, diagnostics) = TicketTemplate.read(file: name, bytes: bytes, picture: picture)
    #expect(diagnostics.map(\.description) == [])
    return try #require(template)
  }

  static func picture(_ name: String) throws(Problem) -> [UInt8] {
    let data = try? Data(contentsOf: directory.appendingPathComponent(name))
    guard let data else {
      throw Problem(code: "file", what: name, cause: "there is no \(name)", cure: "Check the path.")
    }
    return Array(data)
  }
}

func parse(_ text: String) -> (TicketTemplate?, [Diagnostic]) {
  TicketTemplate.read(file: "t.json", bytes: Array(text.utf8), picture: Shipped.picture)
}

/// The texts of a document, one a line.
func texts(_ document: TicketDocument) -> [String] {
  document.elements.compactMap { if case .text(let text, _) = $0 { text } else { nil } }
}

func content(_ change: (inout TicketContent) -> Void = { _ in }) throws -> TicketContent {
  // 22 November 2026, 14:05 in Berlin: a Sunday.
  let instant = WallTime(ms: 1_795_352_700_000)
  var content = TicketContent(
    branchName: "Town Hall", serviceName: "Passports",
    number: try #require(TicketNumber("A012")),
    issuedAt: LocalTime(instant, zoneOffsetSeconds: 3600))
  change(&content)
  return content
}
