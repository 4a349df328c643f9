import CodePages

/// A thermal printer without the mechanics: bytes in, answers and paper out.
///
/// It is strict: what a manual does not allow is recorded as a fault, with its place in the
/// stream, and printing goes on behind it. While paper is out, the cover open, the printer
/// offline or the cutter jammed, commands wait in the buffer and only real-time ones are answered.
public struct EmulatedPrinter: Sendable {
  public enum Paper: Sendable {
    case ok, nearEnd, out
  }

  public let model: EmulatedModel
  /// Finished tickets, oldest first; the newest `tickets_max` of them.
  public private(set) var tickets: [PrintedTicket] = []
  /// All tickets that ever were finished.
  public private(set) var ticketCount = 0
  /// What hangs out of the printer now, not cut yet.
  public internal(set) var current = PrintedTicket()
  /// The first `faults_max` of them.
  public private(set) var faults: [CommandFault] = []
  /// All faults that ever were.
  public private(set) var faultCount = 0

  public static let tickets_max = 256
  /// Pieces of paper without a cut are ended here.
  public static let items_max = 4096
  public static let faults_max = 256
  public static let answers_bytes_max = 4096

  public private(set) var paper = Paper.ok
  public private(set) var isCoverOpen = false
  public private(set) var isOffline = false
  public private(set) var isCutterJammed = false
  /// So many lines still print before the paper is out; nil for a roll without end.
  public var linesUntilPaperOut: Int?

  /// Pulses at the drawer socket, and sounds, that ever were.
  public internal(set) var drawerPulses = 0
  public internal(set) var bells = 0
  /// A ticket stands in the presenter.
  public internal(set) var isTicketOut = false
  /// What FS P said last: seconds until it ends by itself, and how.
  public internal(set) var presentedFor_s: Int?
  public internal(set) var endsByRetracting = false
  /// Tickets that nobody took, ever.
  public private(set) var retracted = 0
  public private(set) var ejected = 0
  /// Download memory of the smallest models that have it.
  public static let pictures_bytes_max = 65_536

  var settings = PrintSettings()
  /// Pictures left in the printer; gone with its power.
  var pictures: [PictureKey: PrintedRaster] = [:]
  var tables: [CodePage: CodePageTable] = [:]
  private var answers: [UInt8] = []
  private var buffer: [UInt8] = []
  private var head = 0
  /// Bytes that came in before the one at `head` and were taken.
  private(set) var offset = 0
  private var scanner = RealTimeScanner()
  /// Bits of GS a; 0 for off.
  var automaticMask: UInt8 = 0
  private var lastAutomatic: [UInt8] = []

  public init(_ model: EmulatedModel = .tmT88V) { self.model = model }

  /// Nothing is printed now, whatever comes.
  public var isStopped: Bool {
    paper == .out || isCoverOpen || isOffline || isCutterJammed
  }

  /// Bytes that came and wait to be executed.
  public var buffered_bytes: Int { buffer.count - head }

  /// Whether more bytes can be taken; a USB device would refuse the transfer otherwise.
  public var hasRoom: Bool { !isStopped || buffered_bytes < model.buffer_bytes_max }

  /// Takes bytes from the line; any split of a stream gives the same paper and answers.
  public mutating func receive(_ bytes: some Sequence<UInt8>) {
    for byte in bytes {
      if !hasRoom {
        fault(.bufferOverflow, [byte])
      } else {
        buffer.append(byte)
      }
      if let command = scanner.take(byte) { obey(command) }
      run()
    }
  }

  /// Bytes that the printer has to say since the last call.
  public mutating func takeAnswers() -> [UInt8] {
    defer { answers.removeAll(keepingCapacity: true) }
    return answers
  }

  /// Finished tickets since the last call.
  public mutating func takeTickets() -> [PrintedTicket] {
    defer { tickets.removeAll() }
    return tickets
  }

  mutating func answer(_ bytes: [UInt8]) {
    if answers.count + bytes.count <= Self.answers_bytes_max { answers.append(contentsOf: bytes) }
  }

  mutating func fault(_ kind: CommandFault.Kind, _ bytes: some Sequence<UInt8>) {
    faultCount += 1
    guard faults.count < Self.faults_max else { return }
    faults.append(CommandFault(kind: kind, offset: offset, bytes: Array(bytes.prefix(8))))
  }

  // MARK: Hands on the printer

  public mutating func setPaper(_ paper: Paper) {
    self.paper = paper
    linesUntilPaperOut = nil
    conditionsChanged()
  }

  public mutating func setCover(open: Bool) {
    isCoverOpen = open
    conditionsChanged()
  }

  public mutating func setOffline(_ offline: Bool) {
    isOffline = offline
    conditionsChanged()
  }

  public mutating func setCutterJammed(_ jammed: Bool) {
    isCutterJammed = jammed
    conditionsChanged()
  }

  /// SOFT_RESET of the USB printer class: buffers and half commands are gone, the paper stays
  /// [USB printer class 1.1, 4.2.3].
  public mutating func softReset() {
    clearBuffers()
    settings = PrintSettings()
    scanner = RealTimeScanner()
    if !current.isBlank {
      current.isTorn = true
      finishTicket(cut: nil)
    }
    current = PrintedTicket()
  }

  /// The plug is pulled and put back: buffer and settings are gone, what was printed of the
  /// current ticket stays on the paper, torn off.
  public mutating func powerCycle() {
    if !current.isBlank {
      current.isTorn = true
      finishTicket(cut: nil)
    }
    current = PrintedTicket()
    clearBuffers()
    settings = PrintSettings()
    pictures = [:]
    answers.removeAll()
    scanner = RealTimeScanner()
    automaticMask = 0
    lastAutomatic = []
  }

