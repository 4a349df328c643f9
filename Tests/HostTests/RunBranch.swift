import Branch
import Glibc
import LinuxIO
import QueueEngine
import Testing

@testable import DemoBranch

/// A node and the devices that every branch has.
struct RunDesk {
  let node: RunNode
  let printer: RunPrinter
  let kiosk: RunTerminal
  let keypad: RunTerminal
  let smileys: RunTerminal

  func start() throws { try node.start() }
}

/// A branch of real processes: a `queuehub`, `kioskd`s, and devices that the test plays.
final class RunBranch {
  let directory: RunDirectory
  private(set) var hub: RunProgram?
  /// 0: the kernel chooses.
  var hubPort: UInt16 = 0
  /// The network namespace that the hub is in; nil: this one.
  var hubNamespace: String?
  var nodes: [RunNode] = []
  private var lastRead: [StoredFact] = []
  private var readAt: UInt64 = 0

  init() throws { directory = try RunDirectory() }

  deinit {
    for node in nodes { node.program?.kill() }
    hub?.kill()
  }

  var data: String { directory.path + "/hub" }
  var hubLog: String { directory.path + "/hub.log" }

  // MARK: life

  func startHub(heartbeat_ms: Int = 1000, after setUp: String? = nil) throws {
    let before = countOfStarts()
    let program = try RunProgram(
      "queuehub",
      [
        "run", "--data", data, "--listen", "127.0.0.1:\(hubPort)", "--heartbeat-ms",
        "\(heartbeat_ms)",
      ], namespace: hubNamespace, log: hubLog, after: setUp)
    hub = program
    try wait("the hub listens") { self.countOfStarts() > before || !program.isRunning }
    try #require(program.isRunning, "queuehub ended: \(program.log)")
    let line = program.log.split(separator: "\n").last { $0.contains("listening on") }
    hubPort = try #require(line?.split(separator: ":").last.flatMap { UInt16($0) })
  }

  private func countOfStarts() -> Int {
    let log = SmallFile.text(hubLog) ?? ""
    return log.split(separator: "\n").count { $0.contains("listening on") }
  }

  func killHub() { hub?.kill() }

  func add(_ node: RunNode) -> RunNode {
    nodes.append(node)
    return node
  }

  /// A node with a printer and terminals, not started; at this branch's hub where none is named.
  func desk(_ name: String = "n1", hub: [String]? = nil, with devices: [any RunDevice] = [])
    throws -> RunDesk
  {
    let node = add(try RunNode(name, in: self, hub: hub ?? ["127.0.0.1:\(hubPort)"]))
    let printer = try RunPrinter()
    node.devices = [printer] + devices
    node.printer(printer.path)
    let (kiosk, keypad, smileys) = try node.terminals()
    return RunDesk(
      node: node, printer: printer, kiosk: kiosk, keypad: keypad, smileys: smileys)
  }

  // MARK: waiting

  /// How long a state may take at the most. Only a run that hangs comes near it.
  static let patience: Span = .seconds(40)

  /// Plays the devices until the state is there.
  func wait(
    _ what: String, at location: SourceLocation = #_sourceLocation, until: () throws -> Bool
  ) throws {
    let limit = Clock.monotonic() + Self.patience
    while true {
      pump()
      if try until() { return }
      guard Clock.monotonic() < limit else { break }
      pause()
    }
    Issue.record("never came true: \(what)\n\(story)", sourceLocation: location)
    throw Late()
  }

  struct Late: Error {}

  private var devices: [any RunDevice] { nodes.flatMap(\.devices) }

  func pump() { for device in devices { device.pump() } }

  /// Until a device has something to say, a moment at the most.
  private func pause() {
    var list = devices.compactMap(\.descriptor).map {
      pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
    }
    poll(&list, nfds_t(list.count), 5)
  }

  /// For a message: the ends of all logs, and what the hub has.
  var story: String {
    let logs = nodes.map { "--- \($0.id)\n" + Self.tail(SmallFile.text($0.logPath) ?? "") }
    let facts = HubStoreView(directory: data).facts.suffix(30)
      .map { String(decoding: $0.encoded(), as: UTF8.self) }
    return "--- hub\n" + Self.tail(SmallFile.text(hubLog) ?? "") + logs.joined(separator: "\n")
      + "\n--- facts\n" + facts.joined(separator: "\n")
  }

  private static func tail(_ log: String) -> String {
    log.split(separator: "\n").suffix(25).joined(separator: "\n") + "\n"
  }

  // MARK: facts

  /// What is durable at the hub, read from its disk at most every 20 ms.
  func facts() -> [StoredFact] {
    let now = Clock.nanoseconds()
    if now - readAt >= 20_000_000 {
      lastRead = HubStoreView(directory: data).facts
      readAt = Clock.nanoseconds()
    }
    return lastRead
  }

  func facts(_ kind: FactKind, of node: NodeID? = nil) -> [StoredFact] {
    facts().filter { $0.fact.kind == kind && (node == nil || $0.node == node) }
  }

  /// What stands in the hub's store now.
  func freshFacts() -> [StoredFact] {
    readAt = 0
    return facts()
  }

  /// Every fact of the node once, numbers from 1 without a hole, in order.
  func expectOnce(of node: RunNode, at location: SourceLocation = #_sourceLocation) {
    let mine = freshFacts().filter { $0.node == node.id }
    for (epoch, facts) in Dictionary(grouping: mine, by: \.epoch) {
      let numbers = facts.map(\.seq)
      #expect(
        numbers == Array(1...UInt64(max(1, numbers.count))),
        "epoch \(epoch): \(numbers)", sourceLocation: location)
    }
  }

  /// The node has nothing left to say: all that is durable there is durable at the hub.
  func waitUntilSettled(_ node: RunNode, at location: SourceLocation = #_sourceLocation) throws {
    try wait("\(node.id) has told the hub everything", at: location) {
      let last = lastFactNumber(inJournal: node.journal) ?? 0
      return last > 0 && self.facts().contains { $0.node == node.id && $0.seq == last }
    }
  }
}
