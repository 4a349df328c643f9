import Branch
import CLinux
import Glibc
import LinuxIO
import PathPrinter
import PortBench
import Testing

@Suite("a printer behind a path")
struct PathPrinterTests {
  private func printer(_ bench: PortBench, _ path: String, createsFile: Bool = true)
    -> PathPrinter
  {
    PathPrinter(loop: bench.loop, path: path, createsFile: createsFile) { bench.record($0) }
  }

  // MARK: - Files

  @Test("a file is made where its directory exists, and tickets are appended whole")
  func appendsToFile() throws {
    let bench = try PortBench()
    let scratch = ScratchDirectory()
    let path = scratch.path + "/tickets.bin"
    let port = printer(bench, path)
    port.start()
    try bench.run("arrived") { $0.contains(where: \.isArrived) }
    let first = awkwardBytes(200_000)
    port.write(job: 1, bytes: first)
    try bench.run("written") { $0.contains(.written(job: 1)) }
    port.write(job: 2, bytes: [1, 2, 3])
    try bench.run("written") { $0.contains(.written(job: 2)) }
    #expect(SmallFile.bytes(path) == first + [1, 2, 3])
    #expect(bench.events.contains(.progress(job: 1, accepted: PathPrinterLimits.turn)))
    port.close()
  }

  @Test("no file is made in a missing directory or among devices")
  func refusesCreation() throws {
    let scratch = ScratchDirectory()
    let link = scratch.path + "/printers"
    try #require(symlink("/dev", link) == 0)
    let name = "kioskd-test-\(getpid())"
    for path in [scratch.path + "/no/such/file", "/dev/\(name)", "\(link)/\(name)"] {
      let bench = try PortBench()
      let port = printer(bench, path)
      port.start()
      try bench.run("lost") { $0.contains { $0.lostCode == "absent" } }
      #expect(access(path, F_OK) != 0)
      port.close()
    }
  }

  @Test("a directory, a disk or a socket is refused with its name")
  func refusesUnfit() throws {
    let bench = try PortBench()
    let port = printer(bench, "/tmp")
    port.start()
    try bench.run("lost") { $0.contains { $0.lostCode == "not-a-printer" } }
    port.write(job: 1, bytes: [1])
    try bench.run("stopped") { $0.contains { $0.stopped?.job == 1 } }
    #expect(bench.events.compactMap(\.stopped).first?.accepted == 0)
    port.close()
  }

  @Test("a full disk stops the job with the bytes that got there")
  func fullDisk() throws {
    let bench = try PortBench()
    let port = printer(bench, "/dev/full")
    port.start()
    try bench.run("arrived") { $0.contains(where: \.isArrived) }
    port.write(job: 9, bytes: [1, 2, 3])
    try bench.run("stopped") { $0.contains { $0.stopped?.code == "disk-full" } }
    #expect(bench.events.compactMap(\.stopped).first?.accepted == 0)
    port.close()
  }

  @Test("a file that is replaced is opened anew")
  func replacedFile() throws {
    let bench = try PortBench()
    let scratch = ScratchDirectory()
    let path = scratch.path + "/tickets.bin"
    let port = printer(bench, path)
    port.start()
    try bench.run("arrived") { $0.contains(where: \.isArrived) }
    rename(path, path + ".old")
    try bench.run("back") { $0.filter(\.isArrived).count == 2 }
    port.write(job: 1, bytes: [7])
    try bench.run("written") { $0.contains(.written(job: 1)) }
    #expect(SmallFile.bytes(path) == [7])
    #expect(SmallFile.bytes(path + ".old") == [])
    port.close()
  }

  // MARK: - FIFOs

  @Test("a FIFO without a reader is absent, and found when somebody reads")
  func fifoWithoutReader() throws {
    let bench = try PortBench()
    let scratch = ScratchDirectory()
    let path = scratch.path + "/printer"
    try #require(mkfifo(path, 0o600) == 0)
    let port = printer(bench, path)
    port.start()
    try bench.run("lost") { $0.contains { $0.lostCode == "no-reader" } }
    port.write(job: 1, bytes: [1, 2])
    try bench.run("stopped") { $0.contains { $0.stopped?.job == 1 } }
    let reader = try SystemCall.open(path, O_RDONLY | O_NONBLOCK)
    try bench.run("arrived") { $0.contains(where: \.isArrived) }
    port.write(job: 2, bytes: [3, 4])
    try bench.run("written") { $0.contains(.written(job: 2)) }
    var buffer = [UInt8](repeating: 0, count: 8)
    let transfer = buffer.withUnsafeMutableBytes { SystemCall.read(reader.raw, into: $0) }
    #expect(transfer == .bytes(2) && buffer[0..<2] == [3, 4])
    port.close()
  }

