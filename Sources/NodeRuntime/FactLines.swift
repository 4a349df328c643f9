import Branch

/// Facts with rising numbers without holes, as the lines that the link sends.
struct FactLines: Sendable {
  /// Number of the first fact; of the next one to come while there is none.
  private(set) var first: Seq
  private var bytes: [UInt8] = []
  /// End of each line in `bytes`.
  private var ends: [Int] = []
  /// Where the line of `first` begins.
  private var start = 0
  private var startIndex = 0

  init(from first: Seq) { self.first = first }

  /// Behind the last fact.
  var end: Seq { first + Seq(ends.count - startIndex) }
  var count_bytes: Int { bytes.count - start }
  /// What it takes of the memory, with lines that were taken out already.
  var held_bytes: Int { bytes.count }

  /// - Parameter payload: of the fact `end`.
  mutating func append(_ payload: [UInt8]) {
    bytes += "FACT ".utf8
    appendDecimal(Int64(clamping: end), to: &bytes)
    bytes.append(UInt8(ascii: " "))
    bytes += payload
    bytes.append(UInt8(ascii: "\n"))
    ends.append(bytes.count)
  }

  /// - Parameter more: begins at `end`.
  mutating func append(_ more: FactLines) {
    precondition(more.first == end)
    if first == end { return self = more }
    forgetTaken()
    let shift = bytes.count - more.start
    bytes += more.bytes[more.start...]
    ends += more.ends[more.startIndex...].lazy.map { $0 + shift }
  }

  private mutating func forgetTaken() {
    bytes.removeFirst(start)
    ends = ends[startIndex...].map { $0 - start }
    (start, startIndex) = (0, 0)
  }

  /// Takes out the lines up to that number; the bytes are good within `body`.
  mutating func take(through last: Seq, _ body: (UnsafeRawBufferPointer) -> Void) {
    let count = Int(min(last + 1, end) - first)
    guard count > 0 else { return }
    let stop = ends[startIndex + count - 1]
    bytes.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[start..<stop])) }
    first += Seq(count)
    start = stop
    startIndex += count
    if first == end { self = FactLines(from: first) }
  }
}
