public import Branch
public import LinuxIO

/// A loop with a printer port on it and everything that the port told.
public final class PortBench {
  public let loop: EventLoop
  public private(set) var events: [PrinterPortEvent] = []
  private var wanted: (([PrinterPortEvent]) -> Bool)?

  /// Only a run that hangs comes near it.
  static let patience: Span = .seconds(90)

  /// A state that was waited for and never came.
  public struct Late: Error, CustomStringConvertible {
    public let description: String
  }

  public init() throws(SystemError) { loop = try EventLoop() }

  public func record(_ event: PrinterPortEvent) {
    events.append(event)
    check()
  }

  /// For states that are not told by an event, such as bytes at the far end.
  public func check() {
    if let wanted, wanted(events) { loop.stop() }
  }

  /// Runs the loop until the events satisfy the question.
  public func run(_ what: String, until isReached: @escaping ([PrinterPortEvent]) -> Bool) throws {
    if isReached(events) { return }
    wanted = isReached
    var isLate = false
    let limit = loop.schedule(after: Self.patience) { [loop] in
      isLate = true
      loop.stop()
    }
    loop.run()
    loop.cancel(limit)
    wanted = nil
    if isLate { throw Late(description: "never came true: \(what); events: \(events)") }
  }

  public func forget() { events = [] }

  public var received: [UInt8] {
    events.flatMap { event -> [UInt8] in
      if case .received(let bytes) = event { bytes } else { [] }
    }
  }
}

extension PrinterPortEvent {
  public var isArrived: Bool { if case .arrived = self { true } else { false } }
  public var lostCode: String? { if case .lost(let problem) = self { problem.code } else { nil } }
  public var stopped: (job: UInt64, accepted: Int, code: String)? {
    if case .stopped(let job, let accepted, let problem) = self {
      (job, accepted, problem.code)
    } else {
      nil
    }
  }
}

/// Every byte value, LF and XON/XOFF among them, `count` bytes in all.
public func awkwardBytes(_ count: Int) -> [UInt8] {
  (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ $0 / 256) }
}
