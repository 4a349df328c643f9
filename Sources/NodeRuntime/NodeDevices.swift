import Branch
import BranchCore
import CUPSPrinter
import Configuration
import DeviceProfiles
import EvdevTerminal
import LinuxIO
import PathPrinter
import TerminalInput
import USBPrinter

/// All configured devices with their transports.
final class NodeDevices {
  private var printers: [PrinterID: any PrinterPort] = [:]
  private let signs: NodeSigns
  private var terminals: [TerminalID: EvdevTerminal] = [:]
  private var profiles: [TerminalID: TerminalProfile] = [:]

  init(
    loop: EventLoop, configuration: NodeConfiguration, note: @escaping (String) -> Void,
    handle: @escaping (NodeEvent) -> Void
  ) {
    for printer in configuration.printers {
      printers[printer.id] = makePrinterPort(
        printer, node: configuration.node, loop: loop, note: note,
        onEvent: { handle(.printer(printer.id, $0)) })
    }
    signs = NodeSigns(loop: loop, signs: configuration.signs, note: note, handle: handle)
    for terminal in configuration.terminals {
      profiles[terminal.id] = terminal.profile
      terminals[terminal.id] = EvdevTerminal(terminal, loop: loop) { event in
        switch event {
        case .opened(let identity, _): handle(.terminalOpened(terminal.id, identity: identity))
        case .lost(let problem): handle(.terminalLost(terminal.id, problem))
        case .pressed(let press): handle(Self.nodeEvent(terminal.id, press.stroke))
        case .burst(let stroke, let count):
          handle(.burst(terminal.id, stroke, count: count))
        case .scanned(let code): handle(.codeEntered(terminal.id, code: code))
        case .unreadable: handle(.codeUnreadable(terminal.id))
        case .note(let text): note("\(terminal.id): \(text)")
        }
      }
    }
  }

  private static func nodeEvent(_ id: TerminalID, _ stroke: KeyStroke) -> NodeEvent {
    switch stroke {
    case .press(let code): .pressed(id, code: code)
    case .long(let code): .held(id, code: code)
    case .chord(let pair): .chorded(id, pair)
    }
  }

  func start() {
    for printer in printers.values { printer.start() }
    signs.start()
    for terminal in terminals.values { terminal.start() }
  }

  func close() {
    for printer in printers.values { printer.close() }
    signs.close()
    for terminal in terminals.values { terminal.close() }
  }

  func perform(_ effect: NodeEffect) {
    switch effect {
    case .print(let id, let job, let bytes): printers[id]?.write(job: job, bytes: bytes)
    case .cancelPrint(let id, let job): printers[id]?.cancel(job: job)
    case .queryPrinter(let id, let bytes): printers[id]?.send(query: bytes)
    case .requestPortStatus(let id): printers[id]?.requestPortStatus()
    case .resetPrinter(let id): printers[id]?.softReset()
    case .show(let id, let picture): signs.show(picture, on: id)
    case .light(let id, let lamp, let isOn):
      let profile = profiles[id]
      let code = lamp == .ok ? profile?.okLED : profile?.errorLED
      if let code { terminals[id]?.setLED(code, on: isOn) }
      if isOn, let beeper = profile?.beeper { terminals[id]?.beep(beeper, lamp) }
    case .connect, .hangUp, .send, .sendFacts, .reread, .log: break
    }
  }
}

extension EvdevTerminal {
  /// What an ear can tell apart without looking: short and high, or long and low.
  fileprivate func beep(_ beeper: Beeper, _ lamp: Lamp) {
    switch lamp {
    case .ok: beep(beeper.code, hertz: 1500, for: .milliseconds(100))
    case .error: beep(beeper.code, hertz: 400, for: .milliseconds(500))
    }
  }
}

/// The transport that the configuration names.
///
/// - Parameter isTrial: a person tries the device, perhaps beside a running node. At a spooler its
///   jobs then have another owner, or the trial would cancel those of the node as leftovers of a
///   run before, and take over its subscription.
func makePrinterPort(
  _ printer: PrinterConfiguration, node: NodeID, loop: EventLoop, isTrial: Bool = false,
  note: @escaping (String) -> Void, onEvent: @escaping (PrinterPortEvent) -> Void
) -> any PrinterPort {
  switch printer.device {
  case .usb(let selector):
    USBPrinter(loop: loop, selector: USBPrinterSelector(selector), onEvent: onEvent)
  case .cups(let queue):
    CUPSPrinter(
      loop: loop, queue: queue.queue, server: queue.server,
      owner: "\(node).\(printer.id)" + (isTrial ? " trial" : ""), resumes: queue.resumes,
      feed: isTrial ? nil : queue.feed, onEvent: onEvent)
  case .path(let path, let createsFile):
    PathPrinter(loop: loop, path: path, createsFile: createsFile, onEvent: onEvent)
  }
}
