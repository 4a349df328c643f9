public import Branch
public import LinuxIO
public import QueueProtocol

/// Brings one order of a person to a hub, on a connection of its own, and waits for the answer.
///
/// The addresses of a hub are tried in turn until one takes the connection. Once the order was
/// sent it goes to no other: whether it was taken is not known then, and it must not be taken
/// twice.
public final class OrderErrand {
  public enum Outcome: Hashable, Sendable {
    /// The hub keeps it for the node.
    case taken
    /// The hub's word and its text for people.
    case refused(code: String, text: String)
    case failed(Problem)
  }

  /// How long all of it may take.
  public static let limit: Span = .seconds(5)

  private let loop: EventLoop
  private let order: NodeMessage
  private let onEnd: (Outcome) -> Void
  private var addresses: ArraySlice<HostPort>
  private var last: Problem?
  private var isSent = false
  private var connector: Connector?
  private var connection: LineConnection?
  private var timer: TimerID?

  /// - Parameters:
  ///   - addresses: at least one.
  ///   - onEnd: comes once, after `start`.
  public init(
    loop: EventLoop, addresses: [HostPort], order: NodeMessage,
    onEnd: @escaping (Outcome) -> Void
  ) {
    precondition(!addresses.isEmpty)
    self.loop = loop
    self.addresses = addresses[...]
    self.order = order
    self.onEnd = onEnd
  }

  /// Runs the loop until the errand is over; nil when a signal stopped it before.
  public static func run(
    _ order: NodeMessage, to addresses: [HostPort], on loop: EventLoop
  ) -> Outcome? {
    var outcome: Outcome?
    let errand = OrderErrand(loop: loop, addresses: addresses, order: order) {
      outcome = $0
      loop.stop()
    }
    errand.start()
    loop.run()
    errand.close()
    return outcome
  }

  public func start() {
    timer = loop.schedule(after: Self.limit) { [weak self] in
      guard let self else { return }
      end(.failed(isSent ? Self.unanswered("no answer within \(Self.limit.ms) ms") : Self.silent))
    }
    tryNext()
  }

  public func close() {
    if let timer { loop.cancel(timer) }
    timer = nil
    connector?.cancel()
    connection?.close()
  }

  private func tryNext() {
    guard let address = addresses.popFirst() else {
      return end(.failed(last ?? Self.silent))
    }
    let connector = Connector(
      loop: loop, connected: { [weak self] in self?.connected($0) },
      failed: { [weak self] problem in
        self?.last = problem
        self?.tryNext()
      })
    self.connector = connector
    connector.connect(to: address)
  }

  private func connected(_ descriptor: consuming Descriptor) {
    do throws(SystemError) {
      let connection = try LineConnection(
        loop: loop, descriptor: descriptor, onLine: { [weak self] in self?.heard(Array($0)) },
        onClosed: { [weak self] _ in self?.end(.failed(Self.unanswered("the hub hung up"))) })
      self.connection = connection
      isSent = true
      connection.send(order.line.encoded())
    } catch {
      end(.failed(Self.unanswered(error.description)))
    }
  }

  private func heard(_ line: [UInt8]) {
    guard let message = try? HubMessage(parsing: line) else {
      return end(.failed(Self.unanswered("what answered does not speak the protocol")))
    }
    switch message {
    case .ok: end(.taken)
    case .error(let code, _, let text): end(.refused(code: code, text: text))
    default: break
    }
  }

  private func end(_ outcome: Outcome) {
    guard timer != nil else { return }
    close()
    onEnd(outcome)
  }

  private static let silent = Problem(
    code: "hub-unreachable", what: "the queue service was not reached",
    cause: "nothing answered within \(limit.ms) ms",
    cure: "Check that queuehub runs there and that no firewall is between.")

  private static func unanswered(_ cause: String) -> Problem {
    Problem(
      code: "hub-unanswered", what: "the order was sent, and whether it was taken is not known",
      cause: cause,
      cure: "Look at `queuehub facts --data DIR` before you give it again: it may come twice.")
  }
}
