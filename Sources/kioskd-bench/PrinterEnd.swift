import Branch
import Glibc
import LinuxIO

/// The printer's side of a pseudo terminal: takes bytes and gives the answers that a TM-T88V with
/// paper gives (Epson ESC/POS: DLE EOT, GS a, GS ( H function 48).
final class PrinterEnd {
  let path: String
  private let terminal: PseudoTerminal
  private var received: [UInt8] = []
  private var isAsked = false
  private var tickets = 0

  init() throws(Problem) {
    terminal = try .forDevice()
    path = terminal.slavePath
  }

  /// Until the node has opened the printer and asked how it is.
  func waitForHost() throws(Problem) {
    let deadline = Clock.monotonic() + .seconds(20)
    while !isAsked {
      guard Clock.monotonic() < deadline else {
        throw benchProblem("the node does not open the printer", "it asked for no status")
      }
      if try read(until: Clock.monotonic() + Span(ms: 50)) { try answer() }
    }
  }

  /// Takes and answers what still comes, until nothing came for so long.
  func settle(_ quiet: Span) throws(Problem) {
    while try read(until: Clock.monotonic() + quiet) { try answer() }
  }

  /// When the first byte came, nanoseconds of the monotonic clock.
  func firstByte(within limit: Span) throws(Problem) -> UInt64 {
    try terminal.firstByte(of: "ticket", within: limit)
  }

  /// Takes bytes until the ticket asked for its confirmation, and gives it.
  func finishTicket(within limit: Span) throws(Problem) {
    let deadline = Clock.monotonic() + limit
    let before = tickets
    while tickets == before {
      guard try read(until: deadline) else {
        throw benchProblem("a ticket did not come to its end", "\(limit.ms) ms passed")
      }
      try answer()
    }
  }

  /// false when the time is over. While nobody has the other side open, reading fails with EIO
  /// (pty(7)); a while later somebody may.
  private func read(until deadline: MonotonicTime) throws(Problem) -> Bool {
    guard Wait.untilReadable(terminal.master.raw, deadline) else { return false }
    var buffer = [UInt8](repeating: 0, count: 4096)
    switch buffer.withUnsafeMutableBytes({ SystemCall.read(terminal.master.raw, into: $0) }) {
    case .bytes(let count): received += buffer[..<count]
    case .wouldBlock: break
    case .failed(let error) where error.errno == EIO: Wait.pause(Span(ms: 5))
    case .end, .failed: throw benchProblem("the printer's line failed", "it was closed")
    }
    return true
  }

  /// Answers every whole question in what came, and keeps what may be the start of one.
  private func answer() throws(Problem) {
    var reply: [UInt8] = []
    var index = 0
    while index < received.count {
      let rest = received[index...]
      if rest.starts(with: [0x10, 0x04]) {
        guard rest.count >= 3 else { break }
        reply.append(0x12)
        index += 3
      } else if rest.starts(with: [0x1D, 0x61]) {
        guard rest.count >= 3 else { break }
        // Online, no error, paper.
        reply += [0x14, 0x00, 0x00, 0x0F]
        isAsked = true
        index += 3
      } else if rest.starts(with: [0x1D, 0x28, 0x48]) {
        guard rest.count >= 11 else { break }
        reply += [0x37, 0x22] + rest.dropFirst(7).prefix(4) + [0x00]
        tickets += 1
        index += 11
      } else if rest.count < 3, rest.first == 0x10 || rest.first == 0x1D {
        break
      } else {
        index += 1
      }
    }
    received.removeFirst(index)
    guard !reply.isEmpty else { return }
    let result = reply.withUnsafeBytes { SystemCall.write(terminal.master.raw, $0) }
    guard result == .bytes(reply.count) else {
      throw benchProblem("the printer cannot answer", "\(result)")
    }
  }
}
