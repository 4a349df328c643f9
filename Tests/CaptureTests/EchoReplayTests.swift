import Branch
import Captures
import DeviceProfiles
import SignProtocols
import Testing

@Suite("A recorded line whose adapter hears itself")
struct EchoReplayTests {
  private func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }

  /// What is shown of these pieces, without its times.
  private func lines(_ profile: String, _ pieces: [(way: String, bytes: [UInt8])]) throws
    -> [String]
  {
    let head = "kioskd-capture 1\nkind: serial\ntool: t\n\n"
    let rows = pieces.enumerated().map { "\($0 * 1000) \($1.way) \(hex($1.bytes))\n" }
    let capture = try Capture.read(file: "t", bytes: Array((head + rows.joined()).utf8))
    let sign = try #require(
      ProfileID(profile).flatMap { KeptCaptureTests.profiles.signs[$0] })
    return SignReplay.lines(of: capture, sign).map { line in
      line.description.split(separator: " ").dropFirst().joined(separator: " ")
    }
  }

  private let write = Modbus.frame(
    unit: 1, .writeMultiple(register: 0, values: [65, 48, 49, 50, 32, 32]))
  private let single = Modbus.frame(unit: 1, .writeSingle(register: 0, value: 66))
  private let question = Modbus.frame(unit: 1, .read(register: 0, count: 1))

  private func answers(_ frames: [[UInt8]]) -> [[UInt8]] {
    var device = ModbusDevice(unit: 1)
    return frames.map { device.feed($0).flatMap { $0 } }
  }

  @Test("copies are told as such, in any pieces, and the answers behind them as without")
  func modbus() throws {
    let answer = answers([write])[0]
    let back = write + answer
    let plain = try lines("dm36-modbus", [("out", write), ("in", answer)])
    for cut in 1..<back.count {
      let parts = [Array(back[..<cut]), Array(back[cut...])].flatMap { part in
        part.count > 32 ? [Array(part[..<32]), Array(part[32...])] : [part]
      }
      let told = try lines("dm36-modbus", [("out", write)] + parts.map { ("in", $0) })
      let echoed = told.filter { $0.hasPrefix("echo ") }
        .compactMap { Int($0.split(separator: " ")[1]) }
      #expect(echoed.reduce(0, +) == write.count, "cut at \(cut)")
      #expect(told.filter { !$0.hasPrefix("echo ") } == plain, "cut at \(cut)")
    }
    #expect(plain == ["show \"A012\"", "answer accepted"])
  }

  @Test("a write that is answered by its copy is one only beside others that are not")
  func single06() throws {
    let echo = "echo 8 bytes, as they were sent"
    func told(_ pieces: (way: String, bytes: [UInt8])...) throws -> [String] {
      try lines("dm36-modbus", pieces).filter { !$0.hasPrefix("show ") }
    }
    #expect(try told(("out", single), ("in", single)) == ["answer accepted"])
    #expect(try told(("out", single), ("in", single + single)) == [echo, "answer accepted"])
    // A dead sign, of which only the reading tells that all that came were copies.
    let dead = try told(("out", single), ("in", single), ("out", question), ("in", question))
    #expect(dead == [echo, echo])
    let value = answers([single, question])[1]
    let alive = try told(
      ("out", single), ("in", single + single), ("out", question), ("in", question), ("in", value))
    #expect(alive == [echo, "answer accepted", echo, "answer it holds what was written"])
  }

  @Test("of a sign that says nothing only copies come back; other bytes nobody asked for")
  func mute() throws {
    let frame: [UInt8] = [2, 0x30, 0x31] + Array("A012    ".utf8) + [3]
    let echoed = try lines("stx-etx-sign", [("out", frame), ("in", frame)])
    #expect(echoed == ["show \"A012\"", "echo \(frame.count) bytes, as they were sent"])
    let torn = try lines("stx-etx-sign", [("out", frame), ("in", Array(frame.dropLast()))])
    #expect(torn.count == 2 && torn[1].contains("nobody asked for"))
  }
}
