import Branch
import CLinux
import JournalFormat
import Testing

@Suite("The bytes of a journal")
struct FormatTests {
  @Test("the checksum is CRC-32C, by instruction and by tables")
  func checksum() {
    // Check value of RFC 3720, appendix B.4: 32 bytes of zeros, of ones, and 0 to 31.
    let known: [([UInt8], UInt32)] = [
      (text("123456789"), 0xE306_9283),
      ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
      ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
      (Array(0..<32), 0x46DD_794E),
    ]
    for (bytes, crc) in known {
      #expect(bytes.withUnsafeBytes { CRC32C.of($0) } == crc)
      #expect(kioskd_crc32c_by_tables(0, bytes, bytes.count) == crc)
      for split in 0...bytes.count {
        let first = bytes[..<split].withUnsafeBytes { CRC32C.of($0) }
        #expect(bytes[split...].withUnsafeBytes { CRC32C.of($0, continuing: first) } == crc)
        let byTables = kioskd_crc32c_by_tables(0, bytes, split)
        let rest = Array(bytes[split...])
        #expect(kioskd_crc32c_by_tables(byTables, rest, rest.count) == crc)
      }
    }
  }

  @Test("records of every size come back as they went in")
  func roundTrip() throws {
    let sizes = Array(0...80) + [1000, 4095, 4096, JournalLimits.payload_bytes_max]
    for size in sizes {
      let payload = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 7) }
      let group: [DurableRecord] = [
        .fact(DurableRecord.seq_max, payload), .local(payload),
        DurableRecord(.checkpoint, payload: payload),
      ]
      let segment = MadeSegment([group], firstPosition: 77, file_bytes: 300 * 1024)
      let scan = Scan(segment.bytes, expected: 77)
      #expect(scan.records == group)
      #expect(scan.heads.map(\.position) == [77, 78, 79])
      #expect(scan.last == .end(offset: segment.contentEnd))
      #expect(segment.places.allSatisfy { $0.lowerBound % 8 == 0 })
    }
  }

  @Test("the layout is the one that the documentation states")
  func layout() {
    let segment = MadeSegment([[.fact(0x0102, text("abc"))]])
    let record = Array(segment.bytes[4096..<4096 + 48])
    let crc = Array(record[4..<8])
    let rest = record[..<4] + record[8...]
    let sum = Array(rest).withUnsafeBytes { CRC32C.of($0) }
    #expect(crc == (0..<4).map { UInt8(truncatingIfNeeded: sum >> (8 * $0)) })
    #expect(Array(record[0..<4]) == [43, 0, 0, 0])
    #expect(Array(record[8..<16]) == [1, 0, 0, 0, 0, 0, 0, 0])
    #expect(Array(record[16..<24]) == [2, 1, 0, 0, 0, 0, 0, 0])
    #expect(Array(record[24..<28]) == [1, 0, 0, 0])
    #expect(Array(record[28..<40]) == [0, 0, 0, 0, 48, 0, 0, 0, 0, 0, 0, 0])
    #expect(Array(record[40..<48]) == text("abc") + [5, 5, 5, 5, 5])
    #expect(Array(segment.bytes[0..<12]) == text("KIOSKJNL") + [1, 0, 0, 0])
  }

  @Test("a header survives the loss of either copy, and says so")
  func headerCopies() {
    let header = SegmentHeader(epoch: 5, index: 6, firstPosition: 7, file_bytes: 8192)
    let page = header.encoded()
    #expect(page.withUnsafeBytes { SegmentHeader.read($0) } == .sound(header))
    for index in page.indices {
      var changed = page
      changed[index] ^= 0x10
      #expect(changed.withUnsafeBytes { SegmentHeader.read($0) } == .damaged(header))
    }
    var both = page
    both[20] ^= 1
    both[2048 + 20] ^= 1
    #expect(both.withUnsafeBytes { SegmentHeader.read($0) } == .lost)
    for count in 0..<56 {
      #expect(page[..<count].withUnsafeBytes { SegmentHeader.read($0) } == .lost)
    }
  }

  @Test("a header of a later format is told from a damaged one")
  func newerFormat() {
    var page = SegmentHeader(epoch: 5, index: 6, firstPosition: 7, file_bytes: 8192).encoded()
    page[8] = 9
    let crc = page[..<48].withUnsafeBytes { CRC32C.of($0) }
    for byte in 0..<4 { page[48 + byte] = UInt8(truncatingIfNeeded: crc >> (8 * byte)) }
    #expect(page.withUnsafeBytes { SegmentHeader.read($0) } == .newerFormat(version: 9))
  }

  @Test("file names are read back, and nothing else is taken for one")
  func names() {
    for index: UInt64 in [1, 42, 9_999_999_999, 10_000_000_000, JournalLimits.position_max] {
      let name = SegmentName(epoch: testEpoch, index: index)
      #expect(SegmentName(file: name.file) == name)
    }
    #expect(SegmentName(epoch: 5, index: 1).file == "5-0000000001.journal")
    for bad in [
      "", "5-1.journal", "05-0000000001.journal", "5-0000000001.journal.tmp", "-0000000001.journal",
      "5-0000000001.journal.damaged", "5-0000000001", "5-+000000001.journal", "lock",
      "5-0000000001-1.journal", "5-18446744073709551615.journal",
    ] {
      #expect(SegmentName(file: bad) == nil, "\(bad)")
    }
  }
}
