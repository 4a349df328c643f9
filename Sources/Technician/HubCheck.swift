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
  private let owner: NodeMessage.SessionOwner?
  private let onEnd: (CheckLine, Session) -> Void
  private let startedAt = Clock.monotonic()
  private var connector: Connector?
  private var connection: LineConnection?

  /// - Parameters:
  ///   - address: `host:port`.
  ///   - owner: the node that runs; nil when none does.
  ///   - onEnd: comes at most once, after `start`.
  public init(
    loop: EventLoop, address: String, owner: NodeMessage.SessionOwner?,
    onEnd: @escaping (CheckLine, Session) -> Void
  ) {
    self.loop = loop
    self.address = address
    self.owner = owner
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
      connection.send((owner.map { .pingAbout($0) } ?? NodeMessage.ping).line.encoded())
    } catch {
      end(Self.problem("the connection cannot be used", error.description))
    }
  }

  private func heard(_ line: [UInt8]) {
    guard let message = try? HubMessage(parsing: line), case .pong(_, let hasSession) = message
    else {
      let text = String(decoding: line.prefix(60), as: UTF8.self)
      return end(Self.stranger("it answered PING with \"\(CheckLine.printable(text))\""))
    }
    let took = Clock.monotonic() - startedAt
    connection?.send(NodeMessage.bye.line.encoded())
    let text = "speaks the protocol; answered in \(took.ms) ms"
    switch hasSession {
    case true?:
      finish(CheckLine(.hub, address, fine: text + "; has a session with kioskd"), .stands)
    case false?: finish(CheckLine(.hub, address, fine: text), .absent)
    case nil: finish(CheckLine(.hub, address, fine: text), .unknown)
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

  private func finish(_ line: CheckLine, _ session: Session = .unknown) {
    close()
    onEnd(line, session)
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
