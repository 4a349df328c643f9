import Glibc

/// All runs there are, dealt out to workers; each explores its own.
struct Work {
  static let errnos: [Int32] = [EIO, ENOSPC, EROFS, EDQUOT, EMFILE]
  /// Of the later seeds, the failing calls are a sample.
  static let laterFailures_step = 11

  let worker: Int
  let workers: Int
  /// States to explore at least; the runs of the first seed are always done.
  let states_min: Int

  /// - Returns: how many states were explored.
  func explore(with explorer: Explorer) -> Int {
    var ordinal = 0
    var seed = 1
    while seed == 1 || explorer.states < states_min {
      for workload in Workload.names.indices {
        var unit = StateID()
        unit.workload = workload
        unit.seed = seed
        let calls = callCount(unit)
        ordinal += 1
        if ordinal % workers == worker { explorer.run(unit) }
        for failing in failures(unit, calls: calls) {
          ordinal += 1
          if ordinal % workers == worker { explorer.run(failing) }
        }
      }
      seed += 1
    }
    return explorer.states
  }

  /// Of a run that nobody looks at.
  private func callCount(_ unit: StateID) -> Int {
    let blind = Explorer(plant: nil, only: StateID()) { fatalError($0) }
    return blind.run(unit)
  }

  private func failures(_ unit: StateID, calls: Int) -> [StateID] {
    var all: [StateID] = []
    let step = unit.seed == 1 ? 1 : Self.laterFailures_step
    for call in stride(from: 1 + unit.seed % step, through: calls, by: step) {
      for (index, errno) in Self.errnos.enumerated() {
        var failing = unit
        failing.failing = call
        failing.errno = Int(errno)
        all.append(failing)
        // A disk that is full or read-only stays so.
        guard (call + index) % 3 == 0 else { continue }
        failing.goesOn = 1
        all.append(failing)
      }
    }
    return all
  }
}
