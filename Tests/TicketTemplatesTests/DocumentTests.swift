import Foundation
import Testing

@testable import TicketTemplates

@Suite struct DocumentTests {
  @Test("every variable, condition and language stands in TEMPLATES.md")
  func complete() throws {
    let page = Shipped.directory.appendingPathComponent("TEMPLATES.md")
    let text = try String(contentsOf: page, encoding: .utf8)
    for variable in Variable.allCases {
      #expect(text.contains("`{\(variable.rawValue)}`"), "\(variable)")
    }
    for fact in Condition.Fact.allCases { #expect(text.contains("`\(fact.rawValue)`"), "\(fact)") }
    for code in LanguageTable.all.keys { #expect(text.contains("`\(code)`"), "\(code)") }
  }
}
