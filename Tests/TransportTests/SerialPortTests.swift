import Branch
import CLinux
import Glibc
import LinuxIO
import SerialPort
import Testing

@Suite("A serial port")
struct SerialPortTests {
  @Test("opens, takes bytes and tells when they are out")
  func write() throws {
    let world = try SerialWorld()
    let line = try VirtualLine()
    let port = try #require(world.port)
    try world.plug(line)
    port.start()
    #expect(world.openedCount == 1)
    let frame: [UInt8] = [0, 0, 0, 0, 0, 1, 0x5A, 0x0D, 0x0A, 0x03, 0x04, 0x11, 0x13, 0x7F]
    #expect(port.write(frame))
    world.run("drained") { world.events.contains(.drained) }
    #expect(line.read() == frame)
    #expect(port.acceptedBytes == UInt64(frame.count))
    #expect(port.queuedBytes == 0)
  }

  @Test("bytes of the other side arrive as they were sent")
  func receive() throws {
    let world = try SerialWorld()
    let line = try VirtualLine()
    try world.plug(line)
    world.port?.start()
    let noise = (0...255).map { UInt8($0) }
    line.send(noise)
    world.run("all bytes") { world.received.count >= noise.count }
    #expect(world.received == noise)
  }

  @Test("sets speed and raw bytes on the line")
  func lineSettings() throws {
    let world = try SerialWorld(settings: SerialSettings(baud: 19200))
    let line = try VirtualLine()
    try world.plug(line)
    world.port?.start()
    var state = termios()
    #expect(tcgetattr(line.master, &state) == 0)
    #expect(cfgetospeed(&state) == speed_t(B19200))
    #expect(state.c_lflag & tcflag_t(ICANON | ECHO | ISIG) == 0)
    #expect(state.c_oflag & tcflag_t(OPOST) == 0)
    #expect(state.c_cflag & tcflag_t(HUPCL) == 0)
    #expect(state.c_cflag & tcflag_t(CLOCAL | CREAD) == tcflag_t(CLOCAL | CREAD))
  }

  @Test("a path that appears later is taken up at once")
  func appearsLater() throws {
    let world = try SerialWorld()
    let port = try #require(world.port)
    port.start()
    #expect(world.problems.map(\.code) == ["device-absent"])
    #expect(!port.write([1]))
    let line = try VirtualLine()
    try world.plug(line)
    world.run("opened") { world.openedCount == 1 }
    #expect(port.write([0x41]))
    world.run("drained") { world.events.contains(.drained) }
    #expect(line.read() == [0x41])
  }

  @Test("a pulled device is told once, and another one at the same path is taken up")
  func replug() throws {
    let world = try SerialWorld()
    let port = try #require(world.port)
    for round in 1...3 {
      let line = try VirtualLine()
      try world.plug(line)
      if round == 1 { port.start() }
      world.run("opened \(round)") { world.openedCount == round }
      #expect(port.write(Array("A00\(round)".utf8)))
      world.run("drained \(round)") { port.queuedBytes == 0 }
      #expect(line.read() == Array("A00\(round)".utf8))
      line.unplug()
      world.run("lost \(round)") { world.problems.count == round }
      #expect(!port.isOpen)
      #expect(!port.write([1]))
    }
    #expect(world.problems.allSatisfy { $0.code == "device-absent" })
  }

  @Test("an absent device wakes nobody")
  func absentIsIdle() throws {
    let world = try SerialWorld()
    world.port?.start()
    let before = world.loop.wakeups
    let timer = world.loop.schedule(after: .milliseconds(600)) { world.loop.stop() }
    world.loop.run()
    world.loop.cancel(timer)
    // The timer that ends the run, and at most one more.
    #expect(world.loop.wakeups - before <= 2)
    #expect(world.problems.count == 1)
  }

