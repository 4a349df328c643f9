import Branch

/// Deadlines in order, cancelled by id. Cancelled entries stay until they come to the top or until
/// they are the majority, so that ten thousand heartbeats moved again and again stay bounded.
struct TimerHeap {
  private struct Entry {
    let at: MonotonicTime
    let id: UInt64
  }
  private var entries: [Entry] = []
  private var handlers: [UInt64: () -> Void] = [:]
  private var nextID: UInt64 = 1

  mutating func add(_ at: MonotonicTime, _ handler: @escaping () -> Void) -> UInt64 {
    let id = nextID
    nextID += 1
    handlers[id] = handler
    entries.append(Entry(at: at, id: id))
    siftUp(entries.count - 1)
    return id
  }

  mutating func cancel(_ id: UInt64) {
    guard handlers.removeValue(forKey: id) != nil else { return }
    if entries.count > 64, entries.count > handlers.count * 2 { compact() }
  }

  /// The earliest deadline that still counts.
  mutating func earliest() -> MonotonicTime? {
    while let first = entries.first {
      if handlers[first.id] != nil { return first.at }
      removeFirst()
    }
    return nil
  }

  /// Takes out the handler of the earliest deadline that is due.
  mutating func takeDue(_ now: MonotonicTime) -> (() -> Void)? {
    guard let at = earliest(), at <= now else { return nil }
    let id = entries[0].id
    removeFirst()
    return handlers.removeValue(forKey: id)
  }

  private mutating func compact() {
    entries = entries.filter { handlers[$0.id] != nil }.sorted { Self.isBefore($0, $1) }
  }

  private static func isBefore(_ left: Entry, _ right: Entry) -> Bool {
    (left.at, left.id) < (right.at, right.id)
  }

  private mutating func removeFirst() {
    entries.swapAt(0, entries.count - 1)
    entries.removeLast()
    siftDown(0)
  }

  private mutating func siftUp(_ start: Int) {
    var child = start
    while child > 0 {
      let parent = (child - 1) / 2
      guard Self.isBefore(entries[child], entries[parent]) else { return }
      entries.swapAt(child, parent)
      child = parent
    }
  }

  private mutating func siftDown(_ start: Int) {
    var parent = start
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < entries.count && Self.isBefore(entries[child], entries[least]) {
        least = child
      }
      if least == parent { return }
      entries.swapAt(parent, least)
      parent = least
    }
  }
}
