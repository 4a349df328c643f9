import LinuxIO

/// Carries what belongs to one event loop's thread through others, which only hand it back to
/// that loop. `value` is touched on the thread of its loop alone.
///
/// @unchecked: the only use anywhere is inside a closure posted to the loop that made the value.
struct LoopBound<Value>: @unchecked Sendable {
  let value: Value
  init(_ value: Value) { self.value = value }
}
