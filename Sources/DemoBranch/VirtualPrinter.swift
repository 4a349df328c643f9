import Branch
import Configuration
import DeviceProfiles
import LinuxIO
import PrinterEmulator
import TicketPreview

/// A ticket printer at the end of a virtual cable, in the language of its profile.
final class VirtualPrinter {
  /// Tickets kept for drawing and counting; the oldest go first.
  static let tickets_max = 4096

  /// After so long without a byte a ticket counts as whole, and a hand tears it off where the model
  /// has no knife.
  static let tearPause = Span(ms: 100)

  let id: PrinterID
  private(set) var tickets: [PrintedTicket] = []
  private var emulator: any PaperPrinter
  private var line: VirtualLine?
  private var isStalled = false
  private let loop: EventLoop
  private var tearTimer: TimerID?
  private let onBytes: ([UInt8]) -> Void
  private let onTicket: (PrintedTicket) -> Void
  private let onChange: () -> Void

  /// - Parameters:
  ///   - onBytes: every byte that the printer gets.
  ///   - onTicket: what came out of it, whole or torn.
  ///   - onChange: paper, plug, bytes.
  init(
    loop: EventLoop, printer: PrinterConfiguration, outlet: Outlet,
    onBytes: @escaping ([UInt8]) -> Void, onTicket: @escaping (PrintedTicket) -> Void,
    onChange: @escaping () -> Void
  ) {
    self.loop = loop
    id = printer.id
    emulator = emulatedPrinter(of: printer.profile)
    self.onBytes = onBytes
    self.onTicket = onTicket
    self.onChange = onChange
    line = VirtualLine(loop: loop, outlet: outlet) { [unowned self] in took($0) }
  }

  var isPlugged: Bool { line?.isPlugged ?? false }
  var hasPaper: Bool { emulator.paper != .out }
  var faults: [CommandFault] { emulator.faults }
  /// Characters of font A on a line.
  var columns: Int { emulator.columns }

  func plug() throws(Problem) {
    try line?.plug()
    onChange()
  }

  /// The cable has the power in it, too: what was not printed is lost.
  func pull() {
    line?.pull()
    emulator.tearOff()
    emulator.powerCycle()
    settle()
  }

  func handle(_ hand: PrinterHand) {
    switch hand {
    case .paper(let paper): emulator.setPaper(paper)
    case .cover(let isOpen): emulator.setCover(open: isOpen)
    case .offline(let isOffline): emulator.setOffline(isOffline)
    case .stall(let stalls): isStalled = stalls
    case .garbage: line?.send(PrinterHand.noise)
    }
    settle()
  }

  private func took(_ bytes: [UInt8]) {
    onBytes(bytes)
    emulator.receive(bytes)
    settle()
  }

  private func settle() {
    line?.isReading = emulator.hasRoom && !isStalled
    line?.send(emulator.takeAnswers())
    for ticket in emulator.takeTickets() {
      // One that has only dots is read as a person reads it.
      let ticket = ticket.lettersRead(width_px: emulator.width_px)
      tickets.append(ticket)
      if tickets.count > Self.tickets_max { tickets.removeFirst() }
      onTicket(ticket)
    }
    tearSoon()
    onChange()
  }

  /// Each byte and each hand on the printer puts it off again.
  private func tearSoon() {
    if let tearTimer { loop.cancel(tearTimer) }
    tearTimer = nil
    guard !emulator.current.isBlank else { return }
    tearTimer = loop.schedule(after: Self.tearPause) { [weak self] in
      guard let self else { return }
      tearTimer = nil
      emulator.tearOff()
      if emulator.current.isBlank { settle() }
    }
  }
}
