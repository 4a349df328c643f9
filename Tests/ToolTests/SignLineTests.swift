import LinuxIO
import SignProtocols
import Testing

@Suite("kioskd sign-test of signs that answer, and of whole lines", .timeLimit(.minutes(3)))
struct SignLineTests {
  /// Modbus signs on one line. Faults: one that shows what it was not told.
  private final class Line {
    var signs: [UInt8: ModbusDevice]
    let lies: Bool

    init(_ units: UInt8..., lies: Bool = false) {
      signs = Dictionary(uniqueKeysWithValues: units.map { ($0, ModbusDevice(unit: $0)) })
      self.lies = lies
    }

    func answer(_ bytes: [UInt8]) -> [UInt8] {
      var all: [UInt8] = []
      for unit in signs.keys.sorted() {
        all += signs[unit]?.feed(bytes).flatMap { $0 } ?? []
        if lies {
          _ = signs[unit]?.feed(Modbus.frame(unit: 0, .writeSingle(register: 0, value: 0x58)))
        }
      }
      return all
    }

    func text(_ unit: UInt8) -> String {
      let held = signs[unit]?.values(from: 0, count: 6) ?? []
      return String(decoding: held.map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
    }
  }

  let bench: Bench

  init() throws { bench = try Bench() }

  /// A node with signs on one port, by profile and address.
  private func configuration(_ signs: (id: String, profile: String, more: String)...) throws
    -> String
  {
    var node = NodeText(bench)
    for sign in signs {
      node.add(sign: sign.id, sign.profile, port: bench.path("line"), more: sign.more)
    }
    return try bench.write("kioskd.json", node.text)
  }

  private func test(_ line: Line, _ file: String, _ arguments: String...) throws -> Tool {
    _ = try bench.device("line", answer: line.answer)
    return try bench.kioskd(["sign-test", "--config", file] + arguments)
  }

  @Test("what a sign holds is read back and told")
  func verified() throws {
    let line = Line(1)
    let tool = try test(line, configuration(("a", "dm36-modbus", "")), "--text", "A012")
    #expect(tool.code == 0, "\(tool.output)\(tool.errors)")
    #expect(tool.output.contains("a: read back: it holds what was written"))
    #expect(line.text(1) == "A012  ")
  }

  @Test("a sign that holds other values is a failure that names the register")
  func lying() throws {
    let tool = try test(Line(1, lies: true), configuration(("a", "dm36-modbus", "")))
    #expect(tool.code == 1)
    #expect(tool.output.contains("register 0 was written 84 and holds 88 [sign-differs]"))
  }

  @Test("a sign that should answer and does not is a failure with a cure")
  func silent() throws {
    let tool = try test(Line(2), configuration(("a", "dm36-modbus", "")))
    #expect(tool.code == 1)
    #expect(tool.output.contains("[sign-silent]") && tool.output.contains("address"))
  }

  @Test("a walk lists the addresses that answer, and each of them shows its own")
  func walk() throws {
    let line = Line(2, 4)
    let tool = try test(line, configuration(("a", "dm36-modbus", "")), "--walk", "1-5")
    #expect(tool.code == 0, "\(tool.output)\(tool.errors)")
    #expect(tool.output.contains("a: address 2: read back: it holds what was written"))
    #expect(tool.output.contains("a: answered: 2, 4\na: 3 others were silent\n"))
    #expect(line.text(2) == "2     " && line.text(4) == "4     ")
  }

  @Test("a walk on which nobody answers is a failure")
  func deadWalk() throws {
    let tool = try test(Line(), configuration(("a", "dm36-modbus", "")), "--walk", "7-8")
    #expect(tool.code == 1)
    #expect(tool.output.contains("a: nobody answered"))
  }

  @Test("signs that never answer show their addresses, for a person to look at")
  func muteWalk() throws {
    let file = try configuration(("a", "stx-etx-sign", ""))
    let sign = try bench.device("line")
    let tool = try bench.kioskd("sign-test", "--config", file, "--walk", "9-11")
    #expect(tool.code == 0, "\(tool.output)\(tool.errors)")
    #expect(tool.output.contains("addresses 9 to 11 were sent"))
    let frames = sign.received.split(separator: 3).map {
      String(decoding: $0.dropFirst(), as: UTF8.self)
    }
    #expect(frames == ["099       ", "1010      ", "1111      "])
  }