  @Test("the queue is bounded, keeps order, and goes out in parts")
  func bounded() throws {
    let world = try SerialWorld(queueBytes_max: 100_000)
    let line = try VirtualLine()
    let port = try #require(world.port)
    try world.plug(line)
    port.start()
    let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 % 251) }
    #expect(port.write(Array(bytes.prefix(60_000))))
    #expect(port.write(Array(bytes.suffix(40_000))))
    #expect(!port.write([1]))
    var arrived: [UInt8] = []
    world.run("all bytes") {
      arrived += line.read()
      return arrived.count >= bytes.count
    }
    #expect(arrived == bytes)
    world.run("drained") { world.events.contains(.drained) }
    #expect(world.events.count { $0 == .drained } == 1)
  }

  @Test("a line that sends without end is not listened to for a while")
  func flood() throws {
    let world = try SerialWorld()
    let line = try VirtualLine()
    let port = try #require(world.port)
    try world.plug(line)
    port.start()
    let noise = [UInt8](repeating: 0x55, count: 2048)
    world.run("the note") {
      line.send(noise)
      return !world.notes.isEmpty
    }
    let heard = world.received.count
    #expect(heard < 70_000)
    for _ in 0..<50 {
      line.send(noise)
      world.turn()
    }
    #expect(world.received.count == heard)
    #expect(port.write([0x41]))
    world.run("written all the same") { port.queuedBytes == 0 }
    line.unplug()
    world.run("a hang-up is still seen") { world.problems.count == 1 }
  }

  @Test("long answers to many questions are not taken for that")
  func manyAnswers() throws {
    let world = try SerialWorld()
    let line = try VirtualLine()
    let port = try #require(world.port)
    try world.plug(line)
    port.start()
    // Function 03 for 123 registers, heard again and answered.
    let (question, answer) = ([UInt8](repeating: 3, count: 8), [UInt8](repeating: 9, count: 251))
    var count = 0
    for _ in 0..<600 {
      #expect(port.write(question))
      line.send(question + answer)
      count += question.count + answer.count
      world.run("the answer") { world.received.count >= count }
      _ = line.read()
    }
    #expect(!world.notes.contains { $0.contains("without end") } && count > 2 * 65_536)
  }

  @Test("a file is no serial port")
  func notSerial() throws {
    let world = try SerialWorld()
    let file = try SystemCall.open(world.linkPath, O_CREAT | O_WRONLY, mode: 0o600)
    world.port?.start()
    #expect(world.problems.map(\.code) == ["not-serial"])
    _ = consume file
  }

  @Test("a device of another kind is no serial port, whoever else has it open")
  func otherDevice() throws {
    let world = try SerialWorld()
    let holder = try Holder(of: "/dev/null")
    defer { holder.end() }
    try #require(symlink("/dev/null", world.linkPath) == 0)
    world.port?.start()
    #expect(world.problems.map(\.code) == ["not-serial"])
  }

  @Test("a port of this process is not opened twice")
  func openedTwice() throws {
    let first = try SerialWorld()
    let second = try SerialWorld()
    let line = try VirtualLine()
    try first.plug(line)
    try second.plug(line)
    first.port?.start()
    second.port?.start()
    #expect(first.openedCount == 1)
    #expect(second.problems.map(\.code) == ["device-busy"])
    let problem = try #require(second.problems.first)
    #expect(problem.cause.contains("this process"), "\(problem)")
    #expect(!problem.cure.contains("fuser") && problem.cure.contains("\"port\""))
    first.port?.close()
    second.run("opened when it is free") { second.openedCount == 1 }
  }

  @Test("a port that another process holds is refused by that process's name, then taken up")
  func heldByOther() throws {
    let world = try SerialWorld()
    let line = try VirtualLine()
    try world.plug(line)
    let holder = try Holder(of: line.slavePath)
    world.port?.start()
    let problem = try #require(world.problems.first)
    #expect(problem.code == "device-busy")
    #expect(problem.cause == "it is held by sh (process \(holder.pid))")
    #expect(problem.cure.contains("\(holder.pid)"))
    holder.end()
    world.run("opened when it is free") { world.openedCount == 1 }
  }

  @Test("after close nothing is told and the line is free for others")
  func closing() throws {
    let world = try SerialWorld()
    let line = try VirtualLine()
    try world.plug(line)
    world.port?.start()
    let count = world.events.count
    world.port?.close()
    line.send([1, 2, 3])
    for _ in 0..<3 { world.turn() }
    #expect(world.events.count == count)
    let other = try SystemCall.open(line.slavePath, O_RDWR | O_NOCTTY)
    #expect(kioskd_lock_exclusively(other.raw) == 0)
  }

  @Test("it can be closed from within what it tells")
  func closingInside() throws {
    let loop = try EventLoop()
    let line = try VirtualLine()
    var port: SerialPort?
    var count = 0
    port = SerialPort(loop: loop, path: line.slavePath, settings: try SerialSettings()) { _ in
      count += 1
      port?.close()
    }
    port?.start()
    #expect(count == 1)
    #expect(port?.isOpen == false)
    port = nil
  }

  @Test(
    "settings that no adapter has are refused",
    arguments: [(9601, 8, 1), (9600, 6, 1), (9600, 8, 3), (0, 8, 1), (-9600, 7, 1)])
  func refused(baud: Int, dataBits: Int, stopBits: Int) {
    let problem = #expect(throws: Problem.self) {
      try SerialSettings(baud: baud, dataBits: dataBits, stopBits: stopBits)
    }
    #expect(problem?.code == "serial-setting")
  }
}

/// Another process that has a device open until `end`.
final class Holder {
  let pid: pid_t
  private let toChild: CInt

  init(of path: String) throws {
    var input: [CInt] = [0, 0]
    var output: [CInt] = [0, 0]
    try #require(pipe(&input) == 0 && pipe(&output) == 0)
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, input[0], 0)
    posix_spawn_file_actions_adddup2(&actions, output[1], 1)
    for raw in input + output { posix_spawn_file_actions_addclose(&actions, raw) }
    let command = ["sh", "-c", "exec 3<>\(path); echo ready; read line"]
    var words: [UnsafeMutablePointer<CChar>?] = command.map { word in strdup(word) } + [nil]
    defer { for word in words { free(word) } }
    var child = pid_t()
    let result = posix_spawn(&child, "/bin/sh", &actions, nil, &words, environ)
    close(input[0])
    close(output[1])
    pid = child
    toChild = input[1]
    try #require(result == 0)
    var byte: UInt8 = 0
    let count = Glibc.read(output[0], &byte, 1)
    close(output[0])
    try #require(count == 1)
  }

  func end() {
    close(toChild)
    var status: CInt = 0
    waitpid(pid, &status, 0)
  }
}
