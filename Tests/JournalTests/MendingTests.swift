import Branch
import JournalFormat
import Testing

@Suite("What a checksum could mend and must not")
struct MendingTests {
  /// A write of which a sector is missing, so unlucky that one other byte explains the checksum.
  @Test("a torn write is cut, though a single changed byte would make a record of it")
  func tornWriteThatLooksMendable() {
    let sound: [DurableRecord] = [.fact(1, text("sound"))]
    var payload = (0..<1600).map { UInt8(truncatingIfNeeded: $0 % 251 + 1) }
    let place = MadeSegment([sound, [.fact(2, payload)]]).places[1]
    let sector = (place.lowerBound + 512) / 512 * 512
    let inPayload = sector - place.lowerBound - RecordLayout.header_bytes
    #expect(inPayload > 10 && inPayload + 512 < payload.count)
    let written = MadeSegment([sound, [.fact(2, payload)]]).bytes
    // As it stands in the file, without the checksum, which is not part of what it covers.
    var before = Array(written[place.lowerBound..<place.lowerBound + 4])
    before += written[place.lowerBound + 8..<sector]
    var other = before
    other[other.count - 3] ^= 0x20
    let torn = checksum(other + [UInt8](repeating: 0, count: 512))
    let start = before + written[sector..<sector + 508]
    payload.replaceSubrange(inPayload + 508..<inPayload + 512, with: word(behind: start, torn))

    var bytes = MadeSegment([sound, [.fact(2, payload)]]).bytes
    #expect(Scan(bytes).records.count == 2)
    for offset in sector..<sector + 512 { bytes[offset] = 0 }
    let scan = Scan(bytes)
    #expect(scan.records == sound)
    #expect(scan.mended.isEmpty && scan.isTorn)
  }

  /// In what is longer than any fact, a change of the checksum's last byte and one of this byte
  /// leave the same difference: the polynomial has it so.
  @Test("a changed byte is not set right when another one would explain it as well")
  func ambiguousByte() {
    let state = (0..<190_400).map { UInt8(truncatingIfNeeded: $0 % 249 + 1) }
    let made = MadeSegment([[DurableRecord(.checkpoint, payload: state)]], file_bytes: 400 * 1024)
    let last = made.places[0].upperBound - 1
    let difference: UInt8 = 223
    for distance in [190_231, 190_232] {
      var bytes = made.bytes
      bytes[last - distance] ^= difference
      let scan = Scan(bytes, endPosition: 2)
      #expect(scan.records.isEmpty && scan.mended.isEmpty)
      #expect(scan.damages.map(\.positions) == [1..<2])
      // Any other change of the same byte is told apart.
      bytes[last - distance] ^= difference ^ 1
      #expect(Scan(bytes, endPosition: 2).records == made.records)
    }
  }

  private func checksum(_ bytes: [UInt8]) -> UInt32 { bytes.withUnsafeBytes { CRC32C.of($0) } }

  /// The four bytes that bring the checksum of `start` and them to `wanted`: each of their bits
  /// changes it in its own way, whatever the others are.
  private func word(behind start: [UInt8], _ wanted: UInt32) -> [UInt8] {
    func bytes(_ word: UInt32) -> [UInt8] { (0..<4).map { UInt8(word >> (8 * $0) & 0xFF) } }
    let none = checksum(start + bytes(0))
    var rows = (0..<32).map { bit in
      (effect: checksum(start + bytes(1 << bit)) ^ none, bits: UInt32(1) << bit)
    }
    var left = wanted ^ none
    var word: UInt32 = 0
    for bit in (0..<32).reversed() {
      guard let pivot = rows.firstIndex(where: { $0.effect >> bit == 1 }) else { continue }
      let row = rows.remove(at: pivot)
      for index in rows.indices where rows[index].effect >> bit & 1 == 1 {
        rows[index].effect ^= row.effect
        rows[index].bits ^= row.bits
      }
      if left >> bit & 1 == 1 {
        left ^= row.effect
        word ^= row.bits
      }
    }
    #expect(left == 0)
    return bytes(word)
  }
}