  @Test("all signs of a line are tried together, each with its own address")
  func wholeLine() throws {
    let line = Line(1, 7)
    let file = try configuration(
      ("a", "dm36-modbus", ""), ("b", "dm36-modbus", #", "address": "7""#))
    let tool = try test(line, file, "--sign", "a", "--line")
    #expect(tool.code == 0, "\(tool.output)\(tool.errors)")
    #expect(tool.output.contains("b read back: it holds what was written"))
    #expect(line.text(1) == "1     " && line.text(7) == "7     ")
  }

  @Test("a dead sign of a line is named, and the other is tried all the same")
  func halfLine() throws {
    let line = Line(7)
    let file = try configuration(
      ("a", "dm36-modbus", ""), ("b", "dm36-modbus", #", "address": "7""#))
    let tool = try test(line, file, "--sign", "a", "--line", "--text", "12")
    #expect(tool.code == 1)
    #expect(tool.output.contains("sign a does not answer"))
    #expect(tool.output.contains("b read back: it holds what was written"))
    #expect(line.text(7) == "12    ")
  }

  @Test("the pattern lights every segment, then shows each digit and each character")
  func pattern() throws {
    let file = try configuration(("a", "stx-etx-sign", ""))
    let sign = try bench.device("line")
    let tool = try bench.kioskd("sign-test", "--config", file, "--pattern", "--seconds", "0")
    #expect(tool.code == 0, "\(tool.output)\(tool.errors)")
    let texts = sign.received.split(separator: 3).map {
      String(decoding: $0.dropFirst(3), as: UTF8.self)
    }
    #expect(texts.prefix(3) == ["88888888", "00000000", "11111111"])
    // 94 characters in rows of eight; this sign has no small letters.
    #expect(texts.count == 11 + 12 && texts[11] == "!\"#$%&'(")
  }

  @Test("a display of two lines is tried on both")
  func bothLines() throws {
    let file = try configuration(("a", "cd5220-display", ""))
    let sign = try bench.device("line")
    let tool = try bench.kioskd("sign-test", "--config", file)
    #expect(tool.code == 0, "\(tool.output)\(tool.errors)")
    let edges = Array("TEST1234567890123456".utf8)
    for line in [0x41, 0x42] as [UInt8] {
      #expect(Array(sign.received).firstRange(of: [0x1B, 0x51, line] + edges) != nil)
    }
  }

  @Test("brightness goes up in steps where a sign has them, and is told where it has none")
  func brightness() throws {
    let file = try configuration(("a", "cd5220-display", ""))
    let sign = try bench.device("line")
    let tool = try bench.kioskd("sign-test", "--config", file, "--brightness", "--seconds", "0")
    #expect(tool.code == 0, "\(tool.output)\(tool.errors)")
    let levels = sign.received.indices.dropLast(2)
      .filter { sign.received[$0...].starts(with: [0x1B, 0x2A]) }.map { sign.received[$0 + 2] }
    #expect(levels == [1, 2, 3, 4])
    let plain = try configuration(("a", "stx-etx-sign", ""))
    let none = try bench.kioskd("sign-test", "--config", plain, "--brightness")
    #expect(none.code == 1 && none.errors.contains("a: no brightness 25 %"))
  }

  @Test("an Alpha sign flashes and makes a sound")
  func flashAndBeep() throws {
    let file = try configuration(("a", "alpha-sign", ""))
    let sign = try bench.device("line")
    let tool = try bench.kioskd(
      "sign-test", "--config", file, "--flash", "--beep", "--seconds", "0")
    #expect(tool.code == 0, "\(tool.output)\(tool.errors)")
    let text = String(decoding: sign.received, as: UTF8.self)
    #expect(text.contains("\u{1B} c8") && text.contains("E(2"))
  }

  @Test("a line that a running kioskd holds is left alone, and its process named")
  func held() throws {
    let file = try configuration(("a", "stx-etx-sign", ""))
    let sign = try bench.device("line")
    let node = try bench.start("kioskd", ["run", "--config", file])
    try bench.wait("the node has the sign") { !sign.received.isEmpty }
    let tool = try bench.kioskd("sign-test", "--config", file)
    #expect(tool.code == 1)
    #expect(tool.errors.contains("it is held by kioskd (process \(node.pid)) [device-busy]"))
    #expect(tool.errors.contains("systemctl stop kioskd"))
  }

  @Test(
    "a walk that does not fit is misuse",
    arguments: [
      ["--walk", "1-2-3"], ["--walk", "1-2", "--beep"], ["--walk", "1", "--text", "x"],
    ])
  func misuse(arguments: [String]) throws {
    let file = try configuration(("a", "dm36-modbus", ""))
    let tool = try bench.kioskd(["sign-test", "--config", file] + arguments)
    #expect(tool.code == 2, "\(tool.errors)")
  }

  @Test("addresses that the sign cannot have are refused with the rule", arguments: ["5-1", "x-2"])
  func badRange(range: String) throws {
    let file = try configuration(("a", "dm36-modbus", ""))
    let tool = try bench.kioskd("sign-test", "--config", file, "--walk", range)
    #expect(tool.code == 1 && tool.errors.contains("[address]"), "\(tool.errors)")
  }
}
