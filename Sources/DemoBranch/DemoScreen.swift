public import Branch
public import Configuration
import Glibc
import LinuxIO
import NodeRuntime

/// The demo for a person: a screen that shows the branch, keys that are its buttons.
public final class DemoScreen {
  /// Changes that come closer together are drawn at once.
  static let drawPause: Span = Span(ms: 30)

  private let loop: EventLoop
  private let branch: VirtualBranch
  private let bindings: KeyBindings
  private let terminal: ScreenTerminal
  private var keys = KeyDecoder()
  private var state = ScreenState()
  private var ticketCounts: [PrinterID: Int] = [:]
  private var drawTimer: TimerID?
  private var problem: Problem?
  private var isOver = false

  /// Plays until the person quits. Standard input and output must be a terminal.
  /// - Parameters:
  ///   - configuration: of the branch; its devices, hub and journal are replaced by virtual ones.
  ///   - out: directory for what the demo leaves behind; nil for none.
  public static func run(configuration: NodeConfiguration, out: String?) throws(Problem) {
    let loop = try ScriptedDemo.makeLoop()
    let recorder: Recorder? =
      if let out { try Recorder(directory: out, configuration: configuration) } else { nil }
    let branch = try VirtualBranch(loop: loop, configuration: configuration, recorder: recorder)
    let screen: DemoScreen
    do throws(Problem) {
      screen = try DemoScreen(loop, branch)
    } catch {
      branch.directory.remove()
      throw error
    }
    screen.begin()
    loop.run()
    screen.terminal.leave()
    if let problem = screen.problem { throw problem }
  }

  private init(_ loop: EventLoop, _ branch: VirtualBranch) throws(Problem) {
    self.loop = loop
    self.branch = branch
    bindings = KeyBindings(branch.configuration)
    terminal = try ScreenTerminal()
  }

  private func begin() {
    state.note = "The branch comes up…"
    branch.onChange = { [unowned self] in changed() }
    branch.onFailure = { [unowned self] in end($0) }
    do {
      try Signals.deliver([SIGWINCH, SIGINT, SIGTERM, SIGHUP], to: loop) { [unowned self] signal in
        if signal == SIGWINCH {
          terminal.measure()
          draw()
        } else {
          end(nil)
        }
      }
      try loop.register(STDIN_FILENO, [.read]) { [unowned self] _ in readKeys() }
      try branch.start()
    } catch let problem as Problem {
      end(problem)
    } catch {
      end(
        Problem(
          code: "system", what: "cannot watch the keyboard", cause: "\(error)",
          cure: "Start it on a terminal, or play a script with --script."))
    }
    draw()
  }

  private func end(_ problem: Problem?) {
    guard !isOver else { return }
    isOver = true
    self.problem = problem
    branch.onChange = {}
    branch.stop { [unowned self] problem in
      self.problem = self.problem ?? problem
      loop.stop()
    }
  }

  // MARK: eyes

  private func changed() {
    for (id, printer) in branch.picture.printers
    where printer.tickets.count > ticketCounts[id, default: 0] {
      ticketCounts[id] = printer.tickets.count
      state.printer = id
      if terminal.size.columns >= ScreenLayout.bothColumns_min { state.ticketPage = 0 }
    }
    if drawTimer == nil {
      drawTimer = loop.schedule(after: Self.drawPause) { [unowned self] in draw() }
    }
  }

  private func draw() {
    if let drawTimer { loop.cancel(drawTimer) }
    drawTimer = nil
    guard !isOver else { return }
    state.zoneOffsetSeconds = BranchClock.now().zoneOffsetSeconds
    let layout = ScreenLayout(
      size: terminal.size, configuration: branch.configuration, bindings: bindings,
      picture: branch.picture, state: state)
    terminal.show(layout.rows())
  }

  // MARK: hands

  private func readKeys() {
    var buffer = [UInt8](repeating: 0, count: 256)
    switch buffer.withUnsafeMutableBytes({ SystemCall.read(STDIN_FILENO, into: $0) }) {
    case .bytes(let count): for key in keys.feed(buffer[..<count]) { pressed(key) }
    case .wouldBlock: break
    case .end, .failed: end(nil)
    }
  }

  private func pressed(_ key: Character) {
    guard !isOver, key != KeyDecoder.interrupt else { return end(nil) }
    guard let command = bindings.commands[key] else {
      state.note = "\(key) is no key here."
      return draw()
    }
    do throws(Problem) { try perform(command) } catch { state.note = "\(error)" }
    if !isOver { changed() }
  }

  private func perform(_ command: ScreenCommand) throws(Problem) {
    switch command {
    case .press(let terminal, let key):
      state.note =
        branch.press(terminal, VirtualPress(key))
        ? "\(terminal): \(key)" : "\(terminal) is not plugged in."
    case .hub: try toggleHub()
    case .paper: togglePaper()
    case .printer:
      guard let id = branch.configuration.printers.first?.id else { return }
      try toggle(.printer(id), isPlugged: branch.picture.printers[id]?.isPlugged ?? false)
    case .sign:
      guard let id = branch.configuration.signs.first?.id else { return }
      try toggle(.sign(id), isPlugged: branch.picture.signs[id]?.isPlugged ?? false)
    case .turnTicket: state.ticketPage += 1
    case .quit: end(nil)
    }
  }

  private func toggleHub() throws(Problem) {
    if branch.picture.isHubUp {
      branch.takeHubDown()
      state.note = "The hub is gone. Take tickets, rate: it all arrives when it is back (h)."
    } else {
      try branch.bringHubUp()
      state.note = "The hub is back; the node finds it within some seconds."
    }
  }

  private func togglePaper() {
    guard let id = branch.configuration.printers.first?.id else { return }
    let hasPaper = branch.picture.printers[id]?.hasPaper ?? true
    branch.handle(id, .paper(hasPaper ? .out : .ok))
    state.note = hasPaper ? "The roll of \(id) is empty (p refills it)." : "A new roll is in \(id)."
  }

  private func toggle(_ device: DeviceRef, isPlugged: Bool) throws(Problem) {
    if isPlugged { branch.unplug(device) } else { try branch.plug(device) }
    state.note = isPlugged ? "\(device) is unplugged." : "\(device) is plugged in again."
  }
}
