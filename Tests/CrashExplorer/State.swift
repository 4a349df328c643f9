import Glibc

/// Names one state, so that it can be looked at again.
struct StateID: Hashable, CustomStringConvertible {
  var workload = 0
  var seed = 0
  /// The call that fails, 0 when none does.
  var failing = 0
  var errno = 0
  var goesOn = 0
  /// Number of the moment within the run, and of the cut there.
  var point = 0
  var cut = 0
  /// 0: looked at as it is; 1: the opening crashes at a moment of its own; 2: a call of the opening
  /// fails.
  var inner = 0
  var innerPoint = 0
  var innerCut = 0

  static let fields: [WritableKeyPath<StateID, Int> & Sendable] = [
    \.workload, \.seed, \.failing, \.errno, \.goesOn, \.point, \.cut, \.inner, \.innerPoint,
    \.innerCut,
  ]

  init() {}

  init?(_ text: String) {
    let numbers = text.split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
    guard numbers.count == Self.fields.count else { return nil }
    for (field, number) in zip(Self.fields, numbers) {
      guard let number else { return nil }
      self[keyPath: field] = number
    }
    guard Workload.names.indices.contains(workload) else { return nil }
  }

  var description: String {
    Self.fields.map { String(self[keyPath: $0]) }.joined(separator: ":")
  }
}

/// The state that is being looked at, told when the process dies of it: a trap in the journal is
/// a finding like any other.
enum LastState {
  // Written by the one thread of this process; read by it, in its signal handler.
  nonisolated(unsafe) static let text = UnsafeMutablePointer<StateID>.allocate(capacity: 1)

  static func tellWhenKilled() {
    text.initialize(to: StateID())
    for number in [SIGILL, SIGTRAP, SIGSEGV, SIGBUS, SIGABRT, SIGFPE] {
      signal(number) { number in
        // Not safe in a handler by the letter; the process is lost anyway: its last word.
        let words = "the journal trapped (signal \(number)) at state \(LastState.text.pointee)\n"
        Array(words.utf8).withUnsafeBytes { _ = write(2, $0.baseAddress, $0.count) }
        _exit(1)
      }
    }
  }
}