  @Test("nothing is made at a path that nobody wants as a file, and the cure names the key")
  func createsNothing() throws {
    let bench = try PortBench()
    let scratch = ScratchDirectory()
    let path = scratch.path + "/typo"
    let port = PathPrinter(loop: bench.loop, path: path) { bench.record($0) }
    port.start()
    try bench.run("lost") { $0.contains { $0.lostCode == "absent" } }
    #expect(access(path, F_OK) != 0)
    let cures = bench.events.compactMap { event in
      if case .lost(let problem) = event { problem.cure } else { nil }
    }
    #expect(cures.count == 1 && cures[0].contains("\"createFile\": true"), "\(cures)")
    port.close()
  }

  @Test("a FIFO made later is found at once, and never turned into a file")
  func fifoMadeLater() throws {
    let bench = try PortBench()
    let scratch = ScratchDirectory()
    let path = scratch.path + "/printer"
    let port = printer(bench, path, createsFile: false)
    port.start()
    try bench.run("lost") { $0.contains { $0.lostCode == "absent" } }
    try #require(mkfifo(path, 0o600) == 0)
    let reader = try SystemCall.open(path, O_RDONLY | O_NONBLOCK)
    try bench.run("arrived") { $0.contains(where: \.isArrived) }
    port.close()
    _ = reader.raw
  }

  @Test("a reader that leaves in mid-ticket stops the job with the count, then the device is lost")
  func fifoReaderLeaves() throws {
    let bench = try PortBench()
    let scratch = ScratchDirectory()
    let path = scratch.path + "/printer"
    try #require(mkfifo(path, 0o600) == 0)
    var reader: CInt = try SystemCall.open(path, O_RDONLY | O_NONBLOCK).release()
    let port = printer(bench, path)
    port.start()
    try bench.run("arrived") { $0.contains(where: \.isArrived) }
    // More than a pipe holds (64 KiB): the job stands still with the pipe full.
    let bytes = awkwardBytes(300_000)
    port.write(job: 1, bytes: bytes)
    try bench.run("pipe full") { $0.contains(.progress(job: 1, accepted: 65_536)) }
    close(reader)
    try bench.run("lost") { $0.contains { $0.lostCode == "device-lost" } }
    let stopped = try #require(bench.events.compactMap(\.stopped).first)
    #expect(stopped.job == 1 && stopped.accepted == 65_536)
    let order = bench.events.suffix(2)
    #expect(order.first?.stopped != nil && order.last?.lostCode != nil)
    reader = try SystemCall.open(path, O_RDONLY | O_NONBLOCK).release()
    try bench.run("back") { $0.filter(\.isArrived).count == 2 }
    close(reader)
    port.close()
  }

  @Test("a stalled job ends by cancel with the accepted count, and the next one starts clean")
  func cancelOfStalledJob() throws {
    let bench = try PortBench()
    let scratch = ScratchDirectory()
    let path = scratch.path + "/printer"
    try #require(mkfifo(path, 0o600) == 0)
    let reader = try SystemCall.open(path, O_RDONLY | O_NONBLOCK)
    let port = printer(bench, path)
    port.start()
    try bench.run("arrived") { $0.contains(where: \.isArrived) }
    port.write(job: 5, bytes: awkwardBytes(300_000))
    try bench.run("pipe full") { $0.contains(.progress(job: 5, accepted: 65_536)) }
    port.cancel(job: 4)
    port.cancel(job: 5)
    port.cancel(job: 5)
    try bench.run("stopped") { $0.contains { $0.stopped?.code == "cancelled" } }
    #expect(bench.events.compactMap(\.stopped).map(\.accepted) == [65_536])
    var buffer = [UInt8](repeating: 0, count: 65_536)
    let drained = buffer.withUnsafeMutableBytes { SystemCall.read(reader.raw, into: $0) }
    #expect(drained == .bytes(65_536))
    port.write(job: 6, bytes: [9])
    try bench.run("written") { $0.contains(.written(job: 6)) }
    let rest = buffer.withUnsafeMutableBytes { SystemCall.read(reader.raw, into: $0) }
    #expect(rest == .bytes(1) && buffer[0] == 9)
    #expect(bench.events.compactMap(\.stopped).count == 1)
    port.close()
  }

  // MARK: - Devices (ptys)

