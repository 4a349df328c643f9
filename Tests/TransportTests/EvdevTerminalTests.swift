import Branch
import Glibc
import LinuxIO
import TerminalInput
import Testing

@testable import EvdevTerminal

@Suite("A terminal")
struct EvdevTerminalTests {
  let world: EvdevWorld

  init() throws { world = try EvdevWorld() }

  /// Presses far enough apart, by their stamps, to be no bounces.
  private func presses(_ codes: [UInt16]) -> [UInt8] {
    codes.enumerated().flatMap { index, code in
      let time = InputTime(seconds: 1_700_000_000 + Int64(index), microseconds: 0)
      return inputEventBytes(code: code, at: time)
    }
  }

  @Test("a FIFO yields presses while its writers come and go")
  func fifo() throws {
    try world.makeFIFO("/keys")
    world.start(.path(world.root + "/keys"))
    #expect(world.opened.count == 1)
    #expect(world.notes.contains { $0.contains("grab skipped") })
    try world.send(presses([2, 3]), to: "/keys")
    world.run("two presses") { world.pressed == [2, 3] }
    world.endWriter("/keys")
    try world.send(presses([4]), to: "/keys")
    world.run("the third") { world.pressed == [2, 3, 4] }
    #expect(world.problems.isEmpty)
  }

  @Test("a FIFO without writers wakes nobody")
  func idleFIFO() throws {
    try world.makeFIFO("/keys")
    world.start(.path(world.root + "/keys"))
    try world.send(presses([2]), to: "/keys")
    world.run("a press") { world.pressed == [2] }
    world.endWriter("/keys")
    let before = world.loop.wakeups
    let timer = world.loop.schedule(after: .milliseconds(500)) { [loop = world.loop] in
      loop.stop()
    }
    world.loop.run()
    world.loop.cancel(timer)
    #expect(world.loop.wakeups - before <= 2)
  }

  @Test("records arrive in any split")
  func splits() throws {
    try world.makeFIFO("/keys")
    world.start(.path(world.root + "/keys"))
    let bytes = presses([2, 3])
    for byte in bytes {
      try world.send([byte], to: "/keys")
      let timer = world.loop.schedule(after: Span(ms: 0)) { [loop = world.loop] in loop.stop() }
      world.loop.run()
      world.loop.cancel(timer)
    }
    world.run("both") { world.pressed == [2, 3] }
  }

  @Test("garbage is told and the next presses count")
  func garbage() throws {
    try world.makeFIFO("/keys")
    world.start(.path(world.root + "/keys"))
    try world.send(Array("no input events at all".utf8) + presses([2]), to: "/keys")
    world.run("a press") { world.pressed == [2] }
    #expect(world.notes.contains { $0.contains("22 bytes were no input events") })
  }

  @Test("a burst far beyond one reading is taken whole and in order")
  func burst() throws {
    try world.makeFIFO("/keys")
    world.start(.path(world.root + "/keys"))
    let codes = (0..<600).map { UInt16(1 + $0 % 100) }
    try world.send(presses(codes), to: "/keys")
    world.run("all presses") { world.pressed.count >= codes.count }
    #expect(world.pressed == codes)
  }

  @Test("a file is a capture and is read once")
  func capture() throws {
    let codes = (0..<500).map { UInt16(1 + $0 % 50) }
    try world.write(presses(codes) + [1, 2, 3], to: world.root + "/capture")
    world.start(.path(world.root + "/capture"))
    world.run("the end") { world.notes.contains { $0.contains("read to its end") } }
    #expect(world.pressed == codes)
    let before = world.loop.wakeups
    let timer = world.loop.schedule(after: .milliseconds(200)) { [loop = world.loop] in
      loop.stop()
    }
    world.loop.run()
    world.loop.cancel(timer)
    #expect(world.loop.wakeups - before <= 2)
    #expect(world.pressed == codes)
  }

