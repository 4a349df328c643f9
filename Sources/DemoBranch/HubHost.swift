import Branch
import HubRuntime
import LinuxIO

/// What a hub on its own thread tells.
enum HubNews: Sendable {
  /// Listens on this port.
  case up(port: UInt16)
  case failed(Problem)
  /// A line of the protocol; what the hub says, it says after its store is durable.
  case line(fromNode: Bool, String)
  case log(LogLevel, String)
  /// The thread is over and all of it is closed.
  case ended
}

/// A queue service on a thread of its own. One life: a hub that comes back is a new one.
final class HubHost {
  /// A hub that crashed frees its store a moment later; the next one tries so often…
  static let opening_max = 100
  /// …with this pause between.
  static let openingPause: Span = Span(ms: 20)

  private let settings: HubRuntime.Settings
  private let home: LoopRemote
  private let tell: LoopBound<(HubNews) -> Void>
  /// How the hub's own thread is reached, once it runs.
  private var inside: Inside?

  /// The hub's side; made and used on its own thread.
  private final class Life {
    let loop: EventLoop
    var runtime: HubRuntime?
    init() throws(SystemError) { loop = try EventLoop() }
  }

  private struct Inside: Sendable {
    let remote: LoopRemote
    let life: LoopBound<Life>
  }

  /// - Parameter tell: runs on the thread of `loop`.
  init(loop: EventLoop, settings: HubRuntime.Settings, tell: @escaping (HubNews) -> Void)
    throws(Problem)
  {
    self.settings = settings
    home = loop.remote
    self.tell = LoopBound(tell)
    do throws(SystemError) {
      let life = LoopBound(try Life())
      inside = Inside(remote: life.value.loop.remote, life: life)
    } catch {
      throw Problem.cannotStart(error)
    }
  }

  func start() throws(Problem) {
    guard let inside else { return }
    let say = speaker()
    let settings = settings
    do throws(SystemError) {
      try startThread(name: "demo-hub") {
        Self.live(inside.life.value, settings, say)
        say(.ended)
      }
    } catch {
      throw Problem.cannotStart(error)
    }
  }

  /// Ends it as a crash would: no goodbye, sockets closed, the store left as it is.
  func crash() {
    guard let inside else { return }
    inside.remote.post { inside.life.value.loop.stop() }
  }

  /// Ends it in order; `ended` follows.
  func stop() {
    guard let inside else { return }
    inside.remote.post {
      let life = inside.life.value
      guard let runtime = life.runtime else { return life.loop.stop() }
      runtime.stop { life.loop.stop() }
    }
  }

  private func speaker() -> @Sendable (HubNews) -> Void {
    let home = home
    let tell = tell
    return { news in home.post { tell.value(news) } }
  }

  private static func live(
    _ life: Life, _ settings: HubRuntime.Settings, _ say: @escaping @Sendable (HubNews) -> Void
  ) {
    open(life, settings, attempt: 1, say)
    life.loop.run()
    // Everything that the runtime holds open closes here, the store's lock a moment later.
    life.runtime = nil
  }

  private static func open(
    _ life: Life, _ settings: HubRuntime.Settings, attempt: Int,
    _ say: @escaping @Sendable (HubNews) -> Void
  ) {
    do throws(Problem) {
      let runtime = try HubRuntime(
        loop: life.loop, settings: settings, log: { say(.log($0, $1)) },
        observe: { say(.line(fromNode: $0, $1)) })
      life.runtime = runtime
      say(.up(port: try runtime.start()))
    } catch {
      guard attempt < opening_max, life.runtime == nil else { return say(.failed(error)) }
      _ = life.loop.schedule(after: openingPause) { [unowned life] in
        open(life, settings, attempt: attempt + 1, say)
      }
    }
  }
}

extension Problem {
  static func cannotStart(_ error: SystemError) -> Problem {
    Problem(
      code: "system", what: "cannot start a thread with an event loop", cause: error.description,
      cure: "Free memory or raise the limit of tasks, then start again.")
  }
}
