import CLinux
import Glibc

/// systemd's side of sd_notify(3): a datagram socket to which a service says READY=1.
final class NotifySocket {
  let path: String
  private let descriptor: Int32

  init(_ path: String) throws(LabError) {
    self.path = path
    descriptor = socket(
      AF_UNIX,
      Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let status = withUnsafePointer(to: address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard status == 0 else { throw failed("bind \(path)") }
  }

  func drain() { _ = isReady() }

  /// Reads what was said since the last call.
  func isReady() -> Bool {
    var ready = false
    while let message = readSome(descriptor, upTo: 4096), !message.isEmpty {
      let lines = String(decoding: message, as: UTF8.self).split(separator: "\n")
      ready = ready || lines.contains("READY=1")
    }
    return ready
  }
}
