import Branch
import SignProtocols
import SignTraffic

/// A line driven by hand: its clock stands still until the test moves it, and the kernel takes
/// frames when the test says so.
struct Wire {
  var traffic: LineTraffic
  var now = MonotonicTime(ms: 1_000)
  /// Frames in the order in which they were written, each with its time.
  private(set) var written: [(bytes: [UInt8], at: MonotonicTime)] = []
  private(set) var told: [LineAction] = []

  /// - Parameter opens: the line takes bytes from the start.
  init(
    _ boards: [SignBoard], hearsItself: Bool = false, patience: LinePatience = LinePatience(),
    opens: Bool = true
  ) throws {
    traffic = LineTraffic(
      settings: try SerialSettings(), hearsItself: hearsItself, boards: boards, patience: patience)
    if opens { traffic.opened() }
  }

  var frames: [[UInt8]] { written.map(\.bytes) }
  var last: [UInt8]? { written.last?.bytes }

  mutating func show(_ text: String, on id: SignID) { show(SignPicture([text]), on: id) }

  mutating func show(_ picture: SignPicture, on id: SignID) {
    take(traffic.shown(picture, on: id, now: now))
  }

  mutating func drain() { take(traffic.drained(now: now)) }

  mutating func hear(_ bytes: [UInt8]) { take(traffic.received(bytes, now: now)) }

  /// Moves the clock to the deadline, and lets it pass.
  mutating func wait() {
    guard let deadline = traffic.deadline else { return }
    now = max(now, deadline)
    take(traffic.timePassed(now: now))
  }

  mutating func pass(_ span: Span) {
    let end = now + span
    while let deadline = traffic.deadline, deadline <= end { wait() }
    now = end
  }

  /// Drains, and waits through silences, until nothing is written any more. Boards in `answers`
  /// give theirs to each frame; the others are silent.
  mutating func run(
    for limit: Span = .seconds(600), answers: (([UInt8]) -> [UInt8])? = nil
  ) {
    let end = now + limit
    var (count, heard) = (-1, max(0, written.count - 1))
    while count != written.count || traffic.deadline.map({ $0 <= end }) == true {
      count = written.count
      drain()
      // Each frame is heard once.
      if let frame = last, heard < written.count {
        heard = written.count
        if let answer = answers?(frame), !answer.isEmpty { hear(answer) }
      }
      if let deadline = traffic.deadline, deadline <= end { wait() }
    }
  }

  private mutating func take(_ actions: [LineAction]) {
    for action in actions {
      if case .write(let bytes) = action {
        written.append((bytes, now))
      } else {
        told.append(action)
      }
    }
  }

  /// What was told of boards, in order.
  var problems: [String] { health.map(\.code) }
  var causes: [String] { health.map(\.cause) }

  private var health: [Problem] {
    told.compactMap { if case .health(_, let problem?) = $0 { problem } else { nil } }
  }

  /// What was told of the line itself; "" is: as it is set up again.
  var settings: [String] {
    told.compactMap { if case .setting(let problem) = $0 { problem?.code ?? "" } else { nil } }
  }

  /// How pictures came to their end.
  var outcomes: [SignOutcome] {
    told.compactMap { if case .ended(_, let outcome) = $0 { outcome } else { nil } }
  }

  var noise: Int {
    told.reduce(0) { if case .noise(let bytes) = $1 { $0 + bytes } else { $0 } }
  }

  var echoed: Int {
    told.reduce(0) { if case .echoed(let bytes) = $1 { $0 + bytes } else { $0 } }
  }

  mutating func forget() {
    written = []
    told = []
  }
}

/// Boards that tests hang on a line.
enum Boards {
  static let one = SignID("one")!
  static let two = SignID("two")!
  static let three = SignID("three")!

  /// `01 address text 07`, as QSystem's boards, which say nothing.
  static func mute(_ id: SignID, _ address: UInt8, gap: Int64 = 0, beep: Bool = false) throws
    -> SignBoard
  {
    let frame = try FrameDescription(
      head: [1, address], text: FrameText(places_max: 8, isPadded: false), tail: [7],
      address: FrameAddress(format: AddressFormat(form: .byte, digits: 1), place: .head(1)),
      conversation: FrameConversation(beep: beep ? FrameWord([2, address], addressIndex: 1) : nil))
    return SignBoard(id: id, signProtocol: .frame(frame), gap: Span(ms: gap))
  }

  /// Four digits at once, which a broadcast 0D makes all boards show.
  static func latched(_ id: SignID, _ address: UInt8) throws -> SignBoard {
    let frame = try FrameDescription(
      head: [address], text: FrameText(places_max: 4), tail: [],
      address: FrameAddress(format: AddressFormat(form: .byte, digits: 1), place: .head(0)),
      conversation: FrameConversation(latch: FrameWord([0x0D])))
    return SignBoard(id: id, signProtocol: .frame(frame), gap: Span(ms: 5))
  }

  /// A number in register 7, written and read back.
  static func modbus(_ id: SignID, _ unit: UInt8, readsBack: Bool = true) -> SignBoard {
    let settings = ModbusSettings(
      unit: unit, text: .number(register: 7, max: 9_999), readsBack: readsBack)
    return SignBoard(id: id, signProtocol: .modbus(settings), gap: Span(ms: 0))
  }

  static func shown(_ board: SignBoard, _ text: String) throws -> [[UInt8]] {
    board.signProtocol.frames(for: SignPicture([text]), on: try SerialSettings()).map(\.bytes)
  }
}
