import Branch
import BranchCore
import Configuration
import HubRuntime
import LinuxIO
import QueueEngine

/// A whole branch without hardware: hub and node on threads of their own, joined by the real
/// protocol over loopback TCP, and virtual devices behind the real byte protocols.
/// Confined to the thread of `loop`.
final class VirtualBranch {
  /// The store is read again at most this often.
  static let storePause: Span = Span(ms: 20)

  let loop: EventLoop
  /// With virtual devices in place of the configured ones, once the hub has a port.
  private(set) var configuration: NodeConfiguration
  private(set) var picture: BranchPicture
  /// Runs whenever something can be seen that could not before.
  var onChange: () -> Void = {}
  /// Hub or node cannot go on.
  var onFailure: (Problem) -> Void = { _ in }

  let directory: PrivateDirectory
  private let recorder: Recorder?
  private var printers: [PrinterID: VirtualPrinter] = [:]
  private var signs: [SignID: VirtualSign] = [:]
  private var terminals: [TerminalID: VirtualTerminal] = [:]
  private var hub: HubHost?
  /// Counts hubs, so that the end of a crashed one is not taken for that of its successor.
  private var hubLife = 0
  private var isHubStopping = false
  private var node: NodeHost?
  private var hubPort: UInt16 = 0
  private var storeTimer: TimerID?
  private var whenStopped: (() -> Void)?

  /// - Parameters:
  ///   - configuration: its devices, hub and journal are replaced by virtual ones.
  ///   - recorder: gets what a run leaves behind.
  init(loop: EventLoop, configuration: NodeConfiguration, recorder: Recorder?) throws(Problem) {
    self.loop = loop
    self.configuration = configuration
    self.recorder = recorder
    picture = BranchPicture(branch: configuration.branch.id)
    directory = try PrivateDirectory()
    do throws(Problem) {
      try makeDirectories(devicesDirectory)
      try makeDevices()
    } catch {
      directory.remove()
      throw error
    }
  }

  private var devicesDirectory: String { directory.path + "/devices" }
  var hubDirectory: String { directory.path + "/hub" }
  var journalDirectory: String { directory.path + "/journal" }

  private func outlet(_ id: String) -> Outlet { Outlet(parent: devicesDirectory, name: id) }

  private func makeDevices() throws(Problem) {
    for printer in configuration.printers {
      let id = printer.id
      printers[id] = VirtualPrinter(
        loop: loop, printer: printer, outlet: outlet(id.text),
        onBytes: { [unowned self] in recorder?.received($0, by: id.text) },
        onTicket: { [unowned self] in
          recorder?.ticket($0, from: id, columns: printers[id]?.columns ?? 0)
        },
        onChange: { [unowned self] in changed() })
      try printers[id]?.plug()
    }
    for sign in configuration.signs {
      let id = sign.id
      signs[id] = VirtualSign(
        loop: loop, sign: sign, outlet: outlet(id.text),
        onBytes: { [unowned self] in recorder?.received($0, by: id.text) },
        onChange: { [unowned self] in changed() })
      try signs[id]?.plug()
    }
    for terminal in configuration.terminals {
      terminals[terminal.id] = VirtualTerminal(terminal: terminal, outlet: outlet(terminal.id.text))
      try terminals[terminal.id]?.plug()
      picture.terminals[terminal.id] = BranchPicture.Terminal(isPlugged: true)
    }
  }

  // MARK: hub and node

  /// Starts the hub, and the node when the hub has its port.
  func start() throws(Problem) { try bringHubUp() }

  func takeHubDown() {
    guard let hub else { return }
    picture.isHubUp = false
    recorder?.remark("hub down")
    hub.crash()
    self.hub = nil
    changed()
  }

  /// A new hub on the same store and the same port.
  func bringHubUp() throws(Problem) {
    guard hub == nil else { return }
    let settings = HubRuntime.Settings(data: hubDirectory, listen: "127.0.0.1:\(hubPort)")
    hubLife += 1
    let life = hubLife
    hub = try HubHost(loop: loop, settings: settings) { [weak self] in self?.hubTold($0, life) }
    try hub?.start()
  }

