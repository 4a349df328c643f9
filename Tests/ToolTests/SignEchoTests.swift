import LinuxIO
import SignProtocols
import Testing

@Suite("kioskd sign-test over an adapter that hears itself", .timeLimit(.minutes(3)))
struct SignEchoTests {
  private static let set = #", "rs485": {"hearsItself": true}"#
  let bench: Bench

  init() throws { bench = try Bench() }

  /// - Parameter answer: what comes back over the line, the adapter's copy and the sign's words.
  private func test(
    _ profile: String, isSet: Bool, _ arguments: String...,
    answer: @escaping ([UInt8]) -> [UInt8]
  ) throws -> Tool {
    var node = NodeText(bench)
    node.add(sign: "a", profile, port: bench.path("line"), more: isSet ? Self.set : "")
    let file = try bench.write("kioskd.json", node.text)
    _ = try bench.device("line", answer: answer)
    return try bench.kioskd(["sign-test", "--config", file] + arguments)
  }

  private func count(_ text: String, before word: String) -> Int? {
    text.split(separator: "\n").first { $0.hasSuffix(word) }
      .flatMap { Int($0.dropLast(word.count).split(separator: " ").last ?? "") }
  }

  @Test("a sign that says nothing is tried as without an echo, and the echo is told")
  func mute() throws {
    let tool = try test("alpha-sign", isSet: true, "--text", "A012") { $0 }
    #expect(tool.code == 0, "\(tool.output)\(tool.errors)")
    let sent = try #require(bench.devices.first).received.count
    #expect(tool.output.contains("a: adapter hears itself: \(sent) bytes echoed\n"))
    #expect(count(tool.output, before: " bytes") == sent)
    #expect(!tool.output.contains("came back"))
    // Nobody asks a USB adapter to switch the line by its driver.
    #expect(tool.errors.isEmpty, "\(tool.errors)")
  }

  @Test("what the sign says behind the echo is noise")
  func noise() throws {
    let tool = try test("stx-etx-sign", isSet: true, "--text", "A012") { $0 + [0x55, 0xAA] }
    #expect(tool.code == 1)
    #expect(tool.output.contains("bytes echoed") && tool.output.contains("[sign-answered]"))
  }

  @Test("an echo that nobody expects is a failure, and the cure is the setting")
  func unexpected() throws {
    let tool = try test("alpha-sign", isSet: false, "--text", "A012") { $0 }
    #expect(tool.code == 1)
    #expect(tool.output.contains("[line-hears-itself]") && tool.output.contains("bytes echoed"))
    #expect(tool.output.contains(#"{"hearsItself": true}"#))
    #expect(!tool.output.contains("[sign-answered]"))
  }

  @Test("an echo that is expected and does not come is a failure, and the cure is the setting")
  func missing() throws {
    let tool = try test("alpha-sign", isSet: true, "--text", "A012") { _ in [] }
    #expect(tool.code == 1)
    #expect(tool.output.contains("[line-deaf]") && tool.output.contains("Remove \"hearsItself\""))
    #expect(!tool.output.contains("as it should be"))
  }

  @Test("another writer on the line is told as a collision")
  func collision() throws {
    let tool = try test("alpha-sign", isSet: true, "--text", "A012") { $0.map { $0 & 0x55 } }
    #expect(tool.code == 1)
    #expect(tool.output.contains("[sign-collision]") && tool.output.contains("came back:"))
  }

  @Test(
    "a Modbus sign is read back behind the echo, with either setting", arguments: [true, false])
  func modbus(isSet: Bool) throws {
    var sign = ModbusDevice(unit: 1)
    let tool = try test("dm36-modbus", isSet: isSet, "--text", "A012") { bytes in
      bytes + sign.feed(bytes).flatMap { $0 }
    }
    #expect(tool.output.contains("a: read back: it holds what was written"), "\(tool.output)")
    #expect(tool.output.contains("bytes echoed"))
    #expect(tool.code == (isSet ? 0 : 1))
    #expect(tool.output.contains("[line-hears-itself]") == !isSet)
  }

  @Test(
    "a Modbus sign on an adapter that is wrongly said to hear itself is read back, and that told")
  func modbusWithout() throws {
    var sign = ModbusDevice(unit: 1)
    let tool = try test("dm36-modbus", isSet: true) { sign.feed($0).flatMap { $0 } }
    #expect(tool.output.contains("a: read back: it holds what was written"), "\(tool.output)")
    #expect(tool.code == 1 && tool.output.contains("[line-deaf]"))
  }

  @Test("a walk over an adapter that hears itself finds who answers, and nobody else")
  func walk() throws {
    var sign = ModbusDevice(unit: 2)
    let tool = try test("dm36-modbus", isSet: true, "--walk", "1-3") { bytes in
      bytes + sign.feed(bytes).flatMap { $0 }
    }
    #expect(tool.code == 0, "\(tool.output)\(tool.errors)")
    #expect(tool.output.contains("a: answered: 2\na: 2 others were silent\n"))
    #expect(tool.output.contains("bytes echoed"))
  }

  @Test("a walk among signs that say nothing ends well when each frame was echoed")
  func muteWalk() throws {
    let fine = try test("stx-etx-sign", isSet: true, "--walk", "1-3") { $0 }
    #expect(fine.code == 0 && fine.output.contains("addresses 1 to 3 were sent"))
  }

  @Test("a walk on which frames are spoilt ends with the collision")
  func spoiltWalk() throws {
    let spoilt = try test("stx-etx-sign", isSet: true, "--walk", "1-3") { $0.map { $0 ^ 1 } }
    #expect(spoilt.code == 1 && spoilt.output.contains("[sign-collision]"), "\(spoilt.output)")
  }
}
