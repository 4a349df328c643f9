/// One file of Tests/HardwareLab/Scenarios: what is done to the devices and programs, in order,
/// and what must be seen. LAB.md describes the verbs.
struct Scenario {
  var name: String
  /// One sentence for people.
  var about = ""
  /// The whole run from power-on may take so long.
  var limit_ms: Int64 = 180_000
  /// The programs' data stand on a disk whose requests are logged; afterwards every power cut is
  /// played (PowerCuts.swift).
  var hasLoggedDisk = false
  /// Which devices stand there.
  var branch = LabBranch.main
  var steps: [Step] = []
}

struct Step {
  let line: Int
  let text: String
  let action: Action
}

enum Action: Equatable {
  case hold(box: String, key: String)
  case press(box: String, key: String)
  case release(box: String)
  case plug(String)
  case unplug(String)
  /// While a box is away, something else takes its event number; or an adapter's ttyUSB number.
  case renumber(String)
  case paper(printer: String, out: Bool)
  /// The printer takes no byte, without a word; or takes them again.
  case stall(printer: String, Bool)
  case start(ProgramName)
  /// SIGKILL.
  case kill(ProgramName)
  /// SIGTERM, and waits for the end.
  case stop(ProgramName)
  case wait(ms: Int64)
  case trap(device: String, bytes: Int, TrapAction)
  case host(HostAction)
  /// A technician's command of kioskd, which has to end with this code.
  case tool(exit: Int, [String])
  case terminal(TerminalAction)
  case expect(Expectation)
}

/// What is done to boxes and scanners beyond a key, and to the program that reads them.
enum TerminalAction: Equatable {
  /// The host gives a device up and takes it again, without a hand at its plug.
  case rebind(String)
  /// Two boxes, both unplugged, change their ports.
  case swap(String, String)
  /// A code and Enter, as fast as the host takes the keys.
  case scan(Scanning)
  /// So many codes, `PREFIX0001` and on, evenly over a time.
  case scanMany(scanner: String, prefix: String, count: Int, span_ms: Int64)
  /// Keys of a code without its end.
  case scanHalf(Scanning)
  /// A booking system tells the hub who is to come.
  case book(code: String, service: String)
  /// SIGSTOP; or SIGCONT.
  case freeze(ProgramName, Bool)
  /// Counts the files that the program holds open, for `same-files`.
  case countFiles(ProgramName)
}

struct Scanning: Equatable {
  var scanner: String
  var code: String
  /// Another layout than the scanner's own; nil: its own.
  var layout: ScannerLayout?
  /// Digits come from the keypad.
  var isByKeypad = false
}

/// What an ear tells apart.
enum Pitch: String, CaseIterable { case high, low }

enum ProgramName: String, CaseIterable {
  case hub
  case kioskd
}

enum TrapAction: Equatable {
  case pull
  case paperOut
  /// It takes no more, without a word.
  case stall
  case kill(ProgramName)
}

/// What the self-test does on the host side of the cables, where otherwise kioskd stands.
enum HostAction: Equatable {
  case listen(box: String)
  case print(printer: String, text: String)
  case show(sign: String, text: String)
  case light(box: String, Lamp)
}

struct Expectation: Equatable {
  enum Patience: Equatable {
    /// Becomes true before the time is over.
    case within(ms: Int64)
    /// Is true now and stays so.
    case throughout(ms: Int64)
  }

  var patience: Patience
  var condition: Condition
}

enum Condition: Equatable {
  case facts(kind: String, Comparison, fields: [Field])
  case sign(String, shows: String)
  /// The cable was last pulled in the middle of a frame.
  case torn(sign: String)
  /// The sign's adapter was told so since it was plugged in: `9600 7E1`.
  case line(sign: String, String)
  case printed(printer: String, Comparison)
  case ticket(String, Comparison)
  case bytes(device: String, Comparison)
  /// No (node, epoch, seq) twice and no ticket number issued twice.
  case eachOnce
  /// The numbers of each node's facts run from 1 without a gap.
  case noGaps
  /// Paper and facts tell the same: LAB.md, "expect paper-agrees".
  case paperAgrees
  /// Printer and sign understood every byte.
  case noFaults
  case running(ProgramName)
  case ended(ProgramName, String)
  /// The program has the device's node open.
  case holds(ProgramName, device: String)
  case idle(ProgramName, window_ms: Int64, cpu_ms_max: Int64)
  case log(ProgramName, contains: String)
  /// The last tool said it.
  case toolSaid(String)
  case plugged(String, Bool)
  /// The armed trap has sprung.
  case sprung
  case heard(box: String, key: String, down: Bool)
  /// The box's lamp was lit since its last key press.
  case lamp(box: String, Lamp)
  /// The box sounded so since its last key press, and is silent again.
  case beep(box: String, Pitch)
  /// A program has taken the box for itself alone.
  case grabbed(box: String, Bool)
  /// The lamp is lit now.
  case lit(box: String, Lamp, Bool)
  /// The hub heard each code that the scanner typed, once and in order.
  case codesInOrder(scanner: String)
  /// The program holds as many files open as when they were counted.
  case sameFiles(ProgramName)
}

struct Field: Equatable {
  let key: String
  let value: String
}

/// `3`, `>=3`, `<=3`.
struct Comparison: Equatable {
  enum Relation: String { case exactly = "", atLeast = ">=", atMost = "<=" }
  let relation: Relation
  let number: Int

  func holds(for value: Int) -> Bool {
    switch relation {
    case .exactly: value == number
    case .atLeast: value >= number
    case .atMost: value <= number
    }
  }
}

extension Comparison: CustomStringConvertible {
  var description: String { relation.rawValue + String(number) }
}
