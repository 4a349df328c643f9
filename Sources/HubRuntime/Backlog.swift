import QueueEngine

/// What connections have said and the store does not have yet. One that says more than the disk
/// takes is not read on until its own work is done: what it sends then waits in its kernel, and in
/// the end at its own side, instead of in this process and in front of everybody else.
struct Backlog {
  /// What one connection counts with.
  final class Share {
    let session: SessionID
    fileprivate var waiting_bytes = 0
    fileprivate var inFlight_bytes = 0
    fileprivate(set) var isStopped = false

    init(_ session: SessionID) { self.session = session }

    var isEmpty: Bool { waiting_bytes + inFlight_bytes == 0 }
  }

  /// Of one connection; at least what a node with the default window sends ahead.
  static let session_bytes_max = 1 << 20
  /// Of all connections: also what stands before a line that just came in, at the most.
  static let total_bytes_max = 16 << 20
  /// What a line costs beside its text, and each record and line that it leads to.
  static let item_bytes = 256

  private(set) var total_bytes = 0
  private var waiting: [Share] = []
  private var inFlight: [Share] = []
  /// In the order in which they were stopped: so everybody gets a turn.
  private var stopped: [Share] = []

  /// A line came that led to so many records and lines.
  mutating func hold(text_bytes: Int, items: Int, of share: Share) {
    let cost = text_bytes + Self.item_bytes * max(1, items)
    if share.waiting_bytes == 0 { waiting.append(share) }
    share.waiting_bytes += cost
    total_bytes += cost
  }

  /// Whether there is room for more of this connection; if not, it comes out of `batchEnded`.
  mutating func admits(_ share: Share) -> Bool {
    let own_bytes = share.waiting_bytes + share.inFlight_bytes
    if own_bytes < Self.session_bytes_max, total_bytes < Self.total_bytes_max { return true }
    if !share.isStopped { stopped.append(share) }
    share.isStopped = true
    return false
  }

  /// All that waited goes to the store.
  mutating func batchBegan() {
    for share in waiting {
      share.inFlight_bytes = share.waiting_bytes
      share.waiting_bytes = 0
    }
    inFlight = waiting
    waiting = []
  }

  /// It is stored and answered. Returns the connections that may be read on.
  mutating func batchEnded() -> [SessionID] {
    for share in inFlight {
      total_bytes -= share.inFlight_bytes
      share.inFlight_bytes = 0
    }
    inFlight = []
    for share in stopped { share.isStopped = false }
    defer { stopped = [] }
    return stopped.map(\.session)
  }

  /// The connection is gone; what it said is carried out all the same.
  mutating func closed(_ share: Share) {
    if share.isStopped { stopped.removeAll { $0 === share } }
    share.isStopped = false
  }
}
