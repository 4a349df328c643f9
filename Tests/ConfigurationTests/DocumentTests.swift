import Branch
import CodePages
import Configuration
import DeviceProfiles
import Foundation
import PositionedJSON
import Testing

@Suite("Documents")
struct DocumentTests {
  @Test("every key of the sound configurations has its row in CONFIGURATION.md")
  func everyKey() throws {
    let rows = try rows("Sources/Configuration/CONFIGURATION.md")
    let example = try Shipped.text("Devices/kioskd.example.json")
    let scanner = #"{"layout": "de", "prefix": "~", "suffix": "tab", "timeoutMs": 50}"#
    let feedback = FeedbackFormTests.feedback
    let documents = [
      baseText, looksText, example, #"{"clerks": [{"id": "a", "pin": "x"}]}"#,
      #"{"counters": [{"needsClerk": true}], "terminals": [{"feedback": \#(feedback)}]}"#,
      #"{"hub": {"address": "h:1"}}"#, #"{"signs": [{"rs485": \#(SharedLineTests.rs485)}]}"#,
      #"{"terminals": [{"lockoutMs": 1, "longPressMs": 200, "scanner": \#(scanner)}]}"#,
    ]
    var keys: Set<String> = []
    for text in documents {
      let document = JSONDocument(file: "f", bytes: Array(text.utf8))
      collect(try #require(document.value), "", &keys)
    }
    #expect(keys.count > 50)
    for key in keys.sorted()
    where !["terminals[].keys.", "signs[].idle.", "signs[].arrows.", "branch.hours.exceptions."]
      .contains(where: key.hasPrefix)
    {
      #expect(rows[key] != nil, "\(key) has no row")
    }
  }

  @Test("every number's range and default stand in CONFIGURATION.md as they are")
  func everySetting() throws {
    let rows = try rows("Sources/Configuration/CONFIGURATION.md")
    func check<Value>(_ setting: Setting<Value>, _ written: (Value) -> String) throws {
      let parts = setting.path.split(separator: ".")
      let isInList = ["printers", "signs"].contains(parts[0])
      let row = try #require(rows["\(parts[0])\(isInList ? "[]" : "").\(parts[1])"])
      let (low, high) = (setting.range.lowerBound, setting.range.upperBound)
      #expect(row[2] == "\(written(low)) to \(written(high))", "\(setting.path)")
      #expect(row[3].hasSuffix(written(setting.standard)), "\(setting.path)")
      #expect(setting.range.contains(setting.standard))
    }
    for setting in [
      Settings.segment_mib, Settings.cap_mib, Settings.numberFirst, Settings.numberLast,
      Settings.reserve,
    ] {
      try check(setting) { String($0) }
    }
    for setting in [
      Settings.heartbeat, Settings.answer, Settings.jobExpiry, Settings.confirm, Settings.refresh,
      Settings.flash, Settings.turn,
    ] {
      try check(setting, secondsText)
    }
    try check(Settings.leaseAnswer) { String($0.ms) }
    for setting in [Settings.correct, Settings.nextQuestion, Settings.reason] {
      let key = setting.path.replacing("terminals.", with: "terminals[].")
      let row = try #require(rows[key], "\(key)")
      let (low, high) = (setting.range.lowerBound, setting.range.upperBound)
      #expect(row[2] == "\(secondsText(low)) to \(secondsText(high))", "\(key)")
      #expect(row[3] == secondsText(setting.standard), "\(key)")
    }
  }

  @Test("the frame in PROFILES.md is one that can be loaded")
  func frameExample() throws {
    let text = try Shipped.text("Devices/PROFILES.md")
    let start = try #require(text.range(of: "\"frame\": {"))
    let end = try #require(text.range(of: "\n    }", range: start.lowerBound..<text.endIndex))
    let profile = """
      {"kind": "sign", "name": "x", "columns": 8, "sources": {"*": "x"},
       "serial": {"baud": 9600, "dataBits": 8, "parity": "none", "stopBits": 1},
       \(text[start.lowerBound..<end.upperBound])}
      """
    var library = ProfileLibrary()
    let told = library.add(fileName: "x.json", bytes: Array(profile.utf8))
    #expect(told.map(\.description) == [])
  }

  @Test("every key of the shipped profiles is explained in PROFILES.md")
  func profileKeys() throws {
    let text = try Shipped.text("Devices/PROFILES.md")
    for file in try Shipped.files() where ProfileLibrary.isProfile(fileName: file.name) {
      let document = JSONDocument(file: file.name, bytes: file.bytes)
      for member in try #require(document.value?.members) {
        #expect(text.contains("| `\(member.key)` |"), "\(file.name): \(member.key)")
      }
    }
    for page in CodePage.allCases { #expect(text.contains(" \(page.rawValue)")) }
  }

  /// Rows of all tables by the key in their first cell.
  private func rows(_ path: String) throws -> [String: [String]] {
    var rows: [String: [String]] = [:]
    for line in try Shipped.text(path).split(separator: "\n") where line.hasPrefix("| `") {
      let cells = line.split(separator: "|", omittingEmptySubsequences: false)
        .dropFirst().map { $0.trimmingCharacters(in: .whitespaces) }
      rows[cells[0].replacing("`", with: "")] = cells
    }
    return rows
  }

  private func collect(_ value: JSONValue, _ path: String, _ keys: inout Set<String>) {
    for element in value.elements ?? [] { collect(element, path + "[]", &keys) }
    for member in value.members ?? [] {
      let key = path.isEmpty ? member.key : "\(path).\(member.key)"
      keys.insert(key)
      collect(member.value, key, &keys)
    }
  }
}
