import CLinux
import Glibc

/// Signals as events of the loop.
public enum Signals {
  /// Blocks the signals for this thread and all started after it, and reports them on the loop.
  /// Call before any other thread starts.
  public static func deliver(
    _ signals: [CInt], to loop: EventLoop, _ handler: @escaping (CInt) -> Void
  ) throws(SystemError) {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    pthread_sigmask(SIG_BLOCK, &set, nil)
    let descriptor = try SystemCall.check(
      "signalfd", signalfd(-1, &set, CInt(SFD_CLOEXEC | SFD_NONBLOCK)))
    try loop.register(descriptor, [.read]) { _ in
      var info = signalfd_siginfo()
      while case .bytes = withUnsafeMutableBytes(
        of: &info, { SystemCall.read(descriptor, into: $0) })
      { handler(CInt(info.ssi_signo)) }
    }
  }

  /// A write to a closed pipe or tty is an error value, not the end of the process.
  public static func ignoreBrokenPipes() { signal(SIGPIPE, SIG_IGN) }
}
