import Glibc
public import LinuxIO

/// Stream sockets with a path.
public enum UnixSocket {
  public static func connect(_ path: String) throws(SystemError) -> CInt {
    try make { socket, address, length in Glibc.connect(socket, address, length) }(path)
  }

  public static func listen(_ path: String) throws(SystemError) -> CInt {
    let socket = try make { socket, address, length in bind(socket, address, length) }(path)
    try SystemCall.check("listen", Glibc.listen(socket, 16))
    return socket
  }

  private static func make(
    _ call: @escaping (CInt, UnsafePointer<sockaddr>, socklen_t) -> CInt
  ) -> (String) throws(SystemError) -> CInt {
    { path throws(SystemError) in
      let socket = try SystemCall.check(
        "socket", Glibc.socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0))
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { room in
        precondition(path.utf8.count < room.count)
        room.copyBytes(from: path.utf8)
      }
      let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          call(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
        }
      }
      if result < 0 {
        let error = SystemError("unix socket", errno: errno)
        close(socket)
        throw error
      }
      return socket
    }
  }
}
