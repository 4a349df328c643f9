import Branch
import BranchCore
import QueueProtocol

/// The node's end of the line: one connection or attempt at a time, bytes framed to lines by the
/// real framer.
final class NodeLinkEnd {
  static let unsent_bytes_max = 256 * 1024

  private unowned let machine: NodeMachine
  private(set) var connection: SimulatedConnection?
  private(set) var session: UInt64 = 0
  private var attempt = 0
  private var framer = LineFramer()
  private var isDead = false
  var handle: (NodeEvent) -> Void = { _ in }
  var onDrained: () -> Void = {}

  init(machine: NodeMachine) { self.machine = machine }

  func connect() {
    hangUp()
    attempt += 1
    let attempt = attempt
    machine.world.network.connect(from: machine.index) { [weak self] connection in
      guard let self, !isDead, attempt == self.attempt else {
        connection?.close(.node)
        return
      }
      guard let connection else { return handle(.linkClosed(Self.problem)) }
      connected(connection)
    }
  }

  private func connected(_ connection: SimulatedConnection) {
    session += 1
    framer = LineFramer()
    self.connection = connection
    connection.life = machine.watch.life
    connection.node = (
      onBytes: { [unowned self] in received($0, connection) },
      onClosed: { [unowned self] in closed() },
      onDrained: { [unowned self] in onDrained() }
    )
    handle(.linkConnected)
  }

  private func received(_ bytes: [UInt8], _ from: SimulatedConnection) {
    do {
      try framer.feed(bytes) { line in
        if connection === from { handle(.linkLine(line)) }
      }
    } catch { closed() }
  }

  private func closed() {
    connection?.close(.node)
    connection = nil
    if !isDead { handle(.linkClosed(Self.problem)) }
  }

  func hangUp() {
    attempt += 1
    connection?.close(.node)
    connection = nil
  }

  func fail() {
    hangUp()
    handle(.linkClosed(Self.problem))
  }

  /// The kernel closes what a killed process had open; without power nobody does.
  func die(losingPower: Bool) {
    isDead = true
    if losingPower { connection?.vanish(.node) } else { connection?.close(.node) }
    connection = nil
  }

  func send(_ bytes: [UInt8]) { connection?.send(bytes, to: .hub) }

  func send(facts: [(seq: Seq, payload: [UInt8])], session: UInt64) {
    guard session == self.session, connection != nil else { return }
    var bytes: [UInt8] = []
    for fact in facts {
      bytes += "FACT ".utf8
      appendDecimal(Int64(clamping: fact.seq), to: &bytes)
      bytes.append(UInt8(ascii: " "))
      bytes += fact.payload
      bytes.append(UInt8(ascii: "\n"))
    }
    send(bytes)
  }

  var unsent_bytes: Int { connection?.unsent_bytes(to: .hub) ?? 0 }
  var hasRoom: Bool { unsent_bytes < Self.unsent_bytes_max }

  private static let problem = Problem(
    code: "hub-unreachable", what: "the connection ended", cause: "the hub closed it",
    cure: "Check that queuehub runs; kioskd tries again by itself.")
}
