import Branch
import Glibc
import LinuxIO
import TerminalInput
import Testing

@testable import EvdevTerminal

@Suite("Codes and strokes of a terminal")
struct EvdevCodesTests {
  let world: EvdevWorld

  init() throws {
    world = try EvdevWorld()
    try world.makeFIFO("/keys")
  }

  /// F1 held, F1 and F2 together, and a scanner with an American keyboard beside them.
  private func start(lockout: Span = Span(ms: 0)) throws {
    let chord = try #require(KeyPair(59, 60))
    let rules = TerminalRules(
      strokes: [.press(59), .long(59), .chord(chord), .press(2)], scanner: nil,
      debounce: .milliseconds(10), lockout: lockout, longPress: .milliseconds(200))
    world.start(.path(world.root + "/keys"), rules: rules)
  }

  private func startScanner() {
    let rules = TerminalRules(
      strokes: [], scanner: .init(layout: .us, timeout: .milliseconds(100)),
      debounce: .milliseconds(10), lockout: Span(ms: 0), longPress: .milliseconds(200))
    world.start(.path(world.root + "/keys"), rules: rules)
  }

  private func typed(_ codes: [UInt16]) -> [UInt8] { codes.flatMap { inputEventBytes(code: $0) } }

  private var strokes: [KeyStroke] {
    world.events.compactMap { if case .pressed(let press) = $0 { press.stroke } else { nil } }
  }
  private var codes: [String] {
    world.events.compactMap { if case .scanned(let code) = $0 { code } else { nil } }
  }

  @Test("a code that is written byte by byte is told whole")
  func code() throws {
    startScanner()
    // a, 0, 1, 2, Enter
    for byte in typed([30, 11, 2, 3, 28]) { try world.send([byte], to: "/keys") }
    world.run("the code") { codes == ["a012"] }
    #expect(strokes.isEmpty)
  }

  @Test("a half code is dropped at its time, and the next one is whole")
  func halfCode() throws {
    startScanner()
    try world.send(typed([30, 11]), to: "/keys")
    world.run("the word about it") { world.notes.contains { $0.contains("2 characters") } }
    #expect(world.events.last == .unreadable, "its customer gets no answer")
    try world.send(typed([48, 8, 28]), to: "/keys")
    world.run("the code") { codes == ["b7"] }
  }

  @Test("a code whose cable was pulled in its midst does not go on with the next scanner")
  func pulled() throws {
    startScanner()
    // A whole code before the half one says when both are read.
    try world.send(typed([49, 28, 30, 11]), to: "/keys")
    world.run("it is read") { codes == ["n"] }
    try #require(unlink(world.root + "/keys") == 0)
    world.endWriter("/keys")
    try world.makeFIFO("/keys")
    world.run("the new one is open") { world.opened.count == 2 }
    try world.send(typed([48, 8, 28]), to: "/keys")
    world.run("the code") { codes == ["n", "b7"] }
    #expect(world.notes.count { $0.contains("broke off") } == 1)
  }

  @Test("after a stall the rest that waits to be read comes before the deadline")
  func stall() throws {
    startScanner()
    let time = InputTime(seconds: 1000, microseconds: 0)
    func typed(_ codes: [UInt16]) -> [UInt8] {
      codes.flatMap { inputEventBytes(code: $0, at: time) }
    }
    try world.send(typed([49, 28, 30, 11]), to: "/keys")
    world.run("it is read") { codes == ["n"] }
    // Something else in the same turn of the loop takes its time while the rest arrives.
    var ends: [CInt] = [0, 0]
    try #require(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    var isStalled = false
    let other = try world.loop.register(ends[0], [.read]) { [world] _ in
      guard !isStalled else { return }
      isStalled = true
      try? world.send(typed([2, 3, 28]), to: "/keys")
      let end = Clock.monotonic() + .milliseconds(150)
      while Clock.monotonic() < end {}
    }
    defer { world.loop.unregister(other) }
    try #require(Glibc.write(ends[1], [1], 1) == 1)
    world.run("the code") { codes.count == 2 }
    #expect(codes == ["n", "a012"])
  }

  @Test("a key that stays down is a long press without any further event")
  func long() throws {
    try start()
    try world.send(inputEventBytes(code: 59, value: 1), to: "/keys")
    world.run("the long press") { strokes == [.long(59)] }
  }

  @Test("two keys together are a chord")
  func chord() throws {
    try start()
    try world.send(
      inputEventBytes(code: 59, value: 1) + inputEventBytes(code: 60, value: 1), to: "/keys")
    world.run("the chord") { strokes.map(\.description) == ["59+60"] }
  }

  @Test("hammering is one press and a counted burst")
  func burst() throws {
    try start(lockout: .milliseconds(300))
    for index in 0..<8 {
      let time = InputTime(seconds: 1000, microseconds: Int64(index) * 50_000)
      try world.send(inputEventBytes(code: 2, at: time), to: "/keys")
    }
    world.run("the burst") { world.events.contains(.burst(.press(2), count: 7)) }
    #expect(strokes == [.press(2)])
  }
}
