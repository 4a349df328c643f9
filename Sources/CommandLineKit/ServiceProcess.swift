public import Branch
import Glibc
public import LinuxIO

/// A program that runs until it is told to stop: signals, readiness and watchdog.
public enum ServiceProcess {
  /// A service that does not stop within this time after a signal is ended.
  static let stop_max: Span = .seconds(8)

  /// Runs the loop until SIGTERM or SIGINT. Call before any thread is started that should not
  /// get signals; `start` does the rest of the set-up.
  /// - Parameters:
  ///   - start: makes the service; its text stands in `systemctl status`.
  ///   - stop: ends the service and then calls what it was given.
  public static func run(
    loop: EventLoop, log: Log, start: () throws(Problem) -> String,
    stop: @escaping (@escaping () -> Void) -> Void
  ) throws(Problem) -> ExitCode {
    Signals.ignoreBrokenPipes()
    let manager = try ServiceManager.current()
    let stopping: (CInt) -> Void = { signal in
      log.notice("signal \(signal): stopping")
      try? manager?.tellStopping(status: "stopping")
      _ = loop.schedule(after: stop_max) { loop.stop() }
      stop { loop.stop() }
    }
    do throws(SystemError) {
      try Signals.deliver([SIGTERM, SIGINT], to: loop, stopping)
    } catch {
      throw Problem(
        code: "system", what: "cannot watch signals", cause: error.description,
        cure: "This is a fault of the system; restart the service.")
    }
    let status = try start()
    if let manager {
      do throws(SystemError) {
        try manager.tellReady(status: status)
      } catch {
        log.warning("the service manager could not be told of the start: \(error)")
      }
      if let interval = manager.watchdogInterval { keepAlive(manager, loop, every: interval) }
    }
    loop.run()
    return .success
  }

  private static func keepAlive(_ manager: ServiceManager, _ loop: EventLoop, every interval: Span)
  {
    try? manager.tellAlive()
    _ = loop.schedule(after: interval) { keepAlive(manager, loop, every: interval) }
  }
}
