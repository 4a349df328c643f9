import Branch

/// Which facts the link still has to get from the journal. One read is on its way at a time:
/// acknowledgements that come meanwhile make the next one larger, and not the journal's queue
/// longer.
struct FactsForLink {
  struct Read: Equatable {
    var range: ClosedRange<Seq>
    /// The session that wants them.
    var session: UInt64
  }

  private var wanted: Read?
  private var reading: Read?

  mutating func want(_ range: ClosedRange<Seq>, session: UInt64) {
    if let wanted, wanted.session == session, wanted.range.upperBound + 1 == range.lowerBound {
      self.wanted?.range = wanted.range.lowerBound...range.upperBound
    } else {
      wanted = Read(range: range, session: session)
    }
  }

  /// What is to be read now; nil while a read is on its way or nothing is wanted.
  var next: Read? { reading == nil ? wanted : nil }

  /// `next` is on its way.
  mutating func started() {
    reading = wanted
    wanted = nil
  }

  /// The session will say anew what it wants.
  mutating func abandoned() {
    reading = nil
    wanted = nil
  }

  /// The read came back with facts up to this number; what is left of it comes first again.
  mutating func ended(through last: Seq) {
    guard let reading else { return }
    self.reading = nil
    guard last < reading.range.upperBound else { return }
    let rest = last + 1...reading.range.upperBound
    guard let behind = wanted else {
      wanted = Read(range: rest, session: reading.session)
      return
    }
    // A newer session says anew what it wants.
    if behind.session == reading.session {
      wanted?.range = rest.lowerBound...behind.range.upperBound
    }
  }
}
