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
  /// While a box is away, something else takes its event number.
  case renumber(box: String)
  case paper(printer: String, out: Bool)
  /// The printer takes no byte, without a word; or takes them again.
  case stall(printer: String, Bool)
  case start(ProgramName)
  /// SIGKILL.
  case kill(ProgramName)
  /// SIGTERM, and waits for the end.
  case stop(ProgramName)
  case wait(ms: Int64)
  case trap(printer: String, bytes: Int, TrapAction)
  case host(HostAction)
  /// A technician's command of kioskd, which has to end with this code.
  case tool(exit: Int, [String])
  case expect(Expectation)
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
