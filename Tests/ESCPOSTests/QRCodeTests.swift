import QRCode
import Testing

@Suite struct QRCodeTests {
  private func text(_ count: Int, _ label: String) -> String {
    let pattern = label + "0123456789abcdefghijklmnopqrstuvwxyz-"
    return String(String(repeating: pattern, count: count / pattern.count + 1).prefix(count))
  }

  @Test("every version at every level, filled to the last byte, is read by an independent reader")
  func everyVersion() throws {
    var texts: [String] = []
    var pictures: [[UInt8]] = []
    for level in QRCode.Level.allCases {
      for version in 1...QRCode.version_max {
        let capacity = QRCode.capacity_bytes(version: version, level: level)
        let content = text(capacity, "\(version)\(level)")
        let symbol = try QRCode(content, level: level)
        #expect(symbol.version == version)
        texts.append(content)
        pictures.append(pbm(symbol, scale: 3))
      }
    }
    #expect(try ZBar.read(pictures) == texts)
  }

  @Test("short texts and UTF-8 are read by an independent reader")
  func shortTexts() throws {
    let texts = ["A012", "https://example.org/t/A012?n=1", "Žofie čeká — 待つ", "x"]
    let pictures = try texts.map { pbm(try QRCode($0), scale: 4) }
    #expect(try ZBar.read(pictures) == texts)
  }

  @Test("one byte more than a version holds takes the next version, and after 40 there is none")
  func capacities() throws {
    for level in QRCode.Level.allCases {
      for version in 1..<QRCode.version_max {
        let capacity = QRCode.capacity_bytes(version: version, level: level)
        #expect(QRCode.version(byteCount: capacity, level: level) == version)
        #expect(QRCode.version(byteCount: capacity + 1, level: level) == version + 1)
      }
      let limit = QRCode.capacity_bytes(version: QRCode.version_max, level: level)
      #expect(throws: QRCode.Failure.tooLong(bytes: limit + 1, bytes_max: limit)) {
        try QRCode(bytes: [UInt8](repeating: 65, count: limit + 1), level: level)
      }
    }
    // ISO/IEC 18004, table 7.
    #expect(QRCode.capacity_bytes(version: 40, level: .low) == 2953)
    #expect(QRCode.capacity_bytes(version: 40, level: .high) == 1273)
    #expect(QRCode.capacity_bytes(version: 10, level: .medium) == 213)
    #expect(QRCode.capacity_bytes(version: 1, level: .low) == 17)
  }

  @Test("each of the eight masks is chosen for some content, and is read")
  func masks() throws {
    var byMask: [Int: (text: String, symbol: QRCode)] = [:]
    for index in 0..<300 {
      let content = String(repeating: "ticket \(index) ", count: 1 + index / 6) + "."
      let symbol = try QRCode(content, level: .quartile)
      byMask[symbol.mask] = (content, symbol)
    }
    #expect(byMask.count == 8)
    let symbols = byMask.values.map { $0 }
    #expect(try ZBar.read(symbols.map { pbm($0.symbol, scale: 3) }) == symbols.map(\.text))
  }
}
