/// Virtual time: what will happen, in order. Nothing waits; time is where the next thing happens.
final class Timeline {
  private struct Entry {
    var at: Int64
    /// Things of the same instant happen in the order in which they were planned.
    var order: UInt64
    var body: () -> Void
  }

  /// True time since the world began, milliseconds.
  private(set) var now: Int64 = 0
  private var heap: [Entry] = []
  private var planned: UInt64 = 0
  private(set) var happened = 0

  var waitingCount: Int { heap.count }

  func at(_ instant: Int64, _ body: @escaping () -> Void) {
    planned += 1
    heap.append(Entry(at: max(instant, now), order: planned, body: body))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard isEarlier(child, parent) else { break }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  func after(_ pause: Int, _ body: @escaping () -> Void) { at(now + Int64(pause), body) }

  /// Lets the next thing happen; false when it lies behind `end`.
  func step(until end: Int64) -> Bool {
    guard let first = heap.first, first.at <= end else { return false }
    let last = heap.removeLast()
    if !heap.isEmpty {
      heap[0] = last
      sink()
    }
    now = first.at
    happened += 1
    first.body()
    return true
  }

  private func sink() {
    var parent = 0
    while true {
      let left = 2 * parent + 1
      guard left < heap.count else { return }
      let right = left + 1
      let child = right < heap.count && isEarlier(right, left) ? right : left
      guard isEarlier(child, parent) else { return }
      heap.swapAt(child, parent)
      parent = child
    }
  }

  private func isEarlier(_ left: Int, _ right: Int) -> Bool {
    heap[left].at != heap[right].at
      ? heap[left].at < heap[right].at : heap[left].order < heap[right].order
  }
}
