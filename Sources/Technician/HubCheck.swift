public import Branch
import LineSocket
public import LinuxIO
public import QueueProtocol

/// Whether a hub is there and speaks the protocol, and has a session with the node: connects, sends
/// PING, waits for PONG. No HELLO: that would end the session of the running node.
public final class HubCheck {
  /// What the hub says about the node.
  public enum Session: Hashable, Sendable {
    case stands, absent
    /// Nobody was asked about, or the hub does not know the question.
    case unknown
  }

  private let loop: EventLoop
  private let address: String
  private let owner: NodeMessage.SessionOwner
  private let isRunning: Bool
  private let onEnd: (CheckLine, Session, _ store: Epoch?) -> Void
  private let startedAt = Clock.monotonic()
  private var connector: Connector?
  private var connection: LineConnection?

  /// - Parameters:
  ///   - address: `host:port`.
  ///   - owner: the node that is asked about.
  ///   - isRunning: whether it runs; else nothing follows from its having no session.
  ///   - onEnd: comes at most once, after `start`.
  public init(
    loop: EventLoop, address: String, owner: NodeMessage.SessionOwner, isRunning: Bool,
    onEnd: @escaping (CheckLine, Session, _ store: Epoch?) -> Void
  ) {
    self.loop = loop
    self.address = address
    self.owner = owner
    self.isRunning = isRunning
    self.onEnd = onEnd
  }

  public func start() {
    guard let target = HostPort(address) else {
      return end(Self.problem("it is no address", "host:port is expected"))
    }
    let connector = Connector(
      loop: loop, connected: { [weak self] in self?.connected($0) },
      failed: { [weak self] in self?.end($0) })
    self.connector = connector
    connector.connect(to: target)
  }

  public func close() {
    connector?.cancel()
    connection?.close()
  }

  private func connected(_ descriptor: consuming Descriptor) {
    do throws(SystemError) {
      let connection = try LineConnection(
        loop: loop, descriptor: descriptor, onLine: { [weak self] in self?.heard(Array($0)) },
        onClosed: { [weak self] in self?.closed($0) })
      self.connection = connection
      connection.send(NodeMessage.pingAbout(owner).line.encoded())
    } catch {
      end(Self.problem("the connection cannot be used", error.description))
    }
  }

  private func heard(_ line: [UInt8]) {
    guard let message = try? HubMessage(parsing: line),
      case .pong(_, let hasSession, let store) = message
    else {
      let text = String(decoding: line.prefix(60), as: UTF8.self)
      return end(Self.stranger("it answered PING with \"\(CheckLine.printable(text))\""))
    }
    let took = Clock.monotonic() - startedAt
    connection?.send(NodeMessage.bye.line.encoded())
    let text = "speaks the protocol; answered in \(took.ms) ms"
    switch isRunning ? hasSession : nil {
    case true?:
      let text = text + "; has a session with kioskd"
      finish(CheckLine(.hub, address, fine: text), .stands, store)
    case false?: finish(CheckLine(.hub, address, fine: text), .absent, store)
    case nil: finish(CheckLine(.hub, address, fine: text), .unknown, store)
    }
  }

  private func closed(_ closure: LineClosure) {
    switch closure {
    case .end: end(Self.stranger("it hung up on PING"))
    case .failed(let error): end(Self.problem("the connection broke", error.text))
    case .violation: end(Self.stranger("it sent a line that is too long or no text"))
    case .tooSlow: end(Self.stranger("it does not read"))
    }
  }

  private func end(_ problem: Problem) { finish(CheckLine(.hub, address, wrong: problem)) }

  private func finish(
    _ line: CheckLine, _ session: Session = .unknown, _ store: Epoch? = nil
  ) {
    close()
    onEnd(line, session, store)
  }

  /// For a hub that is fine by itself, but keeps another store than one that was heard before.
  public static func otherStore(_ line: CheckLine, than other: String) -> CheckLine {
    CheckLine(
      .hub, line.name, about: line.text,
      wrong: Problem(
        code: "other-store", what: "its store is not that of \(other)",
        cause: "the two addresses lead to two queue services, each with tickets of its own",
        cure: "Put only addresses of one service into hub.addresses."))
  }

  /// For a hub that answers, while kioskd runs and no hub has a session with it.
  public static func withoutSession(_ address: String) -> CheckLine {
    CheckLine(
      .hub, address,
      wrong: Problem(
        code: "no-session", what: "the hub answers, but kioskd has no session with it",
        cause: "it refuses this node, another box goes by its name, or kioskd has just begun",
        cure: "Look for the reason in `journalctl -u kioskd`; run this again in half a minute."))
  }

  private static func problem(_ what: String, _ cause: String) -> Problem {
    Problem(
      code: "hub-unreachable", what: what, cause: cause,
      cure: "Check that queuehub runs there and that no firewall is between.")
  }

  private static func stranger(_ cause: String) -> Problem {
    Problem(
      code: "not-a-hub", what: "something listens there that is no hub", cause: cause,
      cure: "Correct the address, or end the program that listens in the hub's place.")
  }

  /// For a hub that said nothing until the doctor had to go.
  public static func timedOut(_ address: String, _ limit: Span) -> CheckLine {
    CheckLine(
      .hub, address,
      wrong: problem("no answer", "nothing came within \(limit.ms) ms"))
  }
}
