import CodePages
import Glibc
import Testing

@Suite struct CodePageTests {
  /// The C library's own tables, an independent source of the same facts.
  private func iconv(_ byte: UInt8, from name: String) throws -> Unicode.Scalar? {
    let converter = try #require(iconv_open("UTF-8", name), "iconv has no \(name)")
    try #require(converter != iconv_t(bitPattern: -1), "iconv has no \(name)")
    defer { iconv_close(converter) }
    var input = [CChar(bitPattern: byte)]
    var output = [CChar](repeating: 0, count: 8)
    var inputLeft = 1
    var outputLeft = output.count
    let status = input.withUnsafeMutableBufferPointer { source in
      output.withUnsafeMutableBufferPointer { target in
        var from = source.baseAddress
        var to = target.baseAddress
        let status = Glibc.iconv(converter, &from, &inputLeft, &to, &outputLeft)
        // Letters that a mark may follow are held back until the end.
        _ = Glibc.iconv(converter, nil, nil, &to, &outputLeft)
        return status
      }
    }
    guard status != Int.max, status != Int(bitPattern: UInt.max), inputLeft == 0 else { return nil }
    let bytes = output.prefix(output.count - outputLeft).map(UInt8.init(bitPattern:))
    return String(decoding: bytes, as: UTF8.self).unicodeScalars.first
  }

  private func name(_ page: CodePage) -> String {
    page.rawValue.hasPrefix("iso8859-")
      ? "ISO-8859-" + page.rawValue.dropFirst(8) : page.rawValue.uppercased()
  }

  @Test("every byte of every page means what the C library says", arguments: CodePage.allCases)
  func tables(page: CodePage) throws {
    let table = CodePageTable(page)
    #expect(page.upperScalars.count == 128)
    for byte in UInt8(0x20)...0xFF where byte != 0x7F {
      var expected = try iconv(byte, from: name(page))
      // Control characters of 0x80 to 0x9F print nothing.
      if let scalar = expected, (0x80..<0xA0).contains(scalar.value) { expected = nil }
      #expect(table.scalar(byte) == expected, "\(page) \(byte)")
    }
  }

  @Test("bytes and scalars are found in both directions", arguments: CodePage.allCases)
  func directions(page: CodePage) {
    let table = CodePageTable(page)
    for byte in UInt8(0x80)...0xFF {
      guard let scalar = table.scalar(byte) else { continue }
      #expect(table.byte(scalar) == byte)
    }
    #expect(table.byte("A") == nil)
    #expect(table.byte("待") == nil)
    #expect(table.scalar(0x1B) == nil)
  }
}
