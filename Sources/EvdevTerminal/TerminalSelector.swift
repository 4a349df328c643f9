import Branch
import LinuxIO

/// Which device is meant. Never by /dev/input/eventN, which changes with every replug, and never
/// by vendor and product alone, which two scanners of one kind share.
public enum TerminalSelector: Hashable, Sendable, CustomStringConvertible {
  /// A path: an event node, or a FIFO, pty or file that yields records.
  case path(String)
  /// A name in /dev/input/by-id.
  case byID(String)
  /// The USB serial number, or the number that the device itself gives (EVIOCGUNIQ).
  case serial(String)
  /// The USB port that it is plugged in, `1-2.4`, or the kernel's `usb-0000:00:14.0-2`.
  case port(String)

  public var description: String {
    switch self {
    case .path(let path): path
    case .byID(let name): "by-id \(name)"
    case .serial(let serial): "serial \(serial)"
    case .port(let port): "USB port \(port)"
    }
  }

  func matches(_ node: InputNode) -> Bool {
    switch self {
    case .path, .byID: false
    case .serial(let serial): node.usb?.serial == serial || node.unique == serial
    case .port(let port):
      node.usb?.port == port || node.physical == port || node.physical.hasPrefix(port + "/")
    }
  }
}

/// The nodes to open, or why there are none.
enum NodeChoice {
  case nodes([InputNode])
  case none(Problem)

  /// All nodes of the device that carry a wanted key; any key when none is wanted.
  static func choose(
    _ selector: TerminalSelector, wanted: Set<UInt16>, among all: [InputNode]
  ) -> NodeChoice {
    let matching = all.filter(selector.matches)
    if matching.isEmpty { return .none(absent(selector, all)) }
    let devices = Set(matching.map(\.physicalDevice))
    if devices.count > 1 { return .none(ambiguous(selector, devices)) }
    let useful = matching.filter {
      wanted.isEmpty ? !$0.keys.isEmpty : !wanted.isDisjoint(with: $0.keys)
    }
    return useful.isEmpty ? .none(keyless(selector, matching)) : .nodes(useful)
  }

  private static func absent(_ selector: TerminalSelector, _ all: [InputNode]) -> Problem {
    let others = all.filter { !$0.keys.isEmpty }.prefix(4).map(\.description)
    let cause =
      others.isEmpty
      ? "no input device with keys is there" : "there is: " + others.joined(separator: "; ")
    return Problem(
      code: DeviceProblems.absent, what: "no terminal with \(selector)", cause: cause,
      cure: "Plug it in, or run `kioskd devices` and correct the configuration.")
  }

  /// Cheap devices of one kind share a serial number; as one terminal, the keys of two counters
  /// would call for one.
  private static func ambiguous(_ selector: TerminalSelector, _ devices: Set<String>) -> Problem {
    Problem(
      code: "device-ambiguous", what: "several devices have \(selector)",
      cause: "they are at " + devices.sorted().prefix(4).joined(separator: ", "),
      cure: "Select the terminal by its USB port.")
  }

  private static func keyless(_ selector: TerminalSelector, _ nodes: [InputNode]) -> Problem {
    Problem(
      code: "device-keyless", what: "the device with \(selector) has none of the wanted keys",
      cause: nodes.prefix(4).map(\.description).joined(separator: "; "),
      cure: "Check the selector and the terminal's profile; `kioskd keys` shows what it sends.")
  }
}