  mutating func append(_ item: PrintedItem) {
    if current.items.count >= Self.items_max { finishTicket(cut: nil) }
    current.items.append(item)
  }

  /// The customer takes the ticket that is held out.
  public mutating func takePresented() { isTicketOut = false }

  /// Nobody took it.
  public mutating func endPresenting(isRetracted: Bool) {
    guard isTicketOut else { return }
    isTicketOut = false
    if isRetracted { retracted += 1 } else { ejected += 1 }
  }

  mutating func finishTicket(cut: PrintedCut?) {
    if isTicketOut, cut != nil { fault(.overPresented, []) }
    current.cut = cut
    tickets.append(current)
    ticketCount += 1
    if tickets.count > Self.tickets_max { tickets.removeFirst() }
    current = PrintedTicket()
  }

  // MARK: Commands

  /// Executes what is complete, until something stops the printer.
  private mutating func run() {
    while !isStopped, head < buffer.count {
      switch CommandReader(buffer[head...], isDoubleByte: settings.isDoubleByte).read() {
      case .incomplete: return
      case .command(let command, let length):
        let bytes = buffer[head..<head + length]
        perform(command, bytes)
        consume(length)
      case .fault(let kind, let length):
        fault(kind, buffer[head..<head + length])
        consume(length)
      }
    }
  }

  private mutating func consume(_ count: Int) {
    head += count
    offset += count
    // Seldom, so that a byte costs no move of all that wait behind it.
    if head == buffer.count || head >= 4096 {
      buffer.removeFirst(head)
      head = 0
    }
  }

  private mutating func clearBuffers() {
    offset += buffered_bytes
    buffer.removeAll()
    head = 0
    settings.line = PrintedLine()
  }

  private mutating func obey(_ command: RealTimeScanner.Command) {
    switch command {
    case .status(20): if model.hasPresenter { answer(fullStatus) }
    case .status(let query): answer([realTimeStatus(query)])
    case .clear:
      guard model.clearsInAnyState else { return }
      clearBuffers()
      isCutterJammed = false
      answer([0x37, 0x25, 0x00])
      conditionsChanged()
    case .recover(let clearing):
      // Ignored unless something went wrong that only this mends: not at paper end, nor under an
      // open cover [Epson ESC/POS Application Programming Guide, DLE ENQ; TM-T20III reference].
      guard isCutterJammed else { return }
      if clearing { clearBuffers() }
      isCutterJammed = false
      conditionsChanged()
    }
  }

  // MARK: Status

  /// DLE EOT 1 to 4 [Bixolon SRP-350 manual p. 8].
  private func realTimeStatus(_ query: UInt8) -> UInt8 {
    var status: UInt8 = 0x12
    switch query {
    case 1: if isStopped { status |= 0x08 }
    case 2:
      if isCoverOpen { status |= 0x04 }
      if paper == .out { status |= 0x20 }
      if isCutterJammed { status |= 0x40 }
    case 3: if isCutterJammed { status |= 0x08 }
    default: status |= paper == .ok ? 0 : paper == .nearEnd ? 0x0C : 0x60
    }
    return status
  }

  /// DLE EOT 20 [Custom KPM210/216 user manual].
  private var fullStatus: [UInt8] {
    var status: [UInt8] = [0x10, 0x0F, 0, 0, 0, 0]
    status[2] |= paper == .ok ? 0 : paper == .nearEnd ? 0x04 : 0x05
    if isTicketOut { status[2] |= 0x20 }
    if isCoverOpen { status[3] |= 0x02 }
    if isCutterJammed { status[5] |= 0x01 }
    return status
  }

  /// The packet of GS a [Samsung STP-103 p. 44; TM-U220A].
  private var automaticStatus: [UInt8] {
    var status: [UInt8] = [0x10, 0, 0, 0]
    if isStopped { status[0] |= 0x08 }
    if isCoverOpen { status[0] |= 0x20 }
    if isCutterJammed { status[1] |= 0x08 }
    status[2] |= paper == .ok ? 0 : paper == .nearEnd ? 0x03 : 0x0F
    return status
  }

  /// The byte for GET_PORT_STATUS of the USB printer class: 08 not-error, 10 selected, 20 paper
  /// empty [Linux usblp].
  public var portStatus: UInt8 {
    var status: UInt8 = isOffline ? 0x08 : 0x18
    if paper == .out { status |= 0x20 }
    if paper == .out || isCoverOpen || isCutterJammed { status &= ~0x08 }
    return status
  }

  /// ESC v and GS r 1.
  var paperSensorStatus: UInt8 { paper == .ok ? 0 : paper == .nearEnd ? 0x03 : 0x0F }

  mutating func enableAutomaticStatus(_ mask: UInt8) {
    automaticMask = mask
    lastAutomatic = automaticStatus
    if mask != 0 { answer(lastAutomatic) }
  }

  /// Tells what changed if anyone wants to know, and goes on if nothing stops it any more.
  private mutating func conditionsChanged() {
    let now = automaticStatus
    if automaticMask != 0 && now != lastAutomatic { answer(now) }
    lastAutomatic = now
    run()
  }

  /// A line went out; the roll may have ended with it.
  mutating func countLine() {
    guard let left = linesUntilPaperOut else { return }
    linesUntilPaperOut = max(left - 1, 0)
    if left <= 1 {
      paper = .out
      linesUntilPaperOut = nil
      let now = automaticStatus
      if automaticMask != 0 { answer(now) }
      lastAutomatic = now
    }
  }
}
