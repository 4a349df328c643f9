import Branch
import CLinux
import Glibc
import LinuxIO
import Testing

@testable import SerialPort

@Suite("What a driver makes of a line's settings")
struct LineSettingsTests {
  private func flags(_ settings: SerialSettings, _ change: (inout termios) -> Void = { _ in })
    -> termios
  {
    var line = termios()
    line.c_cflag = settings.form | tcflag_t(CREAD | CLOCAL)
    cfsetospeed(&line, speed_t(B9600))
    change(&line)
    return line
  }

  @Test("a driver that took all is not complained of")
  func taken() throws {
    for settings in try [
      SerialSettings(), SerialSettings(dataBits: 7, parity: .even),
      SerialSettings(parity: .odd, stopBits: 2),
    ] {
      #expect(settings.refused(by: flags(settings)) == [])
    }
  }

  @Test("what it kept otherwise is named, each with what it does instead")
  func refused() throws {
    let alpha = try SerialSettings(dataBits: 7, parity: .even)
    let eight = flags(alpha) { $0.c_cflag |= tcflag_t(CS8) }
    #expect(alpha.refused(by: eight) == ["7 data bits (it keeps 8)"])
    let plain = flags(try SerialSettings())
    #expect(alpha.refused(by: plain) == ["7 data bits (it keeps 8)", "even parity"])
    let odd = flags(alpha) { $0.c_cflag |= tcflag_t(PARODD) }
    #expect(alpha.refused(by: odd) == ["even parity"])
    let fast = try SerialSettings(baud: 115_200, stopBits: 2)
    #expect(fast.refused(by: plain) == ["115200 baud (it keeps 9600)", "2 stop bits"])
    let strange = flags(try SerialSettings()) { cfsetospeed(&$0, speed_t(B0)) }
    #expect(try SerialSettings().refused(by: strange) == ["9600 baud (it keeps another speed)"])
    let problem = alpha.problem("/dev/ttyX", ["even parity"])
    #expect(problem.code == "serial-refused" && problem.cause.hasSuffix("even parity"))
  }

  @Test("a pty keeps eight bits whatever one asks for, and says so")
  func realDriver() throws {
    let line = try VirtualLine()
    let side = try SystemCall.open(line.slavePath, O_RDWR | O_NOCTTY)
    let alpha = try SerialSettings(baud: 19_200, dataBits: 7, parity: .even)
    #expect(try alpha.apply(to: side.raw) == ["7 data bits (it keeps 8)", "even parity"])
    #expect(try SerialSettings(baud: 19_200).apply(to: side.raw) == [])
  }

  @Test("an RS-485 line is asked for as the kernel wants it, and read back as it was")
  func direction() {
    let wanted = RS485Settings(
      isRequired: true, sendsWithRTS: false, before: Span(ms: 1), after: Span(ms: 500),
      hearsItself: true)
    let line = wanted.forKernel
    // linux/serial.h: enabled 1, RTS on send 2, RTS after send 4, RX during TX 16.
    #expect(line.flags == 1 | 4 | 16)
    #expect(line.delay_rts_before_send == 1 && line.delay_rts_after_send == 100)
    #expect(RS485Settings(isRequired: true, kernel: line) == wanted)
    #expect(RS485Settings().forKernel.flags == 1 | 2)
  }

  @Test("a driver that cannot switch the line is told of, and used all the same")
  func noDirection() throws {
    let world = try SerialWorld(direction: RS485Settings())
    try world.plug(try VirtualLine())
    world.port?.start()
    #expect(world.openedCount == 1)
    #expect(world.notes.count == 1 && world.notes[0].contains("[rs485]"))
  }

  @Test("an adapter of which only its echo was said is not told of for its driver")
  func echoOnly() throws {
    let world = try SerialWorld(direction: RS485Settings(hearsItself: true))
    try world.plug(try VirtualLine())
    world.port?.start()
    #expect(world.openedCount == 1 && world.notes == [])
    #expect(RS485Settings(after: Span(ms: 1), hearsItself: true).asksTheDriver)
  }

  @Test("where switching is required it is not used, and left for others")
  func directionRequired() throws {
    let world = try SerialWorld(direction: RS485Settings(isRequired: true))
    let line = try VirtualLine()
    try world.plug(line)
    world.port?.start()
    #expect(world.openedCount == 0 && world.problems.map(\.code) == ["rs485"])
    let other = try SystemCall.open(line.slavePath, O_RDWR | O_NOCTTY)
    #expect(kioskd_lock_exclusively(other.raw) == 0)
  }
}
