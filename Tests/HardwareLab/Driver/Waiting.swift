import CLinux
import Glibc

/// The ends of the guests, noted by the kernel until somebody looks.
enum Children {
  /// From now on no end falls between two looks (sigtimedwait(2)).
  static func noteEnds() {
    var ends = signals
    sigprocmask(SIG_BLOCK, &ends, nil)
  }

  /// Returns when a child has ended since the last look, or at this moment of `monotonic_ms`.
  static func awaitEnd(until moment_ms: Int64?) {
    var ends = signals
    guard let moment_ms else {
      sigwaitinfo(&ends, nil)
      return
    }
    let left_ms = max(0, moment_ms - monotonic_ms())
    var left = timespec(tv_sec: Int(left_ms / 1000), tv_nsec: Int(left_ms % 1000) * 1_000_000)
    sigtimedwait(&ends, nil, &left)
  }

  private static var signals: sigset_t {
    var set = sigset_t()
    sigemptyset(&set)
    sigaddset(&set, SIGCHLD)
    return set
  }
}

/// Waits until there is a file of this name; false when the time was over first.
func awaitFile(_ name: String, in directory: String, for span_ms: Int64) throws(LabError) -> Bool {
  let watch = inotify_init1(Int32(IN_CLOEXEC))
  guard watch >= 0 else { throw failed("inotify") }
  defer { close(watch) }
  guard inotify_add_watch(watch, directory, UInt32(IN_CREATE | IN_MOVED_TO)) >= 0 else {
    throw failed("watch \(directory)")
  }
  let end = monotonic_ms() + span_ms
  while !exists("\(directory)/\(name)") {
    var list = [pollfd(fd: watch, events: Int16(POLLIN), revents: 0)]
    guard poll(&list, 1, Int32(max(0, end - monotonic_ms()))) > 0 else { return false }
    guard readSome(watch, upTo: 4096) != nil else { throw failed("watch \(directory)") }
  }
  return true
}
