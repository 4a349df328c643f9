public import Branch
public import LinuxIO
import SerialPort
public import SignTraffic

/// What a line of signs tells its owner.
public enum SignLineEvent: Hashable, Sendable {
  /// The line takes bytes. What its signs showed before is unknown: show it again.
  case opened(identity: String)
  /// The line is gone; it is looked for by itself.
  case lost(Problem)
  /// These bytes go over the line now.
  case sends([UInt8])
  /// All of them are with the kernel.
  case sent
  /// As they came, whether they were asked for or not.
  case received([UInt8])
  /// All but `write`.
  case told(LineAction)
  /// Nothing is on its way any more, and nothing waits but for signs in trouble.
  case quiet
  /// Something that a technician may want to know.
  case note(String)
}

/// A serial line with one sign or several, and their pictures. Confined to the event loop's thread;
/// every call returns at once.
public final class SignLine {
  private let loop: EventLoop
  private let onEvent: (SignLineEvent) -> Void
  private var port: SerialPort?
  private var traffic: LineTraffic
  private var timer: (at: MonotonicTime, id: TimerID)?
  private var wasQuiet = false

  /// - Parameter onEvent: runs on the loop's thread; from within `show` only with `sends`.
  public init(
    loop: EventLoop, path: String, settings: SerialSettings, direction: RS485Settings? = nil,
    boards: [SignBoard], patience: LinePatience = LinePatience(),
    onEvent: @escaping (SignLineEvent) -> Void
  ) {
    self.loop = loop
    self.onEvent = onEvent
    traffic = LineTraffic(
      settings: settings, hearsItself: direction?.hearsItself ?? false, boards: boards,
      patience: patience)
    port = SerialPort(loop: loop, path: path, settings: settings, direction: direction) {
      [unowned self] in handle($0)
    }
  }

  deinit { close() }

  public var isOpen: Bool { port?.isOpen ?? false }

  /// Looks for the device, now and until it is there; `opened` or `lost` follows.
  public func start() { port?.start() }

  /// Stops for good. Bytes that the kernel took still go out.
  public func close() {
    traffic.lost()
    arm()
    port?.close()
    port = nil
  }

  /// Shows the picture as soon as the line is free; of several that wait for this sign, the newest.
  /// false when the line is not open.
  public func show(_ picture: SignPicture, on id: SignID) -> Bool {
    guard isOpen else { return false }
    perform(traffic.shown(picture, on: id, now: Clock.monotonic()))
    wasQuiet = traffic.isQuiet
    arm()
    return true
  }

  private func handle(_ event: SerialEvent) {
    switch event {
    case .opened(let identity):
      traffic.opened()
      onEvent(.opened(identity: identity))
    case .lost(let problem):
      traffic.lost()
      onEvent(.lost(problem))
    case .received(let bytes):
      onEvent(.received(bytes))
      perform(traffic.received(bytes, now: Clock.monotonic()))
    case .drained:
      onEvent(.sent)
      perform(traffic.drained(now: Clock.monotonic()))
    case .note(let text): onEvent(.note(text))
    }
    settle()
  }

  private func settle() {
    arm()
    defer { wasQuiet = traffic.isQuiet }
    if traffic.isQuiet, !wasQuiet { onEvent(.quiet) }
  }

  private func perform(_ actions: [LineAction]) {
    for action in actions {
      guard case .write(let bytes) = action else {
        onEvent(.told(action))
        continue
      }
      // A port that was just lost tells so itself.
      guard port?.write(bytes) == true else { continue }
      onEvent(.sends(bytes))
    }
  }

  private func arm() {
    guard traffic.deadline != timer?.at else { return }
    if let timer { loop.cancel(timer.id) }
    timer = traffic.deadline.map { deadline in
      let id = loop.schedule(at: deadline) { [unowned self] in
        timer = nil
        perform(traffic.timePassed(now: Clock.monotonic()))
        settle()
      }
      return (deadline, id)
    }
  }
}
