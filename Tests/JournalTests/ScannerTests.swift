import Branch
import JournalFormat
import Testing

@Suite("Scanning a segment")
struct ScannerTests {
  /// Single records, groups, an empty payload, and payloads of several sectors.
  static let sample = MadeSegment(
    [
      [.fact(1, text("ticket A001"))],
      [.local(text("sending")), .fact(2, text("printed A001")), .local([])],
      [.fact(3, (0..<1500).map { UInt8(truncatingIfNeeded: $0 % 251 + 1) })],
      [.fact(4, text("called A001 counter-1")), .fact(5, text("ended A001"))],
      [.local(text("x"))],
    ], file_bytes: 8192)

  /// The record that a byte of the sample belongs to, nil outside of all.
  private func owner(of offset: Int) -> Int? {
    Self.sample.places.firstIndex { $0.contains(offset) }
  }

  @Test("an untouched segment yields all records and its end")
  func untouched() {
    let scan = Scan(Self.sample.bytes)
    #expect(scan.records == Self.sample.records)
    #expect(scan.last == .end(offset: Self.sample.contentEnd))
    #expect(scan.isQuiet)
  }

  @Test("any one changed byte is set right, and is reported")
  func everyByte() {
    let sample = Self.sample
    for offset in JournalLimits.header_bytes..<sample.bytes.count {
      let isInside = offset < sample.contentEnd
      // Behind the end all bytes are alike: a sample of them is enough.
      guard isInside || offset % 61 == 0 else { continue }
      for change: UInt8 in isInside ? [0xFF, 1, 2, 4, 8, 16, 32, 64, 128] : [0xFF] {
        var bytes = sample.bytes
        bytes[offset] ^= change
        expectMended(Scan(bytes), offset, "byte \(offset) xor \(change)")
      }
    }
  }

  @Test("all values of the bytes of a record are told apart")
  func everyValue() {
    let sample = Self.sample
    for place in [sample.places[1], sample.places[6], sample.places[7]] {
      for offset in place {
        for value in UInt8.min...UInt8.max where value != sample.bytes[offset] {
          var bytes = sample.bytes
          bytes[offset] = value
          expectMended(Scan(bytes), offset, "byte \(offset) = \(value)")
        }
      }
    }
  }

  private func expectMended(_ scan: Scan, _ offset: Int, _ note: String) {
    #expect(scan.records == Self.sample.records, "\(note)")
    #expect(scan.damages.isEmpty, "\(note)")
    let isInside = offset < Self.sample.contentEnd
    #expect(scan.mended.map(\.offset) == (isInside ? [offset] : []), "\(note)")
    #expect(scan.isTorn == !isInside, "\(note)")
  }

  @Test("two changed bytes cost the records that they are part of, and are reported")
  func twoBytes() {
    let sample = Self.sample
    var numbers = SeededNumbers(seed: 17)
    for round in 0..<4000 {
      var bytes = sample.bytes
      let places = (0..<2).map { _ in
        Int.random(in: JournalLimits.header_bytes..<sample.contentEnd, using: &numbers)
      }
      guard places[0] != places[1] else { continue }
      for place in places { bytes[place] ^= UInt8.random(in: 1...255, using: &numbers) }
      let scan = Scan(bytes)
      let owners = Set(places.compactMap(owner))
      let lost = owners.count == 1 ? owners : []
      let expected = sample.records.indices.filter { !lost.contains($0) }
      #expect(scan.records == expected.map { sample.records[$0] }, "round \(round), \(places)")
      #expect(scan.mended.count == (owners.count == 2 ? 2 : 0), "round \(round), \(places)")
      #expect(scan.damages.count == lost.count, "round \(round), \(places)")
      #expect(!scan.isTorn, "round \(round), \(places)")
    }
  }

  @Test("a last record whose length changed too is damage, and no torn tail")
  func lastLength() {
    let sample = Self.sample
    let place = sample.places[sample.places.count - 1]
    for byte in 0..<4 {
      for difference in UInt8(1)...255 {
        var bytes = sample.bytes
        bytes[place.lowerBound + byte] ^= difference
        bytes[place.lowerBound + 45] ^= 0x11
        let scan = Scan(bytes)
        #expect(!scan.isTorn, "byte \(byte) by \(difference)")
        #expect(scan.damages.count == 1, "byte \(byte) by \(difference)")
        #expect(scan.records == sample.records.dropLast(), "byte \(byte) by \(difference)")
      }
    }
  }

