/// How a write looks that did not finish, in a file that was filled with zeros before.
enum TornWrite {
  /// What disks write all or nothing.
  static let sector_bytes = 512

  /// Where a last record says that it ends; where its bytes end when it says nothing sensible.
  static func claimedEnd(
    _ segment: UnsafeRawBufferPointer, at hole: Int, contentEnd: Int
  ) -> Int {
    let atLeast = max(contentEnd, hole + RecordLayout.header_bytes)
    guard hole + RecordLayout.header_bytes <= segment.count else { return atLeast }
    let length = Int(segment.get(UInt32.self, at: hole + RecordLayout.length))
    let groupOffset = Int(segment.get(UInt32.self, at: hole + RecordLayout.groupOffset))
    let groupBytes = Int(segment.get(UInt32.self, at: hole + RecordLayout.groupBytes))
    // A length that its own group has no room for was changed later: what it claims to be missing
    // never was there. A header of which a sector is missing shows by its zeros.
    guard groupOffset + RecordLayout.padded(length) <= groupBytes else { return atLeast }
    return max(atLeast, hole + RecordLayout.padded(length))
  }

  /// Length and checksum, the first a word that is written all or nothing; and what an opening
  /// overwrites first when it cuts a torn tail.
  private static let word_bytes = 8

  /// Whether the hole looks as a write leaves it that did not finish: nothing came of its first
  /// word, of its end (a record never ends in a zero), or of one of its sectors as far as the
  /// group covers it; or the file is cut.
  static func isLike(
    _ segment: UnsafeRawBufferPointer, hole: Range<Int>, groupStart: Int
  ) -> Bool {
    if hole.upperBound > segment.count { return true }
    let word = hole.lowerBound..<hole.lowerBound + word_bytes
    if segment.isZero(word) || segment[hole.upperBound - 1] == 0 { return true }
    return hasUnwrittenSector(segment, hole: hole, groupStart: groupStart)
  }

  static func hasUnwrittenSector(
    _ segment: UnsafeRawBufferPointer, hole: Range<Int>, groupStart: Int
  ) -> Bool {
    var sector = hole.lowerBound / sector_bytes * sector_bytes
    while sector < hole.upperBound {
      let end = sector + sector_bytes
      if segment.isZero(max(sector, groupStart)..<end) { return true }
      sector = end
    }
    return false
  }
}
