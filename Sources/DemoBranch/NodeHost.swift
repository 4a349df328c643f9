import Branch
import BranchCore
import Configuration
import LinuxIO
import NodeRuntime

/// What a node on its own thread tells.
enum NodeNews: Sendable {
  case failed(Problem)
  case link(isUp: Bool)
  case lamp(TerminalID, Lamp, isOn: Bool)
  case log(LogLevel, String)
  /// The thread is over and all of it is closed.
  case ended
}

/// The node on a thread of its own.
final class NodeHost {
  /// The node's side; made by the owner, then used on the node's thread alone.
  private final class Life {
    let loop: EventLoop
    var runtime: NodeRuntime?
    var isLinked = false
    init() throws(SystemError) { loop = try EventLoop() }
  }

  private let home: LoopRemote
  private let tell: LoopBound<(NodeNews) -> Void>
  private let remote: LoopRemote
  private let life: LoopBound<Life>

  /// - Parameter tell: runs on the thread of `loop`.
  init(loop: EventLoop, tell: @escaping (NodeNews) -> Void) throws(Problem) {
    home = loop.remote
    self.tell = LoopBound(tell)
    do throws(SystemError) {
      life = LoopBound(try Life())
      remote = life.value.loop.remote
    } catch {
      throw Problem.cannotStart(error)
    }
  }

  func start(_ configuration: NodeConfiguration) throws(Problem) {
    let life = life
    let home = home
    let tell = tell
    let say: @Sendable (NodeNews) -> Void = { news in home.post { tell.value(news) } }
    do throws(SystemError) {
      try startThread(name: "demo-node") {
        Self.live(life.value, configuration, say)
        say(.ended)
      }
    } catch {
      throw Problem.cannotStart(error)
    }
  }

  /// Ends it in order; `ended` follows.
  func stop() {
    let life = life
    remote.post {
      let life = life.value
      guard let runtime = life.runtime else { return life.loop.stop() }
      runtime.stop { life.loop.stop() }
    }
  }

  private static func live(
    _ life: Life, _ configuration: NodeConfiguration, _ say: @escaping @Sendable (NodeNews) -> Void
  ) {
    do throws(Problem) {
      let runtime = try NodeRuntime(
        loop: life.loop, configuration: configuration, log: { say(.log($0, $1)) })
      runtime.onLamp = { say(.lamp($0, $1, isOn: $2)) }
      life.runtime = runtime
      runtime.start()
      // Behind the runtime's own hook: after each batch its state is settled.
      life.loop.afterEachBatch { [unowned life] in
        let isLinked = life.runtime?.isLinked ?? false
        guard isLinked != life.isLinked else { return }
        life.isLinked = isLinked
        say(.link(isUp: isLinked))
      }
    } catch {
      say(.failed(error))
    }
    life.loop.run()
    life.runtime = nil
  }
}
