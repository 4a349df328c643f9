import Branch
import Glibc
import LinuxIO
import PrinterEmulator
import SignProtocols
import TerminalInput
import Testing

/// Something on the other end of a wire, looked after while a test waits.
protocol RunDevice: AnyObject {
  func pump()
  /// What to wait on for bytes; nil when there is nothing.
  var descriptor: CInt? { get }
}

/// The device's end of a pseudo terminal. Nobody here holds the other end open, so that the daemon
/// finds the port free, as a real one would be.
final class RunLine {
  let terminal: PseudoTerminal
  /// What the daemon opens.
  let path: String
  /// Nobody has the other end open.
  private(set) var isAlone = true

  init() throws {
    terminal = try PseudoTerminal()
    path = terminal.slavePath
  }

  func read() -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let got = buffer.withUnsafeMutableBytes { SystemCall.read(terminal.master.raw, into: $0) }
      switch got {
      case .bytes(let count): all += buffer[..<count]
      case .wouldBlock:
        isAlone = false
        return all
      case .end, .failed:
        isAlone = true
        return all
      }
    }
  }

  /// Writes what fits; a device does not wait for its host either.
  func write(_ bytes: [UInt8]) {
    guard !isAlone, !bytes.isEmpty else { return }
    _ = bytes.withUnsafeBytes { SystemCall.write(terminal.master.raw, $0) }
  }
}

/// A ticket printer on a pseudo terminal, strict about what it is sent.
///
/// Faults that it can show: no paper, silence, answers that mean nothing without end, answers that
/// contradict each other.
final class RunPrinter: RunDevice {
  enum Temper {
    case honest
    case mute
    /// Sends nonsense as fast as it is read, and its honest answers in between.
    case floods(RunRandom)
    /// Answers each question with a byte that a status byte can never be.
    case lies
  }

  let line: RunLine
  var path: String { line.path }
  private(set) var emulator: EmulatedPrinter
  private(set) var tickets: [PrintedTicket] = []
  private(set) var bytes: [UInt8] = []
  var temper: Temper

  init(_ model: EmulatedModel = .tmT88V, temper: Temper = .honest) throws {
    line = try RunLine()
    emulator = EmulatedPrinter(model)
    self.temper = temper
  }

  var descriptor: CInt? { line.isAlone ? nil : line.terminal.master.raw }
  /// The large numbers on all paper that came out so far, also on what still hangs from the roll.
  var numbers: [String] { (tickets + [emulator.current]).flatMap(\.largeTexts) }

  func setPaper(_ paper: EmulatedPrinter.Paper) {
    emulator.setPaper(paper)
    pump()
  }

  func pump() {
    if emulator.hasRoom {
      let received = line.read()
      bytes += received
      emulator.receive(received)
    }
    tickets += emulator.takeTickets()
    let answers = emulator.takeAnswers()
    switch temper {
    case .honest: line.write(answers)
    case .mute: break
    case .floods(var random):
      // Never 0x10 to 0x1F with bit 1 and 4: those would be honest status bytes by chance.
      line.write(random.bytes(512).map { $0 | 0x80 })
      line.write(answers)
      temper = .floods(random)
    case .lies: line.write(answers.map { _ in 0xFF })
    }
  }
}

/// An LED sign on a pseudo terminal.
///
/// Faults that it can show: noise without end.
final class RunSign: RunDevice {
  let line: RunLine
  private var decoder = AlphaDecoder()
  private(set) var texts: [String] = []
  private(set) var faults: [AlphaFault] = []
  /// What it says to a host that never asked.
  var noise: RunRandom?

  init() throws { line = try RunLine() }

  var path: String { line.path }
  var text: String? { texts.last }
  var descriptor: CInt? { line.isAlone ? nil : line.terminal.master.raw }

  func pump() {
    for event in decoder.feed(line.read()) {
      switch event {
      case .frame(let frame):
        if case .show(_, _, _, let text) = frame.command { texts.append(text) }
      case .fault(let fault): faults.append(fault)
      }
    }
    guard var random = noise else { return }
    line.write(random.bytes(256))
    noise = random
  }
}

/// Buttons: a FIFO that yields the records of the kernel's input events.
final class RunTerminal {
  let path: String
  private let pipe: Descriptor
  private var presses: Int64 = 0

  init(path: String) throws {
    self.path = path
    try SystemCall.check("mkfifo", mkfifo(path, 0o600))
    // For reading as well: then writing never fails for want of a reader.
    pipe = try SystemCall.open(path, O_RDWR | O_NONBLOCK)
  }

  /// false when the FIFO has no room.
  @discardableResult
  func press(_ code: UInt16) -> Bool {
    // A second apart by their stamps: however fast the test is, none is a bounce of another.
    presses += 1
    return write(inputEventBytes(code: code, at: InputTime(seconds: presses, microseconds: 0)))
  }

  @discardableResult
  func write(_ bytes: [UInt8]) -> Bool {
    bytes.withUnsafeBytes { SystemCall.write(pipe.raw, $0) } == .bytes(bytes.count)
  }

  /// Bytes that nobody has read yet.
  var unread_bytes: Int {
    var count: CInt = 0
    return ioctl(pipe.raw, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
  }

  /// Takes back what nobody has read.
  func drain() {
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while case .bytes = buffer.withUnsafeMutableBytes({ SystemCall.read(pipe.raw, into: $0) }) {}
  }
}

/// Key codes of the profiles that ship (linux/input-event-codes.h).
enum RunKey {
  static let button1: UInt16 = 2
  static let button2: UInt16 = 3
  static let next: UInt16 = 96
  static let recall: UInt16 = 79
  static let noShow: UInt16 = 80
  static let end: UInt16 = 82
  /// KEY_KP9.
  static let digit9: UInt16 = 73
  /// KEY_1 to KEY_5.
  static func smiley(_ rating: Int) -> UInt16 { UInt16(1 + rating) }
}

/// A file of records, as a capture of a device is.
struct Recording {
  let path: String

  init(_ path: String) { self.path = path }

  /// One press a second.
  func presses(_ codes: [UInt16]) throws {
    let file = try SystemCall.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
    var bytes: [UInt8] = []
    for (second, code) in codes.enumerated() {
      bytes += inputEventBytes(
        code: code, at: InputTime(seconds: Int64(second + 1), microseconds: 0))
    }
    try #require(bytes.withUnsafeBytes { SystemCall.write(file.raw, $0) } == .bytes(bytes.count))
  }
}
