import CLinux
import Glibc
import LinuxIO
import PrivateCUPS

/// Stands between the port and cupsd and breaks connections on purpose: in the middle of a
/// document, or when the answer to a whole one is due. Everything else passes.
final class CuttingProxy {
  enum Cut {
    case nowhere
    /// After so many bytes of the document.
    case document(bytes: Int)
    /// The document passes whole, the answer does not.
    case answer
  }

  private final class Pair {
    let client: CInt
    let server: CInt
    var registrations: [RegistrationID] = []
    var fromClient: [UInt8] = []
    /// Bytes of the stream that hold everything up to the end of the document.
    var documentStart: Int?
    init(client: CInt, server: CInt) {
      self.client = client
      self.server = server
    }
  }

  let path: String
  var cut = Cut.nowhere
  /// Runs in the moment of a cut, before anybody hears of it.
  var onCut: () -> Void = {}
  /// How often it cut.
  private(set) var cuts = 0
  private let upstream: String
  private let marker: [UInt8]
  private let loop: EventLoop
  private let listener: CInt
  private var pairs: [ObjectIdentifier: Pair] = [:]

  /// - Parameter marker: the first bytes of every document.
  init(loop: EventLoop, path: String, upstream: String, marker: [UInt8]) throws {
    self.loop = loop
    self.path = path
    self.upstream = upstream
    self.marker = marker
    listener = try UnixSocket.listen(path)
    try loop.register(listener, [.read]) { [unowned self] _ in accept() }
  }

  deinit {
    close(listener)
    for pair in pairs.values {
      close(pair.client)
      close(pair.server)
    }
  }

  private func accept() {
    let client = Glibc.accept(listener, nil, nil)
    guard client >= 0 else { return }
    guard let server = try? UnixSocket.connect(upstream) else {
      close(client)
      return
    }
    let pair = Pair(client: client, server: server)
    pairs[ObjectIdentifier(pair)] = pair
    pair.registrations = [
      try? loop.register(client, [.read]) { [unowned self, unowned pair] _ in clientSent(pair) },
      try? loop.register(server, [.read]) { [unowned self, unowned pair] _ in serverSent(pair) },
    ].compactMap(\.self)
  }

  private func end(_ pair: Pair) {
    guard pairs.removeValue(forKey: ObjectIdentifier(pair)) != nil else { return }
    for registration in pair.registrations { loop.unregister(registration) }
    close(pair.client)
    close(pair.server)
  }

  private func take(_ socket: CInt) -> [UInt8]? {
    var buffer = [UInt8](repeating: 0, count: 16_384)
    let transfer = buffer.withUnsafeMutableBytes { SystemCall.read(socket, into: $0) }
    guard case .bytes(let count) = transfer else { return nil }
    return Array(buffer[0..<count])
  }

  private func give(_ bytes: ArraySlice<UInt8>, to socket: CInt) {
    var rest = bytes
    while !rest.isEmpty {
      guard case .bytes(let count) = rest.withUnsafeBytes({ SystemCall.send(socket, $0) })
      else { return }
      rest = rest.dropFirst(count)
    }
  }

  private func clientSent(_ pair: Pair) {
    guard let bytes = take(pair.client) else { return end(pair) }
    let before = pair.fromClient.count
    pair.fromClient += bytes
    if pair.documentStart == nil { pair.documentStart = find(marker, in: pair.fromClient) }
    guard case .document(let count) = cut, let start = pair.documentStart,
      pair.fromClient.count > start + count
    else { return give(bytes[...], to: pair.server) }
    give(pair.fromClient[before..<max(before, start + count)], to: pair.server)
    cuts += 1
    end(pair)
  }

  private func serverSent(_ pair: Pair) {
    guard let bytes = take(pair.server) else { return end(pair) }
    // "100 Continue" is about the head of the request, not about the document.
    let isInterim = bytes.starts(with: "HTTP/1.1 100".utf8)
    if case .answer = cut, pair.documentStart != nil, !isInterim {
      cuts += 1
      onCut()
      return end(pair)
    }
    give(bytes[...], to: pair.client)
  }

  private func find(_ needle: [UInt8], in bytes: [UInt8]) -> Int? {
    guard bytes.count >= needle.count else { return nil }
    return (0...(bytes.count - needle.count)).first { bytes[$0...].starts(with: needle) }
  }
}