  @Test("a pty yields records whatever bytes they have, and hangs up")
  func pty() throws {
    let line = try VirtualLine()
    world.start(.path(line.slavePath))
    line.send(presses([3, 4, 13, 26]))
    world.run("presses") { world.pressed.count >= 4 }
    #expect(world.pressed == [3, 4, 13, 26])
    line.unplug()
    world.run("lost") { world.problems.map(\.code) == ["device-absent"] }
  }

  @Test("a path that appears later, and one that is replaced, is taken up")
  func appears() throws {
    world.start(.path(world.root + "/keys"))
    #expect(world.problems.map(\.code) == ["device-absent"])
    for round in 1...3 {
      try world.makeFIFO("/keys")
      world.run("opened \(round)") { world.opened.count == round }
      try world.send(presses([UInt16(round)]), to: "/keys")
      world.run("pressed \(round)") { world.pressed.count == round }
      unlink(world.root + "/keys")
      world.run("lost \(round)") { world.problems.count == round + 1 }
      world.endWriter("/keys")
    }
    #expect(world.pressed == [1, 2, 3])
  }

  @Test("a FIFO replaced in one step is opened anew")
  func replaced() throws {
    try world.makeFIFO("/keys")
    world.start(.path(world.root + "/keys"))
    try world.makeFIFO("/fresh")
    rename(world.root + "/fresh", world.root + "/keys")
    world.run("opened anew") { world.opened.count == 2 }
    try world.send(presses([7]), to: "/keys")
    world.run("pressed") { world.pressed == [7] }
  }

  @Test("a device is found by serial number and again under another event number")
  func serialNumber() throws {
    try world.plug("event3", port: "1-1", serial: "OTHER")
    try world.plug("event4", port: "1-2", serial: "BOX7")
    world.start(.serial("BOX7"))
    #expect(world.opened.count == 1)
    #expect(world.opened[0].contains("serial BOX7") && world.opened[0].contains("event4"))
    try world.send(presses([2]), to: "/input/event4")
    world.run("pressed") { world.pressed == [2] }
    try world.unplug("event4")
    world.run("lost") { world.problems.map(\.code) == ["device-absent"] }
    #expect(world.problems[0].cause.contains("event3"))
    try world.plug("event12", port: "1-4", serial: "BOX7")
    world.run("found again") { world.opened.count == 2 }
    try world.send(presses([3]), to: "/input/event12")
    world.run("pressed again") { world.pressed == [2, 3] }
    #expect(world.problems.count == 1)
  }

  @Test("a device is found by the port that it is plugged in")
  func usbPort() throws {
    try world.plug("event3", port: "1-1", serial: "0")
    try world.plug("event4", port: "1-1.2", serial: "0")
    world.start(.port("1-1.2"))
    #expect(world.opened.count == 1 && world.opened[0].contains("event4"))
    let other = try EvdevWorld()
    try other.plug("event9", port: "1-1", serial: "0")
    other.start(.port("usb-0000:00:14.0-1-1"))
    #expect(other.opened.count == 1)
  }

  @Test("a device is found by its name in by-id, when udev has made it")
  func byID() throws {
    try world.plug("event3", port: "1-1", serial: "X")
    world.start(.byID("usb-Keypad-event-kbd"))
    #expect(world.problems.map(\.code) == ["device-absent"])
    symlink("../event3", world.root + "/input/by-id/usb-Keypad-event-kbd")
    world.run("opened") { world.opened.count == 1 }
    try world.send(presses([2]), to: "/input/event3")
    world.run("pressed") { world.pressed == [2] }
  }

  @Test("two devices with one serial number are not one terminal")
  func twins() throws {
    try world.plug("event3", port: "1-1", serial: "000001")
    try world.plug("event4", port: "1-2", serial: "000001")
    world.start(.serial("000001"))
    #expect(world.problems.map(\.code) == ["device-ambiguous"])
    #expect(world.opened.isEmpty)
    try world.unplug("event4")
    world.run("opened once it is clear") { world.opened.count == 1 }
  }

