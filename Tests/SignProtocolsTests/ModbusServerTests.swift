import Branch
import Foundation
import SignProtocols
import Testing

/// A pymodbus server as a sign, behind a pty. It is not ours, and judges what we send.
private final class ForeignSign {
  enum Failure: Error { case noTools(String), noTerminal, notReady(String) }

  private static let tests = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent()
  /// A server that is stuck fails the test instead of holding it for ever.
  private static let patience_ms: Int32 = 20_000

  private let master: Int32
  private let server = Process()
  private let stdin = Pipe()

  init(unit: UInt8) throws {
    let interpreter = try Self.interpreter()
    master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    // TIOCSPTLCK and TIOCGPTN (ioctl_tty(2)): Glibc's module hides grantpt(3) and ptsname(3).
    var locked: CInt = 0
    var number: CInt = 0
    guard master >= 0, ioctl(master, 0x4004_5431, &locked) == 0,
      ioctl(master, 0x8004_5430, &number) == 0
    else { throw Failure.noTerminal }
    let script = Self.tests.appendingPathComponent("TestSupport/ModbusSign/modbus_sign.py")
    let stdout = Pipe()
    server.executableURL = URL(fileURLWithPath: interpreter)
    server.arguments = [script.path, "/dev/pts/\(number)", String(unit)]
    server.standardInput = stdin
    server.standardOutput = stdout
    try server.run()
    let said = String(decoding: stdout.fileHandleForReading.availableData, as: UTF8.self)
    guard said.hasPrefix("ready") else { throw Failure.notReady(said) }
  }

  deinit {
    try? stdin.fileHandleForWriting.close()
    server.waitUntilExit()
    close(master)
  }

  /// Tests/python-tools installs what is missing and names the interpreter.
  private static func interpreter() throws -> String {
    let tools = Process()
    let stdout = Pipe()
    tools.executableURL = tests.appendingPathComponent("python-tools")
    tools.standardOutput = stdout
    try tools.run()
    let said = stdout.fileHandleForReading.readDataToEndOfFile()
    tools.waitUntilExit()
    guard tools.terminationStatus == 0 else {
      throw Failure.noTools("Tests/python-tools could not install pymodbus from PyPI")
    }
    return String(decoding: said, as: UTF8.self).trimmingCharacters(in: .newlines)
  }

  func write(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(master, $0.baseAddress, $0.count) }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  /// Sends a frame and gives its answer, reading until there is one.
  func ask(_ frame: SignFrame) -> [SignAnswer] { ask(frame, patience_ms: Self.patience_ms) }

  /// Asks again while nothing comes. pymodbus does not measure the silence between frames: on a
  /// busy machine it reads two as one, and loses what stands behind a frame without an answer.
  func askAgain(_ frame: SignFrame) -> [SignAnswer] {
    let tries_max = 20
    for _ in 0..<tries_max {
      let answers = ask(frame, patience_ms: Self.patience_ms / Int32(tries_max))
      if answers != [.silent] { return answers }
    }
    return [.silent]
  }

  private func ask(_ frame: SignFrame, patience_ms: Int32) -> [SignAnswer] {
    write(frame.bytes)
    var reader = SignAnswerReader(frame.question)
    var answers: [SignAnswer] = []
    while frame.question != .none, !reader.isAnswered {
      var ready = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
      guard poll(&ready, 1, patience_ms) == 1 else { break }
      var bytes = [UInt8](repeating: 0, count: 256)
      let count = read(master, &bytes, bytes.count)
      guard count > 0 else { break }
      answers += reader.feed(bytes.prefix(count))
    }
    // The frame's silence is kept, in which nobody may speak.
    var spoke = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
    #expect(poll(&spoke, 1, Int32((frame.silence_us + 999) / 1000)) == 0)
    return answers + reader.end()
  }
}

@Suite("Modbus, judged by pymodbus")
struct ModbusServerTests {
  private let line: SerialSettings

  init() throws { line = try SerialSettings() }

  private func frames(_ settings: ModbusSettings, _ text: String) -> [SignFrame] {
    settings.frames(for: SignPicture([text]), on: line)
  }

  @Test("it takes what functions 06 and 16 write, and gives it back")
  func writing() throws {
    let sign = try ForeignSign(unit: 1)
    for writesMultiple in [true, false] {
      let settings = ModbusSettings(
        unit: 1, text: .characters(register: 0, FrameText(places_max: 6)),
        writesMultiple: writesMultiple)
      for text in ["A012", "", "B7 > 2"] {
        let writes = writesMultiple ? 1 : 6
        let expected = [SignAnswer](repeating: .accepted, count: writes) + [.verified]
        #expect(frames(settings, text).flatMap(sign.ask) == expected)
      }
    }
    for text in ["A012", "-3.5", "999999", "CLOSED"] {
      let answers = frames(ModbusTests.signed, text).flatMap(sign.ask)
      #expect(answers == [.accepted, .verified])
    }
  }

  @Test("registers that it does not have are refused, and the line stays in step")
  func refusing() throws {
    let sign = try ForeignSign(unit: 9)
    let beyond = ModbusSettings(
      unit: 9, text: .characters(register: 14, FrameText(places_max: 4)))
    let refusal = SignAnswer.refused(code: 2, meaning: "it has no such register")
    #expect(frames(beyond, "A012").flatMap(sign.ask) == [refusal, refusal])
    let inside = ModbusSettings(unit: 9, text: .number(register: 7, max: 9_999))
    #expect(frames(inside, "A012").flatMap(sign.ask) == [.accepted, .verified])
  }

  @Test("a broadcast is obeyed without a word, and what another wrote is seen as a difference")
  func broadcasting() throws {
    let sign = try ForeignSign(unit: 3)
    let own = ModbusSettings(unit: 3, text: .number(register: 7, max: 9_999))
    let mine = frames(own, "12")
    #expect(mine.flatMap(sign.ask) == [.accepted, .verified])
    let all = try #require(own.addressed([Modbus.broadcast]))
    let broadcast = frames(all, "34")
    #expect(broadcast.count == 1 && broadcast.flatMap(sign.ask) == [])
    // The read-back of the earlier text is asked again, as a check of the sign would.
    let difference = SignDifference(place: 7, written: [12], read: [34])
    #expect(sign.askAgain(mine[1]) == [.differs(difference)])
  }

  @Test("a request with a wrong checksum is not obeyed, and the next one is")
  func spoilt() throws {
    let sign = try ForeignSign(unit: 1)
    let mine = frames(ModbusTests.value, "12")
    #expect(mine.flatMap(sign.ask) == [.accepted, .verified])
    var spoilt = Modbus.frame(unit: 1, .writeSingle(register: 7, value: 99))
    spoilt[7] ^= 0xFF
    #expect(sign.ask(SignFrame(spoilt, silence_us: mine[0].silence_us)) == [])
    #expect(sign.askAgain(mine[1]) == [.verified])
  }
}
