import Branch

/// Which facts the link still has to send, and those read from the journal for it. While more
/// waits than the window lets go, facts are read ahead, so that an acknowledgement need not wait
/// for the journal's thread. One read is on its way at a time, however many acknowledgements come.
struct FactsForLink {
  /// What a read of the journal gave.
  struct Found: Sendable {
    /// Up to this number facts were looked for.
    var range: ClosedRange<Seq>
    var lines: FactLines
    /// Facts behind `lines` that damage took; nil when there are none in the range.
    var missing: ClosedRange<Seq>?
  }

  /// With so much in hand nothing is read ahead. Together with one read it is all that is kept.
  static let ahead_bytes_max = NodeJournal.read_bytes_max / 2

  /// The session that facts are sent in; nil before it wanted some.
  private(set) var session: UInt64?
  private var wanted: ClosedRange<Seq>?
  private var reading: ClosedRange<Seq>?
  private var ahead = FactLines(from: 1)
  private var missing: ClosedRange<Seq>?

  /// What it takes of the memory.
  var held_bytes: Int { ahead.held_bytes }

  mutating func want(_ range: ClosedRange<Seq>, session: UInt64) {
    if self.session == session, let wanted, wanted.upperBound + 1 == range.lowerBound {
      self.wanted = wanted.lowerBound...range.upperBound
      return
    }
    self.session = session
    wanted = range
    // What was read for an earlier session serves as long as it begins there.
    if ahead.first != range.lowerBound {
      ahead = FactLines(from: range.lowerBound)
      reading = nil
      missing = nil
    }
  }

  /// What is to be read now; nil while a read is on its way or nothing is to be read.
  /// - Parameter durable: the highest fact that the journal has.
  func next(durable: Seq) -> ClosedRange<Seq>? {
    guard session != nil, reading == nil, missing == nil, ahead.count_bytes < Self.ahead_bytes_max
    else {
      return nil
    }
    let last = max(durable, wanted?.upperBound ?? 0)
    return ahead.end <= last ? ahead.end...last : nil
  }

  mutating func started(_ range: ClosedRange<Seq>) { reading = range }

  /// The session will say anew what it wants.
  mutating func abandoned() { self = FactsForLink() }

  /// A read came back. One that was started for what nobody wants any more changes nothing.
  mutating func ended(_ found: Found) {
    guard reading?.lowerBound == found.range.lowerBound, ahead.end == found.lines.first else {
      return
    }
    reading = nil
    ahead.append(found.lines)
    missing = found.missing
  }

  /// Takes what is wanted and there; the bytes are good within `send`.
  mutating func take(_ send: (UnsafeRawBufferPointer) -> Void) {
    guard let last = wanted?.upperBound else { return }
    ahead.take(through: last, send)
    wanted = ahead.first <= last ? ahead.first...last : nil
  }

  /// Facts that are wanted next and that the journal has lost.
  var lost: ClosedRange<Seq>? {
    guard let missing, let wanted, missing.lowerBound == wanted.lowerBound else { return nil }
    return missing.clamped(to: wanted)
  }
}
