import Branch
import JournalFormat

/// The files of one journal directory, as the page cache has them and as the platters have them.
///
/// Fault model:
/// - A killed process leaves its writes in the cache. A power cut keeps any subset of the sectors
///   (512 bytes, each whole or not at all) that were written and not flushed.
/// - A write may fail (EIO) after any of its sectors. A flush may fail (EIO); then any subset of
///   the dirty sectors is on the platters, and all of them count as clean: a second flush writes
///   none.
/// - A file is made under another name and renamed when it is whole. Making it may fail without a
///   trace (ENOSPC, EIO) or with the name perhaps there after a power cut.
/// - Reading may fail (EIO) for a while.
/// - A single byte of a record may change: the scanner sets it right, and nothing may be lost. Two
///   bytes of a record may change: that record may be lost, which has to be told. No byte becomes
///   zero by it: a last record that ends in a zero looks like one that was never flushed
///   (JOURNAL.md, limits of what can be known). Header pages keep one sound copy. Files are not
///   swapped, shortened or removed by others.
final class SimulatedDisk {
  static let sector_bytes = 512

  enum Failure: Error { case noSpace, io }
  enum Making: Error {
    case before(Failure)
    case after(Failure)
  }

  /// What a record on this disk is, for the checks alone: no program looks at it.
  struct Place {
    var bytes: Range<Int>
    var seq: Seq
    var kind: DurableRecord.Kind
  }

  struct File {
    let index: UInt64
    var cached: [UInt8]
    var durable: [UInt8]
    var dirty: [Int] = []
    /// Only memory has the name.
    var isNameVague = false
    var places: [Place] = []
  }

  /// Until when what fails; true time.
  var noSpaceUntil: Int64 = 0
  var writesFailUntil: Int64 = 0
  var flushesFailUntil: Int64 = 0
  var readsFailUntil: Int64 = 0
  private(set) var files: [File] = []
  private let time: Timeline
  private var random: Seeded

  init(time: Timeline, seed: UInt64) {
    self.time = time
    random = Seeded(seed)
  }

  /// The same files on another disk.
  /// - Precondition: nothing waits to be flushed.
  init(copyOf other: SimulatedDisk, seed: UInt64) {
    time = other.time
    random = Seeded(seed)
    files = other.files
  }

  var isFailing: Bool {
    max(max(noSpaceUntil, writesFailUntil), max(flushesFailUntil, readsFailUntil)) > time.now
  }

  func heal() { (noSpaceUntil, writesFailUntil, flushesFailUntil, readsFailUntil) = (0, 0, 0, 0) }

  private func place(_ index: UInt64) -> Int {
    guard let place = files.firstIndex(where: { $0.index == index }) else {
      preconditionFailure("no file \(index)")
    }
    return place
  }

  func bytes(_ index: UInt64) -> [UInt8] { files[place(index)].cached }

  func readable(_ index: UInt64) throws(Failure) -> [UInt8] {
    if readsFailUntil > time.now { throw .io }
    return bytes(index)
  }

  func make(_ index: UInt64, _ bytes: [UInt8], places: [Place]) throws(Making) {
    if noSpaceUntil > time.now { throw .before(.noSpace) }
    if writesFailUntil > time.now || flushesFailUntil > time.now {
      guard random.oneIn(3) else { throw .before(.io) }
      files.append(
        File(index: index, cached: bytes, durable: bytes, isNameVague: true, places: places))
      throw .after(.io)
    }
    files.removeAll { $0.index == index }
    files.append(File(index: index, cached: bytes, durable: bytes, places: places))
  }

  func remove(_ index: UInt64) throws(Failure) {
    if writesFailUntil > time.now { throw .io }
    files.removeAll { $0.index == index }
  }

  func write(_ index: UInt64, _ bytes: [UInt8], at offset: Int) throws(Failure) {
    let file = place(index)
    var end = bytes.count
    if writesFailUntil > time.now { end = random.below(bytes.count + 1) }
    Self.copy(bytes[..<end], to: &files[file].cached, at: offset)
    if end > 0 {
      for sector in offset / Self.sector_bytes...(offset + end - 1) / Self.sector_bytes
      where !files[file].dirty.contains(sector) {
        files[file].dirty.append(sector)
      }
    }
    if end < bytes.count || writesFailUntil > time.now { throw .io }
  }

