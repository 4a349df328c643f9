import Branch
import CUPSPrinter
import LinuxIO
import PrivateCUPS
import Testing

/// A loop with a CUPS printer on it and everything that it told.
final class CUPSBench {
  let loop: EventLoop
  private(set) var events: [PrinterPortEvent] = []
  private var wanted: (([PrinterPortEvent]) -> Bool)?

  init() throws { loop = try EventLoop() }

  func printer(_ server: String, queue: String = PrivateCUPS.queue, owner: String = "kioskd-test")
    -> CUPSPrinter
  {
    CUPSPrinter(loop: loop, queue: queue, server: server, owner: owner) { [unowned self] in
      events.append($0)
      check()
    }
  }

  func check() {
    if let wanted, wanted(events) { loop.stop() }
  }

  /// Runs the loop until the events satisfy the question. The limit only ends a run that hangs.
  func run(
    _ what: String, until isReached: @escaping ([PrinterPortEvent]) -> Bool,
    at location: SourceLocation = #_sourceLocation
  ) throws {
    if isReached(events) { return }
    wanted = isReached
    var isLate = false
    let limit = loop.schedule(after: .seconds(90)) { [loop] in
      isLate = true
      loop.stop()
    }
    loop.run()
    loop.cancel(limit)
    wanted = nil
    try #require(!isLate, "never came true: \(what); events: \(events)", sourceLocation: location)
  }

  func forget() { events = [] }
}

extension PrinterPortEvent {
  var isArrived: Bool { if case .arrived = self { true } else { false } }
  var lostCode: String? { if case .lost(let problem) = self { problem.code } else { nil } }
  var stopped: (job: UInt64, accepted: Int, code: String)? {
    if case .stopped(let job, let accepted, let problem) = self {
      (job, accepted, problem.code)
    } else {
      nil
    }
  }
  var conditions: Set<DeviceCondition>? {
    if case .conditions(let conditions) = self { conditions } else { nil }
  }
  var spooled: (job: UInt64, completed: Bool, detail: String)? {
    if case .spooled(let job, let completed, let detail) = self {
      (job, completed, detail)
    } else {
      nil
    }
  }
}

/// A ticket with every byte value in it, behind a marker.
func ticketBytes(_ count: Int) -> [UInt8] {
  ticketMarker + (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 256) }
}

let ticketMarker = Array("\u{1B}@TICKET-START".utf8)