  private func hubTold(_ news: HubNews, _ life: Int) {
    switch news {
    case .up(let port):
      // It may have been taken down again before it could say so.
      guard life == hubLife, hub != nil else { return }
      hubPort = port
      picture.isHubUp = true
      recorder?.remark("hub up, port \(port)")
      startNode()
    case .line(let fromNode, let text):
      recorder?.line(text, fromNode: fromNode)
      if !fromNode { readStoresSoon() }
    case .log(let level, let text): recorder?.log("hub", level, text)
    case .failed(let problem): onFailure(problem)
    case .ended: if isHubStopping, life == hubLife { whenStopped?() }
    }
    changed()
  }

  private func startNode() {
    guard node == nil else { return }
    let devices = devicesDirectory
    configuration = configuration.relocated(
      hub: HubAddress(host: "127.0.0.1", port: hubPort), journalDirectory: journalDirectory,
      devicePath: { Outlet.path(parent: devices, name: $0) })
    do throws(Problem) {
      node = try NodeHost(loop: loop) { [weak self] in self?.nodeTold($0) }
      try node?.start(configuration)
    } catch {
      onFailure(error)
    }
  }

  private func nodeTold(_ news: NodeNews) {
    switch news {
    case .link(let isUp):
      picture.isLinked = isUp
      readStoresSoon()
    case .lamp(let id, let lamp, let isOn):
      picture.terminals[id]?.answer.turned(lamp, isOn: isOn)
      readStoresSoon()
    case .log(let level, let text): recorder?.log("node", level, text)
    case .failed(let problem): onFailure(problem)
    case .ended: stopHub()
    }
    changed()
  }

  /// Ends node and hub in order and writes what is left to write; `done` comes once.
  func stop(_ done: @escaping (Problem?) -> Void) {
    whenStopped = { [unowned self] in
      whenStopped = nil
      done(finish())
    }
    if let node { node.stop() } else { stopHub() }
  }

  private func stopHub() {
    isHubStopping = true
    if let hub { hub.stop() } else { whenStopped?() }
  }

  private func finish() -> Problem? {
    defer { directory.remove() }
    for printer in printers.values { printer.pull() }
    for sign in signs.values { sign.pull() }
    for terminal in terminals.values { terminal.pull() }
    do throws(Problem) {
      try recorder?.finish(HubStoreView(directory: hubDirectory).facts)
      return nil
    } catch {
      return error
    }
  }

  // MARK: hands

  /// false when the terminal is not plugged in.
  func press(_ id: TerminalID, _ press: VirtualPress) -> Bool {
    picture.terminals[id]?.answer.pressed()
    picture.ticketsAtLastPress = picture.ticketCount
    return terminals[id]?.press(press) ?? false
  }

  func handle(_ id: PrinterID, _ hand: PrinterHand) { printers[id]?.handle(hand) }

  func plug(_ device: DeviceRef) throws(Problem) {
    switch device {
    case .printer(let id): try printers[id]?.plug()
    case .sign(let id): try signs[id]?.plug()
    case .terminal(let id): try terminals[id]?.plug()
    }
    changed()
  }

  func unplug(_ device: DeviceRef) {
    switch device {
    case .printer(let id): printers[id]?.pull()
    case .sign(let id): signs[id]?.pull()
    case .terminal(let id): terminals[id]?.pull()
    }
    changed()
  }

  // MARK: eyes

  /// Hub and node told something, and what they tell is durable: the stores have news. Bursts are
  /// read at once.
  private func readStoresSoon() {
    guard storeTimer == nil else { return }
    storeTimer = loop.schedule(after: Self.storePause) { [unowned self] in
      storeTimer = nil
      picture.store = HubStoreView(directory: hubDirectory)
      picture.journalEnd = lastFactNumber(inJournal: journalDirectory) ?? 0
      picture.hubMark =
        picture.store.facts.last { $0.node == configuration.node }.map(\.seq) ?? 0
      changed()
    }
  }

  private func changed() {
    for (id, printer) in printers {
      picture.printers[id] = BranchPicture.Printer(
        isPlugged: printer.isPlugged, hasPaper: printer.hasPaper, columns: printer.columns,
        tickets: printer.tickets, faults: printer.faults)
    }
    for (id, sign) in signs {
      picture.signs[id] = BranchPicture.Sign(
        isPlugged: sign.isPlugged, columns: sign.columns, text: sign.face.text,
        isFlashing: sign.face.isFlashing, colour: sign.face.colour,
        faults: sign.face.faults)
    }
    for (id, terminal) in terminals { picture.terminals[id]?.isPlugged = terminal.isPlugged }
    onChange()
  }
}
