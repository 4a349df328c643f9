import Branch
import Configuration
import PositionedJSON
import Testing

@Suite("Signs on one serial line")
struct SharedLineTests {
  static let rs485 = """
    {"required": true, "sendsWithRTS": false, "beforeMs": 1, "afterMs": 2, "hearsItself": true}
    """

  /// A node with these signs, each an element of `signs` without its purpose.
  private func read(_ signs: [String]) throws -> (
    configuration: NodeConfiguration?, diagnostics: [Diagnostic]
  ) {
    let text = baseText.replacing(", \"sign\": \"no\"", with: "")
    let parts = text.split(separator: "\"signs\": [").flatMap {
      $0.split(separator: "\"terminals\"")
    }
    try #require(parts.count == 3)
    let list = signs.map { "{\($0), \"main\": true}" }.joined(separator: ", ")
    return try readNode("\(parts[0])\"signs\": [\(list)], \"terminals\"\(parts[2])")
  }

  private func codes(_ signs: String...) throws -> [String] {
    try read(signs).diagnostics.map(\.code)
  }

  private func board(
    _ id: String, _ more: String = "", of profile: String = "dm36-modbus",
    port: String = "/dev/ttyUSB9"
  ) -> String {
    #""id": "\#(id)", "profile": "\#(profile)", "port": "\#(port)"\#(more)"#
  }

  @Test("signs with addresses of their own share a port, however it is spelled")
  func shared() throws {
    let (configuration, diagnostics) = try read([
      board("a", #", "address": "1""#),
      board("b", #", "address": "2""#, of: "dm56-modbus", port: "/dev/./ttyUSB9"),
      board("c", port: "/dev/ttyUSB8"),
    ])
    #expect(diagnostics.map(\.description) == [])
    let lines = SignConfiguration.lines(of: try #require(configuration).signs)
    #expect(lines.map { $0.map(\.id.text) } == [["a", "b"], ["c"]])
  }

  @Test("two signs with the same address on one line are a mistake, also by their profiles")
  func doubledAddress() throws {
    #expect(try codes(board("a"), board("b")) == ["doubled-address"])
    let seven = #", "address": "7""#
    #expect(
      try codes(board("a", seven), board("b", seven, of: "dm56-modbus")) == ["doubled-address"])
    #expect(try codes(board("a", seven), board("b")) == [])
  }

  @Test("on a shared line no sign may have the address of all")
  func everybody() throws {
    let all = #", "address": "0""#
    #expect(try codes(board("a", all)) == [])
    #expect(try codes(board("a", all), board("b")) == ["everybodys-address"])
    #expect(try codes(board("a"), board("b", all)) == ["everybodys-address"])
    let one = #", "address": "01""#
    #expect(
      try codes(board("a", one, of: "alpha-sign"), board("b", of: "alpha-sign")) == [
        "everybodys-address"
      ])
  }

  @Test("signs without an address cannot share a line, in either order")
  func noAddress() throws {
    #expect(
      try codes(board("a", of: "cd5220-display"), board("b", of: "cd5220-display")) == [
        "line-address"
      ])
    #expect(try codes(board("a"), board("b", of: "cd5220-display")) == ["line-address"])
    #expect(try codes(board("a", of: "cd5220-display"), board("b")) == ["line-address"])
  }

  @Test("one line has one setting")
  func settings() throws {
    #expect(try codes(board("a"), board("b", of: "alpha-sign")) == ["line-settings"])
    let turned = #", "address": "2", "rs485": {}"#
    #expect(try codes(board("a"), board("b", turned)) == ["line-rs485"])
    #expect(try codes(board("a", #", "rs485": {}"#), board("b", turned)) == [])
  }

  @Test("a port that another kind of device has is no line of signs")
  func otherDevice() throws {
    #expect(try codes(board("a", port: "/run/p")) == ["doubled-device"])
  }

  @Test("how the port changes between sending and listening is read")
  func direction() throws {
    let more = #", "rs485": \#(Self.rs485)"#
    let sign = try #require(try read([board("a", more)]).configuration?.signs.first)
    #expect(
      sign.rs485
        == RS485Settings(
          isRequired: true, sendsWithRTS: false, before: Span(ms: 1), after: Span(ms: 2),
          hearsItself: true))
    #expect(
      try read([board("a", #", "rs485": {}"#)]).configuration?.signs[0].rs485 == RS485Settings())
    #expect(try read([board("a")]).configuration?.signs[0].rs485 == nil)
    #expect(try codes(board("a", #", "rs485": {"afterMs": 101}"#)) == ["range"])
    #expect(try codes(board("a", #", "rs485": {"rts": true}"#)) == ["unknown-key"])
  }
}
