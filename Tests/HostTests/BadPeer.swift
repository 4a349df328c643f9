import Branch
import Glibc
import LinuxIO
import Testing

/// One end of a TCP connection in the hands of a test, byte by byte.
final class BadPeer {
  private let descriptor: Descriptor
  private var input: [UInt8] = []
  private(set) var lines: [String] = []
  /// The other side has closed, or reset.
  private(set) var isClosed = false
  /// Nothing can be sent any more.
  private(set) var isBroken = false
  /// While false, nothing is read, as by a program that hangs.
  var isReading = true

  init(owning raw: CInt) { descriptor = Descriptor(owning: raw) }

  /// Connects to a port of this machine.
  convenience init(port: UInt16) throws {
    let raw = try SystemCall.check(
      "socket", socket(AF_INET, CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0))
    self.init(owning: raw)
    var address = loopback(port)
    try SystemCall.check(
      "connect",
      withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          connect(raw, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
        }
      })
    try descriptor.setNonBlocking()
  }

  /// How many bytes the kernel took.
  @discardableResult
  func send(_ bytes: [UInt8]) -> Int {
    switch bytes.withUnsafeBytes({ SystemCall.send(descriptor.raw, $0) }) {
    case .bytes(let count): return count
    case .wouldBlock: return 0
    case .end, .failed:
      isBroken = true
      return 0
    }
  }

  func send(line: String) { send(Array((line + "\n").utf8)) }

  /// Sends no more, and tells so.
  func endOutput() { shutdown(descriptor.raw, CInt(SHUT_WR)) }

  /// Reads what is there.
  func pump() {
    guard isReading, !isClosed else { return }
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      switch buffer.withUnsafeMutableBytes({ SystemCall.read(descriptor.raw, into: $0) }) {
      case .bytes(let count): take(buffer[..<count])
      case .wouldBlock: return
      case .end, .failed:
        isClosed = true
        return
      }
    }
  }

  private func take(_ bytes: ArraySlice<UInt8>) {
    input += bytes
    let pieces = input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    lines += pieces.dropLast().map { String(decoding: $0, as: UTF8.self) }
    input = Array(pieces.last ?? [])
  }
}

private func loopback(_ port: UInt16) -> sockaddr_in {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = port.bigEndian
  address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
  return address
}

/// A hub that does not keep to the protocol.
final class BadHub: RunDevice {
  enum Manner {
    case closesAtOnce
    case staysSilent
    /// Greets, then acknowledges each fact, and says these lines once.
    case polite([String])
    /// Says these bytes at once, without a greeting.
    case blurts([UInt8])
    /// Says these bytes, then a line of so many, as fast as they are taken.
    case pours(start: [UInt8], count: Int)
    /// Says these bytes, then a line without end, a byte at a time.
    case drips(start: [UInt8])
    /// Says lines that mean nothing, as many as are taken, without end.
    case raves(RunRandom)
  }

  /// Another node, branch or epoch than that of the node it speaks to, where it names one.
  struct Mistake: CustomTestStringConvertible {
    var inWelcome = ""
    var inAcknowledgement = ""
    var lines: [String] = []
    var testDescription: String { ([inWelcome, inAcknowledgement] + lines).joined(separator: " ") }
  }

  let port: UInt16
  var mistaken: Mistake?
  /// Bytes that were taken of what it pours.
  private(set) var poured = 0
  private var left: [ObjectIdentifier: Int] = [:]
  var manner: Manner
  private let listener: CInt
  private var isListening = true
  private(set) var peers: [BadPeer] = []
  private(set) var connections = 0
  /// Lines of all connections, since the last turn.
  private(set) var heard: [String] = []

  init(_ manner: Manner) throws {
    self.manner = manner
    let flags = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
    let raw = try SystemCall.check("socket", socket(AF_INET, flags, 0))
    listener = raw
    var one: CInt = 1
    setsockopt(raw, SOL_SOCKET, SO_REUSEADDR, &one, socklen_t(MemoryLayout<CInt>.size))
    var address = loopback(0)
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withUnsafeMutablePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(raw, $0, length) == 0 && listen(raw, 64) == 0 && getsockname(raw, $0, &length) == 0
      }
    }
    try #require(result)
    port = UInt16(bigEndian: address.sin_port)
  }

  deinit { leave() }

  var descriptor: CInt? { isListening ? listener : nil }

  /// Gives the port up, for another hub.
  func leave() {
    if isListening { close(listener) }
    isListening = false
    peers = []
  }

  /// Hangs up on everybody and begins anew.
  func turn(_ manner: Manner) {
    self.manner = manner
    peers = []
    heard = []
    connections = 0
  }

  func say(_ line: String) { for peer in peers { peer.send(line: line) } }

  func pump() {
    while isListening, case let raw = accept(listener, nil, nil), raw >= 0 {
      _ = fcntl(raw, F_SETFD, FD_CLOEXEC)
      _ = fcntl(raw, F_SETFL, O_NONBLOCK)
      connections += 1
      if case .closesAtOnce = manner {
        close(raw)
        continue
      }
      let peer = BadPeer(owning: raw)
      peers.append(peer)
      if case .blurts(let bytes) = manner { peer.send(bytes) }
      if case .drips(let start) = manner { peer.send(start) }
      if case .pours(let start, let count) = manner {
        peer.send(start)
        left[ObjectIdentifier(peer)] = count
      }
    }
    for peer in peers { serve(peer) }
    for peer in peers where peer.isClosed { left[ObjectIdentifier(peer)] = nil }
    peers.removeAll(where: \.isClosed)
  }

  private func serve(_ peer: BadPeer) {
    let before = peer.lines.count
    peer.pump()
    let fresh = peer.lines[before...]
    heard += fresh
    switch manner {
    case .closesAtOnce, .staysSilent, .blurts: break
    case .pours: pour(peer)
    case .drips: peer.send([UInt8(ascii: "A")])
    case .polite(let lines):
      for line in fresh { answer(line, peer, lines) }
    case .raves(var random):
      var nonsense: [UInt8] = []
      for _ in 0..<20 { nonsense += random.bytes(40).map { $0 | 0x21 } + [10] }
      peer.send(nonsense)
      manner = .raves(random)
    }
  }

  private func pour(_ peer: BadPeer) {
    while let count = left[ObjectIdentifier(peer)], count > 0 {
      let taken = peer.send([UInt8](repeating: UInt8(ascii: "A"), count: min(count, 1 << 16)))
      guard taken > 0 else { return }
      poured += taken
      left[ObjectIdentifier(peer)] = count - taken
    }
  }

  private func answer(_ line: String, _ peer: BadPeer, _ lines: [String]) {
    let words = line.split(separator: " ")
    switch words.first {
    case "HELLO":
      let next = words.first { $0.hasPrefix("next=") }.flatMap { UInt64($0.dropFirst(5)) } ?? 1
      let whom = mistaken?.inWelcome ?? ""
      peer.send(line: "WELCOME hub=bad acked=\(next - 1) heartbeat_ms=1000 window=64 \(whom)")
      for line in lines { peer.send(line: line) }
    case "FACT": peer.send(line: "ACK \(words[1]) \(mistaken?.inAcknowledgement ?? "")")
    case "PING": peer.send(line: "PONG")
    default: break
    }
  }
}
