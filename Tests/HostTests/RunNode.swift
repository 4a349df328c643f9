import Branch
import Foundation
import JournalStore
import QueueProtocol
import Testing

/// A `kioskd` with its configuration and its devices.
final class RunNode {
  let id: NodeID
  let directory: String
  private(set) var program: RunProgram?
  /// The network namespace that it is in; nil: this one.
  var namespace: String?
  /// Played while the test waits.
  var devices: [any RunDevice] = []
  /// Members of the configuration behind those that every node has.
  var configuration: [String: String] = [:]

  init(_ name: String, in branch: RunBranch, hub: [String]) throws {
    id = try #require(NodeID(name))
    directory = branch.directory.path + "/" + name
    try FileManager.default.createDirectory(
      atPath: directory, withIntermediateDirectories: true)
    configuration = [
      "node": quoted(name),
      "branch": #"{"id": "hall", "name": "Town Hall", "timezone": "Etc/UTC"}"#,
      "journal": #"{"directory": "\#(directory)/journal", "segmentMiB": 1, "capMiB": 64}"#,
      "devices": quoted(RunProgram.repository + "/Devices"),
      "hub": """
      {"addresses": [\(hub.map(quoted).joined(separator: ", "))],
       "heartbeatSeconds": 1, "answerSeconds": 2}
      """,
      "services": """
      [{"id": "cash", "prefix": "A", "name": "Cash"},
       {"id": "advice", "prefix": "B", "name": "Advice"}]
      """,
      "numbers":
        #"{"first": 1, "last": 9999, "reserve": 50, "reserveDays": 2, "leaseAnswerMs": 300}"#,
      "counters": #"[{"id": "1", "services": ["cash", "advice"]}]"#,
    ]
  }

  var journal: String { directory + "/journal" }
  var logPath: String { directory + "/log" }
  var configPath: String { directory + "/kioskd.json" }
  var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }

  func writeConfiguration() throws {
    let members = configuration.sorted { $0.key < $1.key }.map { "  \(quoted($0)): \($1)" }
    try ("{\n" + members.joined(separator: ",\n") + "\n}\n")
      .write(toFile: configPath, atomically: true, encoding: .utf8)
  }

  func start() throws {
    try writeConfiguration()
    program = try RunProgram(
      "kioskd", ["run", "--config", configPath], namespace: namespace, log: logPath)
  }

  func kill() { program?.kill() }

  /// What is durable in its journal, by number.
  func numberedFacts() -> [Seq: Fact] { Self.facts(inJournal: journal) }

  /// What is durable in its journal, in order.
  func facts() -> [Fact] { numberedFacts().sorted { $0.key < $1.key }.map(\.value) }

  func count(_ kind: FactKind) -> Int { facts().count { $0.kind == kind } }

  static func facts(inJournal directory: String) -> [Seq: Fact] {
    var facts: [Seq: Fact] = [:]
    do throws(JournalError) {
      var records = try JournalInspection.records(directory: directory)
      while let record = try records.next() {
        guard record.kind == .fact else { continue }
        facts[record.seq] = try? Fact(parsing: record.payload)
      }
    } catch {
      // A directory that the node is about to make.
    }
    return facts
  }

  // MARK: parts of the configuration

  func printer(
    _ path: String, profile: String = "epson-tm-t88v", confirmSeconds: Int = 10,
    createsFile: Bool = false
  ) {
    configuration["printers"] = """
      [{"id": "front", "profile": "\(profile)", "path": "\(path)",
        "confirmSeconds": \(confirmSeconds), "createFile": \(createsFile)}]
      """
  }

  func sign(_ sign: RunSign) {
    devices.append(sign)
    configuration["signs"] = """
      [{"id": "sign-1", "profile": "alpha-sign", "port": "\(sign.path)", "counter": "1",
        "idle": "FREE"}]
      """
  }

  /// A kiosk with two buttons, a keypad and smileys at counter 1.
  func terminals(sign: Bool = false) throws -> (
    kiosk: RunTerminal, keypad: RunTerminal, smileys: RunTerminal
  ) {
    let paths = ["kiosk", "keypad", "smileys"].map { directory + "/" + $0 }
    let signMember = sign ? #""sign": "sign-1","# : ""
    configuration["terminals"] = """
      [{"id": "kiosk", "profile": "kiosk-4-button", "device": {"path": "\(paths[0])"},
        "keys": {"button1": {"ticket": "cash"}, "button2": {"ticket": "advice"}},
        \(signMember) "printers": ["front"]},
       {"id": "keypad", "profile": "counter-keypad", "device": {"path": "\(paths[1])"},
        \(signMember) "counter": "1"},
       {"id": "smileys", "profile": "smiley-5", "device": {"path": "\(paths[2])"},
        "counter": "1", "lockoutMs": 0}]
      """
    return (
      try RunTerminal(path: paths[0]), try RunTerminal(path: paths[1]),
      try RunTerminal(path: paths[2])
    )
  }
}

private func quoted(_ text: String) -> String { "\"\(text)\"" }
