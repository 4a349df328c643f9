import Branch
import Foundation
import Testing

@Suite("check-config on bad files")
struct BadConfigs {
  private struct Bad {
    let name: String
    /// What is put in the place of a piece of the good file.
    let from: String
    let to: String
    /// Line and column, field and code of the first word about it.
    let start: String
    let code: String
  }

  /// Line 1 is `{`.
  private static let good = """
    {
      "node": "hall-1",
      "branch": {"id": "hall", "name": "Town Hall", "timezone": "Europe/Berlin"},
      "journal": {"directory": "/var/lib/kioskd", "segmentMiB": 1, "capMiB": 64},
      "hub": {"address": "127.0.0.1:7557"},
      "services": [{"id": "cash", "prefix": "A", "name": "Cash"}],
      "counters": [{"id": "1", "services": ["cash"]}],
      "printers": [{"id": "front", "profile": "generic-80mm", "path": "/dev/usb/lp0"}],
      // A comment, and a comma behind the last element.
      "terminals": [
        {"id": "keypad", "profile": "counter-keypad", "counter": "1",
         "device": {"path": "/run/keypad"}},
      ],
    }

    """

  private static let bad: [Bad] = [
    Bad(name: "comma", from: #""hall-1","#, to: #""hall-1""#, start: "3:3", code: "json-comma"),
    Bad(name: "open", from: "}],\n  // A", to: "}\n  // A", start: "10:3", code: "json-"),
    Bad(name: "unknown", from: "\"hub\"", to: "\"hup\"", start: "5:3: hup", code: "unknown-key"),
    Bad(
      name: "doubled", from: #""services": [{"#, to: #""node": "x", "services": [{"#,
      start: "6:3: node", code: "json-doubled-key"),
    Bad(
      name: "type", from: #""segmentMiB": 1"#, to: #""segmentMiB": "1""#,
      start: "4:61: journal.segmentMiB", code: "type"),
    Bad(
      name: "range", from: #""segmentMiB": 1"#, to: #""segmentMiB": 65"#,
      start: "4:61: journal.segmentMiB", code: "range"),
    Bad(
      name: "address", from: "127.0.0.1:7557", to: "127.0.0.1", start: "5:22: hub.address",
      code: "address"),
    Bad(
      name: "service", from: #"["cash"]"#, to: #"["cahs"]"#,
      start: "7:41: counters[0].services[0]", code: "unknown-service"),
    Bad(
      name: "profile", from: "generic-80mm", to: "generic-90mm",
      start: "8:43: printers[0].profile", code: "unknown-profile"),
    Bad(
      name: "kind", from: "generic-80mm", to: "alpha-sign", start: "8:43: printers[0].profile",
      code: "wrong-profile-kind"),
    Bad(
      name: "path", from: "/dev/usb/lp0", to: "lp0", start: "8:67: printers[0].path",
      code: "path"),
    Bad(
      name: "event", from: "/run/keypad", to: "/dev/input/event3",
      start: "12:25: terminals[0].device.path", code: "path"),
    Bad(
      name: "zone", from: "Europe/Berlin", to: "Berlin time", start: "3:61: branch.timezone",
      code: "timezone"),
    Bad(
      name: "zone-typo", from: "Europe/Berlin", to: "Europe/Berlim",
      start: "3:61: branch.timezone", code: "no-time-zone"),
    Bad(
      name: "zone-folder", from: "Europe/Berlin", to: "Europe", start: "3:61: branch.timezone",
      code: "no-time-zone"),
  ]

  private func write(_ text: String, _ name: String, _ directory: RunDirectory) throws -> String {
    let path = "\(directory.path)/\(name).json"
    let devices = "\"devices\": \"\(RunProgram.repository)/Devices\",\n"
    // In front of the last bracket, so that no line moves.
    let place = try #require(text.range(of: "}\n", options: .backwards)?.lowerBound)
    try (text[..<place] + devices + text[place...])
      .write(toFile: path, atomically: true, encoding: .utf8)
    return path
  }

  @Test("each mistake has its file, line, column, field, code and cure, and exit code 1")
  func directoryOfMistakes() throws {
    let directory = try RunDirectory()
    for bad in Self.bad {
      try #require(Self.good.contains(bad.from), "\(bad.name)")
      let path = try write(Self.good.replacing(bad.from, with: bad.to), bad.name, directory)
      let (code, output) = try RunProgram.run("kioskd", ["check-config", path])
      #expect(code == 1, "\(bad.name): \(output)")
      let lines = output.split(separator: "\n")
      let told = lines.first { $0.hasPrefix("\(path):\(bad.start)") }
      let word = try #require(told, "\(bad.name): \(output)")
      #expect(word.contains("[\(bad.code)"), "\(bad.name): \(output)")
      // Behind the code stands what to do.
      let cure = word.split(separator: "]. ", maxSplits: 1).dropFirst().first
      #expect((cure?.count ?? 0) > 10, "\(bad.name): \(output)")
    }
  }

  @Test("the good file has no mistake, and what is no configuration at all is told as such")
  func theRest() throws {
    let directory = try RunDirectory()
    let good = try write(Self.good, "good", directory)
    let (code, output) = try RunProgram.run("kioskd", ["check-config", good])
    #expect(code == 0, "\(output)")
    let example = RunProgram.repository + "/Devices/kioskd.example.json"
    #expect(try RunProgram.run("kioskd", ["check-config", example]).code == 0)
    let noise = directory.path + "/noise.json"
    var random = RunRandom(seed: 7)
    try Data(random.bytes(3000)).write(to: URL(fileURLWithPath: noise))
    let cases: [(path: String, word: String)] = [
      (noise, "noise.json:1:1"), (directory.path + "/nothing.json", "[file]"),
      (directory.path, "[file]"), ("/dev/zero", "[file]"),
    ]
    for (path, word) in cases {
      let (code, output) = try RunProgram.run("kioskd", ["check-config", path])
      #expect(code == 1 && output.contains(word), "\(path): \(code) \(output.prefix(500))")
    }
  }

  @Test("run refuses a bad configuration with exit code 2, before anything is touched")
  func runRefuses() throws {
    let directory = try RunDirectory()
    let journal = directory.path + "/journal"
    let text = Self.good.replacing("/var/lib/kioskd", with: journal)
    for (piece, wrong, word) in [
      ("generic-80mm", "generic-90mm", "[unknown-profile]"),
      ("Europe/Berlin", "Europe/Berlim", "[no-time-zone]"),
    ] {
      let path = try write(text.replacing(piece, with: wrong), "bad", directory)
      let (code, output) = try RunProgram.run("kioskd", ["run", "--config", path])
      #expect(code == 2 && output.contains(word), "\(output)")
    }
    let gone = directory.path + "/gone.json"
    let (code, output) = try RunProgram.run("kioskd", ["run", "--config", gone])
    #expect(code == 2 && output.contains("[file]"), "\(output)")
    #expect(!FileManager.default.fileExists(atPath: journal))
  }
}
