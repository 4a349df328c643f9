import CLinux
import Glibc

/// Tells when somebody sets the box's wall clock, by hand or by a time service, and when the box
/// wakes from sleep: deadlines of a clock that never jumps do not notice.
///
/// A timer of CLOCK_REALTIME with TFD_TIMER_CANCEL_ON_SET is readable when the clock makes a jump,
/// and has to be armed again then (timerfd_create(2)).
public final class ClockSetWatch {
  /// Later than any box runs: 2100-01-01.
  private static let never_s = 4_102_444_800

  private let loop: EventLoop
  private let timer: Descriptor
  private var registration: RegistrationID?

  public init(loop: EventLoop, _ wasSet: @escaping () -> Void) throws(SystemError) {
    self.loop = loop
    timer = Descriptor(
      owning: try SystemCall.check(
        "timerfd_create", timerfd_create(CLOCK_REALTIME, CInt(TFD_CLOEXEC | TFD_NONBLOCK))))
    try arm()
    registration = try loop.register(timer.raw, [.read]) { [unowned self] _ in
      var expirations: UInt64 = 0
      // ECANCELED, which is the news itself.
      _ = withUnsafeMutableBytes(of: &expirations) { SystemCall.read(timer.raw, into: $0) }
      try? arm()
      wasSet()
    }
  }

  deinit { if let registration { loop.unregister(registration) } }

  var descriptor: CInt { timer.raw }

  private func arm() throws(SystemError) {
    var setting = itimerspec()
    setting.it_value.tv_sec = Self.never_s
    let flags = CInt(TFD_TIMER_ABSTIME) | CInt(TFD_TIMER_CANCEL_ON_SET)
    try SystemCall.check("timerfd_settime", timerfd_settime(timer.raw, flags, &setting, nil))
  }
}
