import Branch
import Configuration
import LinuxIO
import PrinterEmulator
import QueueEngine

/// Writes what a run leaves behind into a directory. What each file holds: Devices/demo/SCRIPT.md.
final class Recorder {
  private let directory: String
  private var devices: [String: OutputFile] = [:]
  private let transcript: OutputFile
  private let tickets: OutputFile
  private let log: OutputFile

  init(directory: String, configuration: NodeConfiguration) throws(Problem) {
    try makeDirectories(directory)
    self.directory = directory
    transcript = try OutputFile(directory + "/transcript.txt")
    tickets = try OutputFile(directory + "/tickets.txt")
    log = try OutputFile(directory + "/log.txt")
    for id in configuration.printers.map(\.id.text) + configuration.signs.map(\.id.text) {
      devices[id] = try OutputFile("\(directory)/\(id).bin")
    }
  }

  func received(_ bytes: [UInt8], by device: String) { devices[device]?.append(bytes) }

  /// `> 02:20:50.123 HELLO …` from the node, `<` from the hub.
  func line(_ text: String, fromNode: Bool) {
    transcript.append("\(fromNode ? ">" : "<") \(Self.time()) \(text)\n")
  }

  /// Something that happened to the line.
  func remark(_ text: String) { transcript.append("# \(Self.time()) \(text)\n") }

  func ticket(_ ticket: PrintedTicket, from printer: PrinterID, columns: Int) {
    let drawing = PaperRenderer.terminal(ticket, columns: columns)
    tickets.append("\(printer), \(Self.time())\n\(drawing.joined(separator: "\n"))\n\n")
  }

  func log(_ who: String, _ level: LogLevel, _ text: String) {
    log.append("\(Self.time()) \(who) \(level): \(text)\n")
  }

  /// The hub's facts, as `queuehub facts --json` lists them. Throws the first error of any file.
  func finish(_ facts: [StoredFact]) throws(Problem) {
    let file = try OutputFile(directory + "/facts.jsonl")
    file.append(facts.map { $0.json + "\n" }.joined())
    let all = [transcript, tickets, log, file] + devices.values
    if let problem = all.lazy.compactMap(\.problem).first { throw problem }
  }

  /// Time of the day in UTC, to the millisecond.
  private static func time() -> Substring { Clock.wall().description.dropFirst(11).dropLast() }
}