  @Test("all nodes of a device with wanted keys are opened, others are left alone")
  func severalNodes() throws {
    // KEY_1 is 2, KEY_VOLUMEUP 115, KEY_A 30.
    try world.plug("event3", port: "1-1", serial: "BOX7", keys: "4", function: "1.0")
    try world.plug("event4", port: "1-1", serial: "BOX7", keys: "8000000000000 0", function: "1.1")
    try world.plug("event5", port: "1-1", serial: "BOX7", keys: "40000000", function: "1.2")
    world.start(.serial("BOX7"), wanted: [2, 115])
    #expect(world.opened.count == 1)
    try world.send(presses([2]), to: "/input/event3")
    try world.send(presses([115]), to: "/input/event4")
    world.run("both") { world.pressed.sorted() == [2, 115] }
    #expect(open(world.root + "/input/event5", O_WRONLY | O_NONBLOCK) < 0)
    try world.unplug("event4")
    try world.plug("event6", port: "1-1", serial: "BOX7", keys: "4", function: "1.3")
    world.run("the new node") { world.notes.contains { $0.contains("another node") } }
    #expect(world.problems.isEmpty)
  }

  @Test("a device without any wanted key is a problem of its own")
  func keyless() throws {
    try world.plug("event3", port: "1-1", serial: "BOX7", keys: "40000000")
    world.start(.serial("BOX7"), wanted: [2])
    #expect(world.problems.map(\.code) == ["device-keyless"])
  }

  @Test("a device that is just going, its keys gone before its number, is absent, not without keys")
  func going() throws {
    try world.plug("event3", port: "1-1", serial: "BOX7")
    try #require(unlink(world.root + "/usb/1-1/1-1:1.0/capabilities/key") == 0)
    world.start(.serial("BOX7"), wanted: [2])
    #expect(world.problems.map(\.code) == ["device-absent"])
  }

  @Test("something that nobody can wait for is no terminal")
  func notATerminal() {
    world.start(.path("/dev/null"))
    #expect(world.problems.map(\.code) == ["not-a-terminal"])
  }

  @Test("lost events in a stream invent no press")
  func dropped() throws {
    try world.makeFIFO("/keys")
    world.start(.path(world.root + "/keys"))
    let dropped = InputEvent(type: 0, code: 3, value: 0).bytes
    let half = inputEventBytes(code: 9, value: 1)
    try world.send(presses([2]) + dropped + half + presses([3]), to: "/keys")
    world.run("presses") { world.pressed.count >= 2 }
    #expect(world.pressed == [2, 3])
    #expect(world.notes.contains { $0.contains("events were lost") })
  }

  @Test("an LED of something without LEDs is nobody's concern")
  func led() throws {
    try world.makeFIFO("/keys")
    let terminal = world.start(.path(world.root + "/keys"))
    terminal.setLED(0, on: true)
    try world.send(presses([2]), to: "/keys")
    world.run("pressed") { world.pressed == [2] }
    #expect(!world.notes.contains { $0.contains("no input events") })
  }

  @Test("after close nothing is told, and it can be closed from within what it tells")
  func closing() throws {
    try world.makeFIFO("/keys")
    var terminal: EvdevTerminal?
    var told = 0
    terminal = EvdevTerminal(loop: world.loop, selector: .path(world.root + "/keys")) { event in
      told += 1
      if case .pressed = event { terminal?.close() }
    }
    terminal?.start()
    try world.send(presses([2, 3, 4]), to: "/keys")
    world.run("closed") { terminal?.isOpen == false }
    // Opened, the note on the grab, and one press.
    #expect(told == 3)
    terminal = nil
  }

  @Test("sysfs bitmaps are read as the kernel writes them")
  func bitmaps() {
    #expect(InputNode.codes("4") == [2])
    #expect(InputNode.codes("8000000000000 0") == [115])
    #expect(InputNode.codes("1 0 0 0 8000000000000001") == [0, 63, 256])
    #expect(InputNode.codes("") == [])
    #expect(InputNode.codes("zz") == [])
  }
}
