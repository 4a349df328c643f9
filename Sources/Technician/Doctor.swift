public import Branch
public import Configuration
import DeviceProfiles
public import LinuxIO

/// Checks all that a configuration names, side by side, in bounded time. What the running node
/// holds stays with it: its own report from the journal is taken instead.
public final class Doctor {
  /// For everything that answers later: printers, hub, spoolers.
  public static let limit: Span = .milliseconds(4000)

  let loop: EventLoop
  let configuration: NodeConfiguration
  let node: RunningNode?
  /// What the running node said of its devices; filled before a held device is judged.
  var report: NodeReport?
  private let onEnd: ([CheckLine]) -> Void
  private var slots: [CheckLine?] = []
  /// What a slot says when the time is over.
  private var lateLines: [CheckLine] = []
  /// Held until their end: probes of devices and hub.
  private var probes: [AnyObject] = []
  private var closings: [() -> Void] = []
  private var waitingForReport: [() -> Void] = []
  private var reportReader: Worker<String, NodeReport?>?
  private var timer: TimerID?
  private var isEnded = false
  /// Hubs that answered and have no session with the running node: perhaps another one has.
  var hubsWithout: [(slot: Int, line: CheckLine, address: String)] = []
  var hubsUnheard = 0
  /// Of the first hub that said it.
  var hubStore: (store: Epoch, address: String)?
  var hasSession = false

  /// - Parameter onEnd: gets the lines in the order of the configuration, once.
  public init(
    loop: EventLoop, configuration: NodeConfiguration, onEnd: @escaping ([CheckLine]) -> Void
  ) {
    self.loop = loop
    self.configuration = configuration
    self.onEnd = onEnd
    node = RunningNode.find(journal: configuration.journal.directory)
  }

  public func start() {
    timer = loop.schedule(after: Self.limit) { [unowned self] in end() }
    add(BoxCheck.zone(configuration.branch.timeZone))
    add(BoxCheck.journal(configuration.journal))
    readReport()
    checkHubs()
    for printer in configuration.printers { check(printer) }
    for line in SignConfiguration.lines(of: configuration.signs) { check(line) }
    for terminal in configuration.terminals { check(terminal) }
    endWhenDone()
  }

  // MARK: slots

  func add(_ line: CheckLine) {
    slots.append(line)
    lateLines.append(line)
  }

  /// A place for a line that comes later.
  func open(late: CheckLine) -> Int {
    slots.append(nil)
    lateLines.append(late)
    return slots.count - 1
  }

  /// What the slot says when the time is over, once more is known than at its opening.
  func expect(_ slot: Int, late line: CheckLine) { lateLines[slot] = line }

  func close(_ slot: Int, _ line: CheckLine) {
    guard !isEnded, slots[slot] == nil else { return }
    slots[slot] = line
    // Not here: the probe that tells it is still at work.
    _ = loop.schedule(after: .milliseconds(0)) { [weak self] in self?.endWhenDone() }
  }

  func keep(_ probe: AnyObject, closing: @escaping () -> Void) {
    probes.append(probe)
    closings.append(closing)
  }

  private func endWhenDone() {
    if slots.allSatisfy({ $0 != nil }) { end() }
  }

  private func end() {
    guard !isEnded else { return }
    isEnded = true
    if let timer { loop.cancel(timer) }
    for closing in closings { closing() }
    reportReader?.close()
    onEnd(zip(slots, lateLines).map { $0 ?? $1 })
  }

  // MARK: what the running node says

  private func readReport() {
    guard node != nil else { return }
    reportReader = try? Worker(
      loop: loop, name: "journal-report", capacity: 1,
      perform: { NodeReport.read(journal: $0) },
      deliver: { [unowned self] found in
        report = found
        let waiting = waitingForReport
        waitingForReport = []
        for body in waiting { body() }
      })
    _ = reportReader?.submit(configuration.journal.directory)
  }

  /// A device that the running node has open.
  func judgeHeld(_ kind: CheckLine.Kind, _ id: String, _ what: String, _ node: RunningNode) {
    let held = "\(what): held by \(node.description)"
    let unknown = CheckLine(kind, id, fine: "\(held); its report cannot be read")
    let slot = open(late: unknown)
    let judge = { [unowned self] in
      close(
        slot,
        report.map { Self.line(kind, id, held, $0.devices[id], ticketsLeft: $0.ticketsLeft[id]) }
          ?? unknown)
    }
    if reportReader == nil || report != nil { judge() } else { waitingForReport.append(judge) }
  }

  static func line(
    _ kind: CheckLine.Kind, _ id: String, _ held: String, _ state: NodeReport.State?,
    ticketsLeft: Int? = nil
  ) -> CheckLine {
    let left = ticketsLeft.map { "; paper for about \($0) tickets" } ?? ""
    switch state {
    case .conditions(let conditions) where conditions.contains(where: \.stopsPrinting):
      return CheckLine(kind, id, about: held, wrong: PrinterProblems.stopped(conditions))
    case .conditions(let conditions):
      return CheckLine(
        kind, id, fine: "\(held), which says: \(PrinterProblems.text(conditions))\(left)")
    case .lost(let reason):
      // It holds the node of a device that it calls lost: it is just opening it again.
      return CheckLine(
        kind, id, about: held,
        wrong: Problem(
          code: reason, what: "it lost the device",
          cause: "its journal says so, and nothing later",
          cure: "Run this again in some seconds; if it stays, plug the device in again."))
    case .well: return CheckLine(kind, id, fine: "\(held), which says that it is well\(left)")
    case nil: return CheckLine(kind, id, fine: "\(held); its journal says nothing of it any more")
    }
  }

  /// Somebody has the device, and this user may not see who: the running node, as a rule. That is
  /// no reason to call it fine.
  func explained(_ problem: Problem) -> Problem {
    guard problem.code == DeviceProblems.busy, let node, !node.isVisible else { return problem }
    return Problem(
      code: problem.code, what: problem.what,
      cause: "perhaps \(node.description) has it, which this user may not see",
      cure: "Run this check as root to be sure: `sudo kioskd doctor …`.")
  }

  /// A device that can be opened although a node runs that should have it.
  func remark(_ paths: [String]) -> String {
    guard let node, node.isVisible, !paths.isEmpty, !paths.contains(where: node.holds) else {
      return ""
    }
    return "; \(node.description) does not use it (restart it after a change of configuration)"
  }
}