  @Test("a last record with changed bytes is damage, and its position is not given again")
  func lastRecord() {
    var bytes = Self.sample.bytes
    let place = Self.sample.places[Self.sample.places.count - 1]
    for offset in place.lowerBound + 8..<place.lowerBound + 16 { bytes[offset] ^= 0x55 }
    var scan = Scan(bytes)
    let damage = SegmentDamage(bytes: place, positions: 8..<9)
    #expect(scan.damages == [damage])
    let behind = MadeSegment([[.fact(9, text("behind"))]], firstPosition: 9)
    let record = behind.bytes[behind.places[0]]
    bytes.replaceSubrange(place.upperBound..<place.upperBound + record.count, with: record)
    scan = Scan(bytes)
    #expect(scan.damages == [damage])
    #expect(scan.records.last == .fact(9, text("behind")))
  }

  @Test("a file cut at any length keeps what stands before the cut")
  func truncation() {
    let sample = Self.sample
    for length in JournalLimits.header_bytes...sample.contentEnd {
      let scan = Scan(Array(sample.bytes[..<length]))
      // A group that the cut goes through was never acknowledged as far as anyone can tell.
      let whole = sample.groups.count { $0.upperBound <= length }
      let kept = sample.places.count { place in
        place.upperBound <= (whole == 0 ? 4096 : sample.groups[whole - 1].upperBound)
      }
      #expect(scan.records.count >= kept, "cut at \(length)")
      #expect(Array(sample.records[..<scan.records.count]) == scan.records, "cut at \(length)")
      #expect(scan.damages.isEmpty, "cut at \(length)")
      let atBoundary = sample.groups.contains { $0.upperBound == length } || length == 4096
      #expect(scan.isTorn == !atBoundary, "cut at \(length)")
    }
  }

  @Test("a write torn at any byte in a preallocated file is cut")
  func tornAtEveryByte() {
    let sample = Self.sample
    for (index, group) in sample.groups.enumerated() {
      let before = sample.places.count { $0.upperBound <= group.lowerBound }
      for written in group {
        var bytes = sample.bytes
        for offset in written..<bytes.count { bytes[offset] = 0 }
        let scan = Scan(bytes)
        let note = "group \(index) torn at \(written)"
        #expect(scan.damages.isEmpty, "\(note)")
        #expect(scan.records.count >= before, "\(note)")
        #expect(Array(sample.records[..<scan.records.count]) == scan.records, "\(note)")
        // Padding that was zero anyway may be all that is missing.
        let isWhole =
          scan.records.count == sample.places.count { $0.upperBound <= group.upperBound }
        let nothingCame = bytes[group].allSatisfy { $0 == 0 }
        #expect(scan.isTorn || isWhole || nothingCame, "\(note)")
      }
    }
  }

  @Test("a last group of which any sectors never came goes as a whole")
  func missingSectors() {
    let records = (1...12).map { DurableRecord.fact(UInt64($0 + 1), text("fact number \($0)")) }
    let filled = records.map { record in
      DurableRecord.fact(record.seq, record.payload + [UInt8](repeating: 7, count: 150))
    }
    let segment = MadeSegment([[.fact(1, text("first"))], filled])
    let group = segment.groups[1]
    let sectors = group.lowerBound / 512...(group.upperBound - 1) / 512
    #expect(sectors.count > 4)
    for subset in 0..<(1 << sectors.count) - 1 {
      var bytes = segment.bytes
      for (bit, sector) in sectors.enumerated() where subset & (1 << bit) == 0 {
        let start = max(sector * 512, group.lowerBound)
        for offset in start..<(sector + 1) * 512 { bytes[offset] = 0 }
      }
      let scan = Scan(bytes)
      #expect(scan.records == [.fact(1, text("first"))], "sectors \(subset)")
      #expect(scan.damages.isEmpty, "sectors \(subset)")
      let nothingCame = subset == 0
      #expect(scan.isTorn == !nothingCame, "sectors \(subset)")
    }
  }

