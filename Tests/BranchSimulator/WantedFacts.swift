import Branch

/// Which facts the link still has to get from the journal, as the node's shell counts them: one
/// read on its way at a time, and never one for a session that is over.
struct WantedFacts {
  struct Read {
    var range: ClosedRange<Seq>
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

  var next: Read? { reading == nil ? wanted : nil }

  mutating func started() {
    reading = wanted
    wanted = nil
  }

  mutating func abandoned() {
    reading = nil
    wanted = nil
  }

  mutating func ended(through last: Seq) {
    guard let done = reading else { return }
    reading = nil
    guard last < done.range.upperBound else { return }
    let rest = last + 1...done.range.upperBound
    guard let behind = wanted else {
      wanted = Read(range: rest, session: done.session)
      return
    }
    if behind.session == done.session {
      wanted?.range = rest.lowerBound...behind.range.upperBound
    }
  }
}
