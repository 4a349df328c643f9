import CodePages

/// A Star printer without the mechanics: bytes in, status packets and paper out.
///
/// It is strict: what a manual does not allow is recorded as a fault, with its place in the stream,
/// and printing goes on behind it. While paper is out, the cover open, the printer offline or the
/// cutter jammed, commands wait in the buffer and only ESC ACK SOH is answered.
public struct EmulatedStarPrinter: Sendable {
  public let model: EmulatedStarModel
  /// Finished tickets, oldest first; the newest `EmulatedPrinter.tickets_max` of them.
  public private(set) var tickets: [PrintedTicket] = []
  /// What hangs out of the printer now, not cut yet.
  public internal(set) var current = PrintedTicket()
  /// The first `EmulatedPrinter.faults_max` of them.
  public private(set) var faults: [CommandFault] = []

  public private(set) var paper = EmulatedPrinter.Paper.ok
  public private(set) var isCoverOpen = false
  public private(set) var isOffline = false
  public private(set) var isCutterJammed = false
  /// So many lines still print before the paper is out; nil for a roll without end.
  public var linesUntilPaperOut: Int?
  /// Pulses at the two external devices that ever were.
  public internal(set) var pulses = [0, 0]

  var settings = StarSettings()
  var tables: [CodePage: CodePageTable] = [:]
  /// Of ETBs, modulo 32; kept until the power goes.
  var counter = 0
  /// Of ESC GS ETX 1, modulo 256.
  var printEnds: UInt8 = 0
  var isAutomatic = false
  private var lastPacket: [UInt8] = []
  private var answers: [UInt8] = []
  private var buffer: [UInt8] = []
  private var head = 0
  private var offset = 0
  private var before: (UInt8, UInt8) = (0, 0)

  public init(_ model: EmulatedStarModel) { self.model = model }

  /// Nothing is printed now, whatever comes.
  public var isStopped: Bool {
    paper == .out || isCoverOpen || isOffline || isCutterJammed
  }

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
      if before == (0x1B, 0x06), byte == 0x01 { answer(packet(isMark: false)) }
      before = (before.1, byte)
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
    if answers.count + bytes.count <= EmulatedPrinter.answers_bytes_max { answers += bytes }
  }

  mutating func fault(_ kind: CommandFault.Kind, _ bytes: some Sequence<UInt8>) {
    guard faults.count < EmulatedPrinter.faults_max else { return }
    faults.append(CommandFault(kind: kind, offset: offset, bytes: Array(bytes.prefix(8))))
  }

  // MARK: Hands on the printer

  public mutating func setPaper(_ paper: EmulatedPrinter.Paper) {
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

  /// The plug is pulled and put back: buffer, counters and settings are gone, what was printed of
  /// the current ticket stays on the paper, torn off.
  public mutating func powerCycle() {
    if !current.isBlank {
      current.isTorn = true
      finishTicket(cut: nil)
    }
    var fresh = EmulatedStarPrinter(model)
    fresh.tickets = tickets
    fresh.faults = faults
    fresh.offset = offset + buffered_bytes
    fresh.pulses = pulses
    (fresh.paper, fresh.isCoverOpen) = (paper, isCoverOpen)
    (fresh.isOffline, fresh.isCutterJammed) = (isOffline, isCutterJammed)
    fresh.linesUntilPaperOut = linesUntilPaperOut
    self = fresh
  }

  mutating func append(_ item: PrintedItem) {
    if current.items.count >= EmulatedPrinter.items_max { finishTicket(cut: nil) }
    current.items.append(item)
  }

  mutating func finishTicket(cut: PrintedCut?) {
    current.cut = cut
    tickets.append(current)
    if tickets.count > EmulatedPrinter.tickets_max { tickets.removeFirst() }
    current = PrintedTicket()
  }

  // MARK: Commands

  /// Executes what is complete, until something stops the printer.
  private mutating func run() {
    while !isStopped, head < buffer.count {
      let reader = StarCommandReader(
        buffer[head...], model.language, isRaster: settings.raster != nil,
        isShiftJIS: settings.isShiftJIS)
      switch reader.read() {
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

  // MARK: Status

  /// The byte for GET_PORT_STATUS of the USB printer class: 08 not-error, 10 selected, 20 paper
  /// empty [Linux usblp].
  public var portStatus: UInt8 {
    var status: UInt8 = isOffline ? 0x08 : 0x18
    if paper == .out { status |= 0x20 }
    if paper == .out || isCoverOpen || isCutterJammed { status &= ~0x08 }
    return status
  }

  /// The packet ["STAR Line Mode Command Specifications" Rev. 1.12, 5.2.3]. Near end is bit 2, the
  /// inner sensor.
  func packet(isMark: Bool) -> [UInt8] {
    var packet = [UInt8](repeating: 0, count: max(model.packet_bytes, 8))
    packet[0] = 0x01 | Self.spread(model.packet_bytes)
    packet[1] = model.isPacketExtended ? 0x86 : 0x06
    if isStopped { packet[2] |= 0x08 }
    if isCoverOpen { packet[2] |= 0x20 }
    if isMark { packet[2] |= 0x02 }
    if isCutterJammed { packet[3] |= 0x08 }
    packet[5] = paper == .ok ? 0 : paper == .nearEnd ? 0x04 : 0x0C
    packet[7] = Self.spread(counter)
    return packet.prefix(model.packet_bytes) + (model.isPacketExtended ? [0, 0] : [])
  }

  /// Five bits to bits 1, 2, 3, 5 and 6.
  private static func spread(_ number: Int) -> UInt8 {
    UInt8(number & 0x07) << 1 | UInt8(number & 0x18) << 2
  }

  /// Tells what changed if anyone wants to know, and goes on if nothing stops it any more.
  mutating func conditionsChanged() {
    tellChange()
    run()
  }

  private mutating func tellChange() {
    let now = packet(isMark: false)
    if isAutomatic && now != lastPacket { answer(now) }
    lastPacket = now
  }

  mutating func enableAutomaticStatus(_ on: Bool) {
    isAutomatic = on
    lastPacket = packet(isMark: false)
  }

  /// ETB was reached: everything before it is on paper.
  mutating func countMark() {
    counter = (counter + 1) % 32
    if isAutomatic { answer(packet(isMark: true)) }
    lastPacket = packet(isMark: false)
  }

  /// A line went out; the roll may have ended with it.
  mutating func countLine() {
    guard let left = linesUntilPaperOut else { return }
    linesUntilPaperOut = max(left - 1, 0)
    if left <= 1 {
      paper = .out
      linesUntilPaperOut = nil
      tellChange()
    }
  }
}
