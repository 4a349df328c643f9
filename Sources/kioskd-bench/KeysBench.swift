import Branch
import Glibc
import JournalStore
import LinuxIO
import QueueProtocol

/// 1,000 key events a second on feedback terminals, for some seconds: each press is a rating, and
/// each rating must be in the hub's store, once.
struct KeysBench {
  static let events_per_s = 1_000
  /// Down and up.
  static let eventsOfPress = 2
  static let terminals = 4
  static let smileys = 5
  /// All presses have been journalled, sent and stored within this time after the last one.
  static let settle_max = Span.seconds(20)

  let scratch: Scratch
  let profiles: Profiles

  func run(seconds: Int) throws(Problem) -> Measure {
    let hub = try HubChild(scratch)
    var paths: [String] = []
    for number in 1...Self.terminals { paths.append(try scratch.makePipe("smiley-\(number)")) }
    let configuration = try scratch.write(configurationText(hub.port, paths), to: "kioskd.json")
    let node = try Child.node(configuration, profiles)
    var boxes: [KeyPipe] = []
    for path in paths { boxes.append(try KeyPipe(path)) }
    let presses = seconds * Self.events_per_s / Self.eventsOfPress
    let start = Clock.nanoseconds()
    try press(boxes, presses, from: start)
    let elapsed_s = secondsSince(start)
    try waitForRatings(presses)
    node.end()
    hub.end()
    let stored = try ratings()
    guard stored == presses else {
      throw benchProblem("the hub has \(stored) ratings", "\(presses) were pressed")
    }
    return measure(presses, elapsed_s, node: node, hub: hub.child)
  }

  private func measure(_ presses: Int, _ elapsed_s: Double, node: Child, hub: Child) -> Measure {
    var measure = Measure("keys")
    measure.add("events_per_s", Double(presses * Self.eventsOfPress) / elapsed_s)
    measure.add("presses", presses)
    measure.add("lost", 0)
    measure.add("seconds", elapsed_s, decimals: 1)
    measure.add("node_cpu_us_per_press", node.cpu_s * 1e6 / Double(presses), decimals: 1)
    measure.add("hub_cpu_us_per_press", hub.cpu_s * 1e6 / Double(presses), decimals: 1)
    measure.add("filesystem", scratch.fileSystem)
    return measure
  }

  private func press(_ boxes: [KeyPipe], _ presses: Int, from start: UInt64) throws(Problem) {
    let step_ns = UInt64(1_000_000_000 * Self.eventsOfPress / Self.events_per_s)
    for number in 0..<presses {
      let due = start + UInt64(number) * step_ns
      while Clock.nanoseconds() < due { Wait.pause(Span(ms: 1)) }
      let smiley = (number / boxes.count) % Self.smileys
      try boxes[number % boxes.count].press(KeyPipe.key1 + UInt16(smiley))
    }
  }

  private func waitForRatings(_ presses: Int) throws(Problem) {
    let deadline = Clock.monotonic() + Self.settle_max
    while try ratings() < presses, Clock.monotonic() < deadline { Wait.pause(Span(ms: 100)) }
  }

  /// Ratings of the node in the hub's store, as a restart would read it.
  private func ratings() throws(Problem) -> Int {
    var count = 0
    do throws(JournalError) {
      var records = try JournalInspection.records(directory: scratch.file("hub"))
      let kind = Array(" rating-given ".utf8)
      while let record = try records.next() {
        if record.kind == .fact, record.payload.firstRange(of: kind) != nil { count += 1 }
      }
    } catch {
      throw error.problem
    }
    return count
  }

  private func configurationText(_ port: UInt16, _ paths: [String]) -> String {
    let boxes = paths.enumerated().map { number, path in
      """
      {
        "id": "smiley-\(number + 1)", "profile": "smiley-5", "device": {"path": "\(path)"},
        "counter": "1",
      }
      """
    }
    return profiles.configurationText(
      journal: scratch.file("node"), hubPort: port,
      "\"terminals\": [\(boxes.joined(separator: ", "))],")
  }
}
