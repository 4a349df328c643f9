import QueueProtocol
import Testing

@Suite("Bytes become lines")
struct FramerTests {
  private func frame(_ chunks: [[UInt8]]) throws -> [[UInt8]] {
    var framer = LineFramer()
    var lines: [[UInt8]] = []
    for chunk in chunks { try framer.feed(chunk) { lines.append($0) } }
    return lines
  }

  private let text = Array("HELLO node=me\n\nPING\r\nFACT 1 x-y at=1 t=\"é\\n\"\nrest".utf8)
  private var whole: [[UInt8]] {
    ["HELLO node=me", "", "PING\r", "FACT 1 x-y at=1 t=\"é\\n\""].map { Array($0.utf8) }
  }

  @Test("fed whole") func fedWhole() throws { #expect(try frame([text]) == whole) }

  @Test("fed byte by byte")
  func byteByByte() throws { #expect(try frame(text.map { [$0] }) == whole) }

  @Test("fed in every split in two and in three")
  func everySplit() throws {
    for one in 0...text.count {
      for other in one...text.count {
        let chunks = [text[..<one], text[one..<other], text[other...]].map(Array.init)
        #expect(try frame(chunks) == whole, "split at \(one) and \(other)")
      }
    }
  }

  @Test("an unfinished line waits for its rest")
  func unfinished() throws {
    var framer = LineFramer()
    try framer.feed(text) { _ in }
    #expect(framer.unfinishedCount == 4)
  }

  @Test("a line of 4,096 bytes passes, one more does not", arguments: [4094, 4095, 4096, 5000])
  func limit(length: Int) throws {
    let line = [UInt8](repeating: UInt8(ascii: "x"), count: length)
    if length <= 4095 {
      #expect(try frame([line + [10]]) == [line])
      #expect(try frame((line + [10]).map { [$0] }) == [line])
    } else {
      #expect(throws: ProtocolError.tooLong) { try frame([line + [10]]) }
      #expect(throws: ProtocolError.tooLong) { try frame(line.map { [$0] }) }
    }
  }

  @Test("a peer that never ends its line is stopped at the limit, not at the end of memory")
  func endless() throws {
    var framer = LineFramer()
    try framer.feed([UInt8](repeating: 1, count: 4095)) { _ in }
    #expect(framer.unfinishedCount == 4095)
    #expect(throws: ProtocolError.tooLong) { try framer.feed([1]) { _ in } }
  }

  @Test("lines before the oversized one were delivered")
  func before() throws {
    var framer = LineFramer()
    var lines = 0
    let bytes = Array("PING\nPING\n".utf8) + [UInt8](repeating: 65, count: 5000)
    #expect(throws: ProtocolError.tooLong) { try framer.feed(bytes) { _ in lines += 1 } }
    #expect(lines == 2)
  }
}
