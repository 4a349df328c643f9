import CLinux
import Glibc

/// A disk for the guest that remembers what it was asked: the server side of NBD (the protocol
/// document of the NetworkBlockDevice project: fixed newstyle negotiation, simple replies), as far
/// as QEMU speaks it. A second socket takes the guest's marks into the same log, so that the log
/// says what was on the disk when something was seen.
final class BlockServer {
  private let image: Int32
  private let image_bytes: Int
  private let log: Int32
  private let disk: Int32
  private let marks: Int32
  private var connection: Int32 = -1
  private var markLine: Int32 = -1

  /// - Parameters: paths of the image, of the log that is made, and of the two sockets.
  init(image: String, log: String, disk: String, marks: String) throws(LabError) {
    self.image = kioskd_open(image, O_RDWR, 0)
    guard self.image >= 0 else { throw failed("open \(image)") }
    image_bytes = Int(lseek(self.image, 0, SEEK_END))
    self.log = kioskd_open(log, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    guard self.log >= 0 else { throw failed("open \(log)") }
    self.disk = try Self.listen(disk)
    self.marks = try Self.listen(marks)
  }

  private static func listen(_ path: String) throws(LabError) -> Int32 {
    // The name stands only when somebody listens behind it.
    let unnamed = "\(path).new"
    unlink(unnamed)
    let socket = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let room = MemoryLayout.size(ofValue: address.sun_path)
    guard unnamed.utf8.count < room else { throw LabError("\(path) is too long for a socket") }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: unnamed.utf8) }
    let status = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    guard status == 0, Glibc.listen(socket, 1) == 0, rename(unnamed, path) == 0 else {
      throw failed("listen on \(path)")
    }
    return socket
  }

  /// Serves until the guest lets go of its disk.
  func serve() throws(LabError) {
    connection = accept(disk, nil, nil)
    guard connection >= 0 else { throw failed("accept the disk") }
    guard try negotiate() else { return }
    while true {
      var list = [
        pollfd(fd: connection, events: Int16(POLLIN), revents: 0),
        pollfd(fd: markLine >= 0 ? markLine : marks, events: Int16(POLLIN), revents: 0),
      ]
      guard poll(&list, 2, -1) >= 0 || errno == EINTR else { throw failed("poll") }
      // Marks first: what was seen was on its way before what comes now.
      if list[1].revents != 0 { try takeMarks() }
      if list[0].revents != 0, try !takeRequest() { return }
    }
  }

  private func takeMarks() throws(LabError) {
    if markLine < 0 {
      markLine = accept(marks, nil, nil)
      return
    }
    guard let bytes = readSome(markLine, upTo: 4096), !bytes.isEmpty else {
      close(markLine)
      markLine = -1
      return
    }
    try note(.mark, offset: 0, bytes)
  }

  private func note(_ kind: BlockLog.Kind, offset: Int, _ bytes: [UInt8]) throws(LabError) {
    try writeAll(
      log, BlockLog.head(kind, offset: offset, count: bytes.count) + bytes, to: "the disk's log")
  }

  // MARK: requests

  /// - Returns: false when the guest is gone.
  private func takeRequest() throws(LabError) -> Bool {
    guard let head = readExactly(28), number(head, 0, 4) == 0x2560_9513 else { return false }
    let isDurable = number(head, 4, 2) & 1 != 0
    let cookie = Array(head[8..<16])
    let offset = number(head, 16, 8)
    let count = number(head, 24, 4)
    switch number(head, 6, 2) {
    case 0:
      var bytes = [UInt8](repeating: 0, count: count)
      _ = pread(image, &bytes, count, off_t(offset))
      try reply(cookie, bytes)
    case 1:
      guard let bytes = readExactly(count) else { return false }
      _ = pwrite(image, bytes, count, off_t(offset))
      try note(isDurable ? .durableWrite : .write, offset: offset, bytes)
      try reply(cookie)
    case 2: return false
    case 3:
      try note(.flush, offset: 0, [])
      try reply(cookie)
    default: try reply(cookie, error: EINVAL)
    }
    return true
  }

  private func reply(
    _ cookie: [UInt8], _ bytes: [UInt8] = [], error: Int32 = 0
  ) throws(LabError) {
    try send(big(0x6744_6698, 4) + big(Int(error), 4) + cookie + bytes)
  }

  // MARK: negotiation

  private func negotiate() throws(LabError) -> Bool {
    // FIXED_NEWSTYLE and NO_ZEROES.
    try send(Array("NBDMAGICIHAVEOPT".utf8) + big(3, 2))
    guard readExactly(4) != nil else { return false }
    while let head = readExactly(16) {
      let option = number(head, 8, 4)
      guard readExactly(number(head, 12, 4)) != nil else { return false }
      switch option {
      case 7:
        // NBD_OPT_GO: NBD_INFO_EXPORT with HAS_FLAGS, SEND_FLUSH and SEND_FUA, then ACK.
        try answer(option, 3, big(0, 2) + big(image_bytes, 8) + big(1 | 4 | 8, 2))
        try answer(option, 1, [])
        return true
      case 2:
        try answer(option, 1, [])
        return false
      default: try answer(option, 0x8000_0001, [])
      }
    }
    return false
  }

  private func answer(_ option: Int, _ type: Int, _ data: [UInt8]) throws(LabError) {
    try send(
      big(0x3_E889_0455_65A9, 8) + big(option, 4) + big(type, 4) + big(data.count, 4) + data)
  }

  // MARK: bytes

  private func send(_ bytes: [UInt8]) throws(LabError) {
    try writeAll(connection, bytes, to: "the guest's disk")
  }

  private func readExactly(_ count: Int) -> [UInt8]? {
    var bytes: [UInt8] = []
    while bytes.count < count {
      guard let more = readSome(connection, upTo: count - bytes.count), !more.isEmpty else {
        return nil
      }
      bytes += more
    }
    return bytes
  }

  private func number(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int {
    bytes[start..<start + count].reduce(0) { $0 << 8 | Int($1) }
  }

  private func big(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
  }
}
