public import Branch
import CLinux
import Glibc
import LinuxIO

/// `host:port` or `[v6]:port`, not yet looked up.
public struct HostPort: Hashable, Sendable, CustomStringConvertible {
  public let host: String
  public let port: UInt16

  /// nil for any other form, or a port of 0 where `allowsAnyPort` is false.
  public init?(_ text: String, allowsAnyPort: Bool = false) {
    // By bytes: a Character may be a colon and what is put over it.
    guard let colon = text.utf8.lastIndex(of: UInt8(ascii: ":")) else { return nil }
    let digits = text.utf8[text.utf8.index(after: colon)...]
    guard (1...5).contains(digits.count), digits.allSatisfy(Self.isDigit),
      let port = UInt16(Substring(digits)), port > 0 || allowsAnyPort
    else { return nil }
    var host = text.utf8[..<colon]
    if host.first == UInt8(ascii: "["), host.last == UInt8(ascii: "]"), host.count > 2 {
      host = host.dropFirst().dropLast()
      // An IPv6 address, perhaps with its zone: `fe80::1%eth0`.
      guard host.contains(UInt8(ascii: ":")),
        host.allSatisfy({ Self.isOfName($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "%") })
      else { return nil }
    } else if !host.allSatisfy(Self.isOfName) {
      return nil
    }
    guard (1...253).contains(host.count) else { return nil }
    self.host = String(Substring(host))
    self.port = port
  }

  private static func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }

  /// Letters, digits, `.`, `-`, and `_`, which some networks have in their names.
  private static func isOfName(_ byte: UInt8) -> Bool {
    isDigit(byte) || (65...90).contains(byte) || (97...122).contains(byte)
      || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }

  public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

/// An address as the kernel takes it.
public struct SocketAddress: Sendable {
  let storage: [UInt8]
  let family: CInt
  /// 127.0.0.0/8 or ::1.
  public let isLoopback: Bool

  /// Looks the host up. With `numericOnly` it returns at once; else it may wait for a DNS server,
  /// so call it on a worker.
  public static func find(_ target: HostPort, numericOnly: Bool) throws(Problem) -> [SocketAddress]
  {
    var hints = addrinfo()
    hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
    hints.ai_flags = AI_NUMERICSERV | (numericOnly ? AI_NUMERICHOST : 0)
    var list: UnsafeMutablePointer<addrinfo>?
    let result = getaddrinfo(target.host, String(target.port), &hints, &list)
    guard result == 0 else {
      throw Problem(
        code: "host-unknown", what: "\(target.host) was not found",
        cause: String(cString: gai_strerror(result)),
        cure: "Check the address in the configuration and the box's name server.")
    }
    defer { freeaddrinfo(list) }
    var found: [SocketAddress] = []
    var next = list
    while let entry = next {
      if let address = entry.pointee.ai_addr {
        let bytes = UnsafeRawBufferPointer(
          start: address, count: Int(entry.pointee.ai_addrlen))
        found.append(
          SocketAddress(storage: Array(bytes), family: entry.pointee.ai_family))
      }
      next = entry.pointee.ai_next
    }
    return found
  }

  private init(storage: [UInt8], family: CInt) {
    self.storage = storage
    self.family = family
    // sockaddr_in: address at byte 4; sockaddr_in6: address at byte 8.
    isLoopback =
      family == AF_INET
      ? storage[4] == 127
      : storage[8..<24].elementsEqual(Array(repeating: 0, count: 15) + [1])
  }

  func withPointer<R>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> R) -> R {
    storage.withUnsafeBytes { bytes in
      // The bytes came from getaddrinfo and are a whole sockaddr of their family.
      body(
        bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
    }
  }
}

/// Makes a socket of the address's family.
func makeSocket(_ address: SocketAddress) throws(SystemError) -> Descriptor {
  let kind = CInt(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | SOCK_NONBLOCK.rawValue)
  return Descriptor(owning: try SystemCall.check("socket", socket(address.family, kind, 0)))
}

func setOption(_ descriptor: CInt, _ level: CInt, _ option: CInt, _ value: CInt) {
  var value = value
  setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<CInt>.size))
}