  @Test("every byte value passes a terminal unchanged, and answers come back")
  func terminalIsRaw() throws {
    let bench = try PortBench()
    let far = try FarEnd()
    let port = printer(bench, far.slavePath)
    port.start()
    try bench.run("arrived") { $0.contains(where: \.isArrived) }
    var arrivedThere: [UInt8] = []
    try bench.loop.register(far.master, [.read]) { _ in
      arrivedThere += far.take()
      bench.check()
    }
    let bytes = awkwardBytes(20_000)
    port.write(job: 1, bytes: bytes)
    try bench.run("all there") { _ in arrivedThere.count >= bytes.count }
    #expect(arrivedThere == bytes)
    try bench.run("written") { $0.contains(.written(job: 1)) }
    port.send(query: [0x10, 0x04, 0x01])
    try bench.run("query there") { _ in arrivedThere.suffix(3) == [0x10, 0x04, 0x01] }
    far.put([0x12, 0x0D, 0x0A, 0x04])
    try bench.run("answer") { _ in bench.received.count >= 4 }
    #expect(bench.received == [0x12, 0x0D, 0x0A, 0x04])
    port.close()
  }

  @Test("a query during a job comes after its last byte")
  func queryWaitsForJob() throws {
    let bench = try PortBench()
    let far = try FarEnd()
    let port = printer(bench, far.slavePath)
    port.start()
    try bench.run("arrived") { $0.contains(where: \.isArrived) }
    let bytes = awkwardBytes(100_000)
    port.write(job: 1, bytes: bytes)
    try bench.run("under way") { $0.contains { if case .progress = $0 { true } else { false } } }
    port.send(query: [0x10, 0x04, 0x01])
    var arrivedThere: [UInt8] = []
    try bench.loop.register(far.master, [.read]) { _ in
      arrivedThere += far.take()
      bench.check()
    }
    try bench.run("all there") { _ in arrivedThere.count >= bytes.count + 3 }
    #expect(arrivedThere == bytes + [0x10, 0x04, 0x01])
    port.close()
  }

  @Test("a terminal that hangs up is lost, and the same path is found again")
  func terminalComesBack() throws {
    let bench = try PortBench()
    let scratch = ScratchDirectory()
    let path = scratch.path + "/ttyPRN"
    var far = try FarEnd()
    try #require(symlink(far.slavePath, path) == 0)
    let port = printer(bench, path)
    port.start()
    try bench.run("arrived") { $0.contains(where: \.isArrived) }
    unlink(path)
    far.hangUp()
    try bench.run("lost") { $0.contains { $0.lostCode == "device-lost" } }
    far = try FarEnd()
    try #require(symlink(far.slavePath, path) == 0)
    try bench.run("back") { $0.filter(\.isArrived).count == 2 }
    port.write(job: 3, bytes: [0x41])
    try bench.run("written") { $0.contains(.written(job: 3)) }
    #expect(far.take() == [0x41])
    port.close()
  }

  @Test("an idle port does not wake the loop")
  func idleSleeps() throws {
    let bench = try PortBench()
    let scratch = ScratchDirectory()
    let path = scratch.path + "/printer"
    try #require(mkfifo(path, 0o600) == 0)
    let reader = try SystemCall.open(path, O_RDONLY | O_NONBLOCK)
    let port = printer(bench, path)
    port.start()
    try bench.run("arrived") { $0.contains(where: \.isArrived) }
    port.write(job: 1, bytes: [1])
    try bench.run("written") { $0.contains(.written(job: 1)) }
    let before = bench.loop.wakeups
    var isOver = false
    _ = bench.loop.schedule(after: .milliseconds(300)) {
      isOver = true
      bench.check()
    }
    try bench.run("a moment later") { _ in isOver }
    // The timer of this test itself is one; the last turn of the job may be another.
    #expect(bench.loop.wakeups - before <= 2)
    port.close()
    _ = reader.raw
  }

  @Test("port status is only asked of a printer of the kernel")
  func portStatusElsewhere() throws {
    let bench = try PortBench()
    let far = try FarEnd()
    let port = printer(bench, far.slavePath)
    port.start()
    try bench.run("arrived") { $0.contains(where: \.isArrived) }
    port.requestPortStatus()
    port.write(job: 1, bytes: [1])
    try bench.run("written") { $0.contains(.written(job: 1)) }
    let isSilent = !bench.events.contains { if case .portStatus = $0 { true } else { false } }
    #expect(isSilent)
    port.close()
  }

  @Test("after close nothing is told any more")
  func closeIsFinal() throws {
    let bench = try PortBench()
    let far = try FarEnd()
    let port = printer(bench, far.slavePath)
    port.start()
    try bench.run("arrived") { $0.contains(where: \.isArrived) }
    port.write(job: 1, bytes: awkwardBytes(10))
    port.close()
    far.hangUp()
    let count = bench.events.count
    bench.loop.remote.post {}
    var isOver = false
    _ = bench.loop.schedule(after: .milliseconds(10)) {
      isOver = true
      bench.check()
    }
    try bench.run("a moment later") { _ in isOver }
    #expect(bench.events.count == count)
  }
}

enum PathPrinterLimits {
  /// What PathPrinter writes to a file in one turn.
  static let turn = 65_536
}
