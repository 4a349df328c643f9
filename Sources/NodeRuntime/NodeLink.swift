import Branch
import BranchCore
import LineSocket
import LinuxIO
import QueueProtocol

/// The TCP side of the uplink: one connection or attempt at a time.
final class NodeLink {
  private let loop: EventLoop
  private var connector: Connector?
  private var connection: LineConnection?
  /// Counts connections, so that facts read for an earlier one are dropped.
  private(set) var session: UInt64 = 0
  var handle: (NodeEvent) -> Void = { _ in }
  /// The hub has taken all that was sent.
  var onDrained: () -> Void = {}
  /// Bytes that may wait for the hub to take them before more facts are sent.
  static let unsent_bytes_max = 256 * 1024

  init(loop: EventLoop) { self.loop = loop }

  func connect(to address: String) {
    hangUp()
    guard let target = HostPort(address) else {
      return handle(
        .linkClosed(Self.problem("\(address) is not an address", "host:port is expected")))
    }
    let connector = Connector(
      loop: loop, connected: { [unowned self] descriptor in connected(descriptor) },
      failed: { [unowned self] problem in handle(.linkClosed(problem)) })
    self.connector = connector
    connector.connect(to: target)
  }

  private func connected(_ descriptor: consuming Descriptor) {
    session += 1
    do throws(SystemError) {
      connection = try LineConnection(
        loop: loop, descriptor: descriptor,
        onLine: { [unowned self] line in handle(.linkLine(line)) },
        onClosed: { [unowned self] closure in closed(closure) })
      connection?.onDrained = { [unowned self] in onDrained() }
      handle(.linkConnected)
    } catch {
      handle(.linkClosed(Self.problem("the connection cannot be used", error.description)))
    }
  }

  private func closed(_ closure: LineClosure) {
    connection?.close()
    connection = nil
    let cause =
      switch closure {
      case .end: "the hub closed it"
      case .failed(let error): error.text
      case .violation(let error): "the hub broke the protocol: \(error.cure)"
      case .tooSlow: "the hub does not read"
      }
    handle(.linkClosed(Self.problem("the connection ended", cause)))
  }

  func hangUp() {
    connector?.cancel()
    connection?.close()
    connection = nil
  }

  /// Ends the session as if the hub had.
  func fail(_ cause: String) {
    hangUp()
    handle(.linkClosed(Self.problem("the connection was ended", cause)))
  }

  func sayGoodbye() {
    connector?.cancel()
    connection?.send(NodeMessage.bye.line.encoded())
    connection?.closeWhenSent()
    connection = nil
  }

  func close() { hangUp() }

  func send(_ message: NodeMessage) { connection?.send(message.line.encoded()) }

  func send(facts: [(seq: Seq, payload: [UInt8])], session: UInt64) {
    guard session == self.session, let connection else { return }
    var bytes: [UInt8] = []
    // "FACT ", at most 16 digits, a space, a line feed.
    bytes.reserveCapacity(facts.reduce(0) { $0 + $1.payload.count + 23 })
    for fact in facts {
      bytes += "FACT ".utf8
      appendDecimal(fact.seq, to: &bytes)
      bytes.append(UInt8(ascii: " "))
      bytes += fact.payload
      bytes.append(UInt8(ascii: "\n"))
    }
    connection.send(bytes)
  }

  var hasRoom: Bool { (connection?.outputCount_bytes ?? 0) < Self.unsent_bytes_max }

  private static func problem(_ what: String, _ cause: String) -> Problem {
    Problem(
      code: "hub-unreachable", what: what, cause: cause,
      cure: "Check that queuehub runs; kioskd tries again by itself.")
  }
}
