import Branch
import CommandLineKit
public import DeviceProfiles
public import EvdevTerminal
public import LinuxIO
import TerminalInput

/// A device that may be taught: one box, whatever number of event nodes it has.
public struct TaughtBox: Sendable {
  public let path: String
  public let name: String
  public let vendor: String?
  public let usb: USBModel?
  public let leds: Set<UInt16>
  public let sounds: Set<UInt16>
  public let selector: TerminalSelector
  /// As a configuration selects it.
  public let deviceText: String

  /// The device at a path, whatever that is.
  public init(path: String) {
    let all = InputNode.all()
    let node = all.first { $0.path == resolvedPath(path) }
    self.init(path: path, nodes: node.map { [$0] } ?? [], among: all, selector: .path(path))
  }

  /// - Parameter all: whatever is plugged in.
  private init(
    path: String, nodes: [InputNode], among all: [InputNode], selector: TerminalSelector
  ) {
    let usb = nodes.first?.usb
    self.path = path
    self.selector = selector
    let own = nodes.first?.name ?? ""
    name = String((own.isEmpty ? SmallFile.lastPart(path) : own).prefix(80))
    vendor = usb?.manufacturer.map { String($0.prefix(80)) }
    self.usb = usb.flatMap { USBModel("\($0.vendorID):\($0.productID)") }
    leds = nodes.reduce(into: []) { $0.formUnion($1.leds) }
    sounds = nodes.reduce(into: []) { $0.formUnion($1.sounds) }
    deviceText = Self.deviceText(path, usb, among: all)
  }

  /// What a configuration takes: boxes of one serial number differ by their ports, event nodes are
  /// counted anew, and a path is absolute.
  private static func deviceText(
    _ path: String, _ usb: USBIdentity?, among all: [InputNode]
  ) -> String {
    func text(_ key: String, _ value: String) -> String {
      "{\"\(key)\": \(OutputJSON.quoted(value))}"
    }
    if let usb {
      let ports = Set(all.compactMap(\.usb).filter { $0.serial == usb.serial }.map(\.port))
      guard let serial = usb.serial, ports.count < 2 else { return text("port", usb.port) }
      return text("serial", serial)
    }
    guard let resolved = resolvedPath(path) else { return text("path", path) }
    let isNode = path.hasPrefix("/dev/input/event") || !path.hasPrefix("/")
    let alias = isNode ? NodeAliases.read()[resolved]?.min() : path
    return text("path", alias ?? resolved)
  }

  /// All that have keys, in the order of their nodes.
  public static func all(_ roots: InputRoots = InputRoots()) -> [TaughtBox] {
    var groups: [(key: String, nodes: [InputNode])] = []
    let all = InputNode.all(roots)
    for node in all where !node.keys.isEmpty {
      let key = node.usb?.port ?? node.path
      if let place = groups.firstIndex(where: { $0.key == key }) {
        groups[place].nodes.append(node)
      } else {
        groups.append((key, [node]))
      }
    }
    return groups.map { group in
      let first = group.nodes[0]
      return TaughtBox(
        path: first.path, nodes: group.nodes, among: all,
        selector: first.usb.map { .port($0.port) } ?? .path(first.path))
    }
  }
}

/// Asks which box is meant, by its number; what is pressed on one of them is told with the number.
public final class BoxChoice {
  public enum Event {
    case said(String)
    case asked(String)
    /// One was chosen, or nobody wants to.
    case ended
  }

  public private(set) var chosen: TaughtBox?
  private let loop: EventLoop
  private let boxes: [TaughtBox]
  private let onEvent: (Event) -> Void
  private var terminals: [EvdevTerminal] = []
  private var lines: LineInput?
  private var told: Int?

  /// - Parameter boxes: 1 or more.
  public init(loop: EventLoop, boxes: [TaughtBox], onEvent: @escaping (Event) -> Void) {
    self.loop = loop
    self.boxes = boxes
    self.onEvent = onEvent
  }

  public func start() {
    for (index, box) in boxes.enumerated() {
      let usb = box.usb.map { "  \($0)" } ?? ""
      onEvent(.said("\(index + 1)  \(box.name)\(usb)  \(box.path)"))
      let terminal = EvdevTerminal(
        loop: loop, selector: box.selector,
        rules: TerminalRules(debounce: TerminalProfile.debounce_standard), grabs: false
      ) { [unowned self] event in
        if case .pressed = event { pressed(index + 1) }
        if case .lost(let problem) = event { onEvent(.said("\(index + 1)  \(problem)")) }
      }
      terminals.append(terminal)
      terminal.start()
    }
    let lines = LineInput(loop: loop) { [unowned self] in take($0) }
    self.lines = lines
    lines.start()
    ask()
  }

  public func close() {
    for terminal in terminals { terminal.close() }
    terminals = []
    lines?.close()
    lines = nil
  }

  private func ask() { onEvent(.asked("Which one? Its number, or press it to see that: ")) }

  private func pressed(_ number: Int) {
    guard told != number else { return }
    told = number
    onEvent(.said(""))
    onEvent(.said("That was number \(number)."))
    ask()
  }

  private func take(_ line: String?) {
    guard let line else { return onEvent(.ended) }
    guard let number = Int(line.filter { $0 != " " }), boxes.indices.contains(number - 1) else {
      onEvent(.said("There is no number \(CheckLine.printable(line)); ctrl-C ends."))
      return ask()
    }
    chosen = boxes[number - 1]
    onEvent(.ended)
  }
}