  func note(_ index: UInt64, _ places: [Place]) {
    let file = place(index)
    guard let first = places.first else { return }
    files[file].places.removeAll { $0.bytes.lowerBound >= first.bytes.lowerBound }
    files[file].places += places
  }

  func flush(_ index: UInt64) throws(Failure) {
    let file = place(index)
    // An error is told once: a second flush has nothing to write, and is content.
    let fails = flushesFailUntil > time.now && !files[file].dirty.isEmpty
    for sector in files[file].dirty where !fails || random.oneIn(2) { keep(sector, file) }
    files[file].dirty = []
    if fails { throw .io }
    files[file].isNameVague = false
  }

  private func keep(_ sector: Int, _ file: Int) {
    let start = sector * Self.sector_bytes
    let end = min(start + Self.sector_bytes, files[file].cached.count)
    let sector = files[file].cached[start..<end]
    Self.copy(sector, to: &files[file].durable, at: start)
  }

  /// At once: a loop over bytes is slow without an optimizer.
  private static func copy(_ bytes: ArraySlice<UInt8>, to target: inout [UInt8], at offset: Int) {
    target.withUnsafeMutableBytes { target in
      bytes.withUnsafeBytes { bytes in
        guard let source = bytes.baseAddress, let start = target.baseAddress else { return }
        precondition(offset + bytes.count <= target.count)
        (start + offset).copyMemory(from: source, byteCount: bytes.count)
      }
    }
  }

  func powerCut() {
    files.removeAll { $0.isNameVague && random.oneIn(2) }
    for file in files.indices {
      for sector in files[file].dirty where random.oneIn(2) { keep(sector, file) }
      files[file].dirty = []
      files[file].cached = files[file].durable
      files[file].isNameVague = false
    }
  }

  /// The box gets a new disk.
  func wipe() { files = [] }

  // MARK: bytes that change

  /// Changes one byte, or two, of a durable record.
  /// - Returns: the records that may be lost by it. A record with one changed byte is found by
  ///   where the one before it ends: beside a lost one it may be lost too.
  func decay(bytes count: Int, besideOthers: Bool = true) -> [Place] {
    guard !files.isEmpty else { return [] }
    let file = random.below(files.count)
    let places = files[file].places
    let clean = places.indices.filter { place in
      let beside =
        besideOthers ? place...place : max(place - 1, 0)...min(place + 1, places.count - 1)
      return isSettled(places[place], file) && !beside.contains { isTouched(places[$0], file) }
    }
    guard !clean.isEmpty else { return [] }
    // The newest records are those that nothing else remembers.
    let newest = max(0, clean.count - 6)
    var chosen = clean[random.within(random.oneIn(2) ? newest : 0, clean.count - 1)]
    // Calls are few among facts.
    let locals = clean.suffix(24).filter { places[$0].kind == .local }
    if !locals.isEmpty, random.oneIn(3) { chosen = random.pick(locals) }
    var changed: Set<Int> = []
    while changed.count < count {
      let bytes = places[chosen].bytes
      changed.insert(random.within(bytes.lowerBound, bytes.upperBound - 1))
    }
    for byte in changed.sorted() {
      var difference = UInt8(random.within(1, 255))
      let wouldBeZero = files[file].cached[byte] == difference
      if wouldBeZero { difference ^= difference == 1 ? 2 : 1 }
      files[file].cached[byte] ^= difference
      files[file].durable[byte] ^= difference
    }
    var run = chosen...chosen
    while run.lowerBound > 0, isTouched(places[run.lowerBound - 1], file) {
      run = run.lowerBound - 1...run.upperBound
    }
    while run.upperBound + 1 < places.count, isTouched(places[run.upperBound + 1], file) {
      run = run.lowerBound...run.upperBound + 1
    }
    return count > 1 || run.count > 1 ? Array(places[run]) : []
  }

  /// Written and flushed, and the cache agrees.
  private func isSettled(_ place: Place, _ file: Int) -> Bool {
    files[file].cached[place.bytes] == files[file].durable[place.bytes]
  }

  /// One byte of it changed before: a second one would make it two.
  private func isTouched(_ place: Place, _ file: Int) -> Bool {
    files[file].cached.withUnsafeBytes { RecordCodec.record(in: $0, at: place.bytes.lowerBound) }
      == nil
  }
}