  @Test("a hole in a group that a later one follows is damage, and the group stays")
  func holeInTheMiddle() {
    let filled = (1...6).map {
      DurableRecord.fact(UInt64($0), [UInt8](repeating: UInt8($0), count: 600))
    }
    let segment = MadeSegment([filled, [.fact(7, text("later"))]])
    var bytes = segment.bytes
    for offset in 4608..<5120 { bytes[offset] = 0 }
    let scan = Scan(bytes)
    #expect(scan.records.map(\.seq) == [3, 4, 5, 6, 7])
    #expect(
      scan.damages == [SegmentDamage(bytes: 4096..<segment.places[2].lowerBound, positions: 1..<3)])
  }

  @Test("what stands behind the first position of the next segment does not count")
  func superseded() {
    let sample = Self.sample
    let scan = Scan(sample.bytes, endPosition: 6)
    #expect(scan.records == Array(sample.records[..<5]))
    // The last record ends in zeros of padding.
    let contentEnd = SegmentScanner.contentEnd(of: sample.bytes)
    #expect(
      scan.last == .superseded(offset: sample.places[5].lowerBound, contentEnd: contentEnd))
    #expect(scan.damages.isEmpty)
  }

  @Test("records that are missing before the next segment are damage, not a torn tail")
  func missingAtTheEnd() {
    let sample = Self.sample
    var bytes = sample.bytes
    for offset in sample.places[6].lowerBound..<bytes.count { bytes[offset] = 0 }
    let scan = Scan(bytes, endPosition: 9)
    #expect(scan.records == Array(sample.records[..<6]))
    #expect(scan.damages.map(\.positions) == [7..<9])
    #expect(!scan.isTorn)
  }

  @Test("a segment whose header is lost is read by the positions of its records")
  func lostHeader() {
    let segment = MadeSegment([[.fact(1, text("a"))], [.fact(2, text("b"))]], firstPosition: 900)
    #expect(Scan(segment.bytes, expected: nil).heads.map(\.position) == [900, 901])
  }

  @Test("no bytes make it trap or run for ever", arguments: [UInt64(1), 2, 3, 4])
  func noise(seed: UInt64) {
    var numbers = SeededNumbers(seed: seed)
    for round in 0..<300 {
      var bytes = Self.sample.bytes
      switch round % 3 {
      case 0:
        for index in bytes.indices { bytes[index] = UInt8.random(in: 0...255, using: &numbers) }
      case 1:
        for _ in 0..<Int.random(in: 1...200, using: &numbers) {
          let index = Int.random(in: 4096..<Self.sample.contentEnd + 64, using: &numbers)
          bytes[index] = UInt8.random(in: 0...255, using: &numbers)
        }
      default:
        let from = Int.random(in: 0..<bytes.count, using: &numbers)
        let to = Int.random(in: 0..<bytes.count, using: &numbers)
        let count = min(600, bytes.count - max(from, to))
        bytes.replaceSubrange(to..<to + count, with: Array(bytes[from..<from + count]))
        bytes.removeLast(Int.random(in: 0...bytes.count, using: &numbers))
      }
      for (expected, end) in [
        (UInt64?.some(1), UInt64?.none), (nil, nil), (1, 5), (nil, 5), (.max, nil),
      ] {
        let scan = Scan(bytes, expected: expected, endPosition: end)
        #expect(
          scan.records.allSatisfy { Self.sample.records.contains($0) }, "seed \(seed), \(round)")
      }
    }
  }

  @Test("a record inside the payload of another is not taken for one")
  func recordInPayload() {
    let inner = MadeSegment([[.fact(1, text("inner"))]], firstPosition: 1)
    let payload = Array(inner.bytes[inner.places[0]])
    let outer = MadeSegment([[.fact(7, payload)], [.fact(8, text("next"))]], firstPosition: 50)
    var bytes = outer.bytes
    for offset in 16..<18 { bytes[outer.places[0].lowerBound + offset] ^= 1 }
    let scan = Scan(bytes, expected: 50)
    #expect(scan.records == [.fact(8, text("next"))])
    #expect(scan.damages.map(\.positions) == [50..<51])
  }
}
