import Branch
import Glibc
import LinuxIO

/// What wakes the loop for a look at a queue: its feed, and the end of its server.
final class EventWatch {
  enum News {
    /// The feed was written.
    case event
    /// After an event, and not too soon after the last look: now is the time to look.
    case due
    /// The server closed the connection that was held: it ended, or found it idle for too long.
    case serverEnded
  }

  private let loop: EventLoop
  private let onNews: (News) -> Void
  private var feed: EventFeed?
  private var lifeline: Lifeline?
  private var registration: RegistrationID?
  private var timer: TimerID?
  private var notBefore = MonotonicTime(ms: 0)

  /// nil when the feed cannot be watched.
  ///
  /// - Parameter onNews: runs on the loop's thread.
  init?(loop: EventLoop, directory: String, name: String, onNews: @escaping (News) -> Void) {
    self.loop = loop
    self.onNews = onNews
    feed = EventFeed(loop: loop, directory: directory, name: name) { [weak self] in
      guard let self else { return }
      onNews(.event)
      arm()
    }
    guard feed != nil else { return nil }
  }

  deinit { close() }

  /// A look was made; the next one because of events comes after a pause.
  func looked(pause: Span) {
    notBefore = Clock.monotonic() + pause
    guard let timer else { return }
    loop.cancel(timer)
    self.timer = nil
    arm()
  }

  private func arm() {
    guard timer == nil, feed != nil else { return }
    timer = loop.schedule(at: max(notBefore, Clock.monotonic())) { [weak self] in
      guard let self else { return }
      timer = nil
      onNews(.due)
    }
  }

  /// Watches this connection in place of the one before; nil: none.
  func hold(_ next: Lifeline?) {
    if let registration { loop.unregister(registration) }
    registration = nil
    lifeline = next
    guard let next else { return }
    registration = try? loop.register(next.descriptor, [.read, .otherSideEnded]) { [weak self] _ in
      guard let self else { return }
      hold(nil)
      onNews(.serverEnded)
    }
  }

  func close() {
    hold(nil)
    feed?.close()
    feed = nil
    if let timer { loop.cancel(timer) }
    timer = nil
  }
}
