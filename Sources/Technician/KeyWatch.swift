public import Branch
import CLinux
public import Configuration
public import DeviceProfiles
public import EvdevTerminal
import Glibc
public import LinuxIO
import NodeRuntime
public import TerminalInput

/// Watches the presses of terminals without taking the devices from anybody.
public final class KeyWatch {
  /// One device to watch.
  public struct Target {
    /// Id of the terminal, or what the device calls itself.
    public let name: String
    public let selector: TerminalSelector
    /// Codes whose nodes are opened; empty: all with keys.
    public let wanted: Set<UInt16>
    /// What the keys are taken for.
    public let rules: TerminalRules
    public let meaning: (KeyStroke) -> KeyMeaning

    /// The same with each key by itself, for looking at what characters it gives.
    public var asKeys: Target {
      Target(
        name: name, selector: selector, wanted: wanted,
        rules: TerminalRules(debounce: rules.keys.debounce), meaning: meaning)
    }

    private init(
      name: String, selector: TerminalSelector, wanted: Set<UInt16>, rules: TerminalRules,
      meaning: @escaping (KeyStroke) -> KeyMeaning
    ) {
      self.name = name
      self.selector = selector
      self.wanted = wanted
      self.rules = rules
      self.meaning = meaning
    }

    /// A terminal of a configuration.
    public init(_ terminal: TerminalConfiguration) {
      name = terminal.id.text
      selector = TerminalSelector(terminal.device)
      // All nodes of the device: a key that the profile lacks is what one comes to look for.
      wanted = []
      rules = TerminalRules(terminal)
      let actions = terminal.strokeActions
      meaning = { stroke in
        KeyMeaning(
          key: terminal.profile.key(stroke: stroke)?.name.text,
          action: actions[stroke]?.description)
      }
    }

    /// Any device; its keys have names when one profile fits.
    public init(name: String, path: String, profile: TerminalProfile?) {
      self.name = name
      selector = .path(path)
      wanted = []
      rules =
        profile.map { TerminalRules($0) }
        ?? TerminalRules(debounce: TerminalProfile.debounce_standard)
      meaning = { stroke in
        let key = profile?.key(stroke: stroke)
        return KeyMeaning(key: key?.name.text, action: key?.action?.description)
      }
    }
  }

  public enum Event {
    case opened(String, identity: String)
    /// It is looked for again.
    case lost(String, Problem)
    /// No press of it can be seen.
    case unusable(String, Problem)
    case pressed(Target, KeyStroke)
    case scanned(Target, String)
    case note(String, String)
    /// What a hand did, beside what the rules make of it.
    case gesture(Target, HandGesture)
  }

  /// What belongs to one device while it is watched.
  private final class Watched {
    let device: EvdevTerminal
    var hand = HandWatch()
    var down: Set<UInt16> = []
    var timer: TimerID?

    init(_ device: EvdevTerminal) { self.device = device }
  }

  private let loop: EventLoop
  private let onEvent: (Event) -> Void
  private var watched: [Watched] = []

  public init(loop: EventLoop, onEvent: @escaping (Event) -> Void) {
    self.loop = loop
    self.onEvent = onEvent
  }

  /// Starts to watch; false when somebody else has the device for himself.
  public func watch(_ target: Target) -> Bool {
    for path in target.selector.nodePaths(wanted: target.wanted) {
      if let problem = Self.obstacle(path) {
        onEvent(.unusable(target.name, problem))
        return false
      }
    }
    let place = watched.count
    let device = EvdevTerminal(
      loop: loop, selector: target.selector, wanted: target.wanted, rules: target.rules,
      grabs: false, onRaw: { [unowned self] in take($0, target, place) }
    ) { [unowned self] event in
      switch event {
      case .opened(let identity, _): onEvent(.opened(target.name, identity: identity))
      case .lost(let problem): onEvent(.lost(target.name, problem))
      case .pressed(let press): onEvent(.pressed(target, press.stroke))
      case .burst(let stroke, let count):
        onEvent(.note(target.name, "key \(stroke) came \(count) times more, locked out"))
      case .scanned(let code): onEvent(.scanned(target, code))
      // A note has told it.
      case .unreadable: break
      case .note(let text): onEvent(.note(target.name, text))
      }
    }
    watched.append(Watched(device))
    device.start()
    return true
  }

  public func close() {
    for one in watched {
      if let timer = one.timer { loop.cancel(timer) }
      one.device.close()
    }
    watched = []
  }

  // MARK: Hands

  private func take(_ raw: RawInput, _ target: Target, _ place: Int) {
    let one = watched[place]
    switch raw {
    case .keysDown(let held):
      one.hand.forget()
      one.down = held
    case .event(let event):
      if event.type == EventType.key {
        if event.value == 0 { one.down.remove(event.code) } else { one.down.insert(event.code) }
      }
      if let gesture = one.hand.feed(event, at: Clock.monotonic()) {
        onEvent(.gesture(target, gesture))
      }
    }
    awaitHand(target, one)
  }

  private func awaitHand(_ target: Target, _ one: Watched) {
    if let timer = one.timer { loop.cancel(timer) }
    one.timer = one.hand.deadline.map { at in
      loop.schedule(at: at) { [unowned self] in
        one.timer = nil
        if let gesture = one.hand.timePassed(Clock.monotonic()) {
          onEvent(.gesture(target, gesture))
        }
        awaitHand(target, one)
      }
    }
  }

  /// What a key gives on a keyboard now, with what is held on any of the devices: `A`, `dead ^`.
  public func character(of code: UInt16, _ layout: KeyboardLayout) -> String? {
    let down = watched.reduce(into: Set<UInt16>()) { $0.formUnion($1.down) }
    return layout.character(of: code, held: down)
  }

  /// Why no press would come here.
  static func obstacle(_ path: String) -> Problem? {
    if isGrabbed(path) {
      return held(
        path, "it has grabbed the device, so that presses reach nobody else",
        DeviceHolder.others(of: path).map(\.description))
    }
    if PathKind(path) == .file { return hasRecords(path) ? nil : noRecords(path) }
    guard !path.hasPrefix("/dev/input/") else { return nil }
    let readers = PathOpeners.named("kioskd", of: path)
    if readers.isEmpty { return nil }
    return held(
      path, "two readers would each get a part of the presses",
      readers.map { "kioskd (process \($0))" })
  }

  /// Whether its beginning is one of `input_event` records. A file that cannot be read is told when
  /// it is opened.
  private static func hasRecords(_ path: String) -> Bool {
    guard let bytes = SmallFile.bytes(path) else { return true }
    var decoder = InputEventDecoder()
    return decoder.feed(bytes.prefix(64 * InputEvent.recordBytes)).contains {
      if case .event = $0 { true } else { false }
    }
  }

  private static func noRecords(_ path: String) -> Problem {
    Problem(
      code: "not-a-terminal", what: "\(path) yields no input events",
      cause: "it is a file, and has no records of an input device",
      cure:
        "A capture as text is shown by `kioskd replay \(path)`; with --to it is played to a FIFO.")
  }

  /// A grab that is tried and given back at once. Other ways to ask do not exist.
  private static func isGrabbed(_ path: String) -> Bool {
    guard PathKind(path) == .device,
      let node = try? SystemCall.open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK)
    else { return false }
    if kioskd_evdev_grab(node.raw, 1) == 0 {
      _ = kioskd_evdev_grab(node.raw, 0)
      return false
    }
    return errno == EBUSY
  }

  private static func held(_ path: String, _ why: String, _ holders: [String]) -> Problem {
    let names = holders.isEmpty ? "another program" : holders.joined(separator: ", ")
    return Problem(
      code: DeviceProblems.busy, what: "\(path) is held by \(names)", cause: why,
      cure: "Stop it while you watch: `sudo systemctl stop kioskd`, and start it again after.")
  }

  /// All input devices with keys, with the profile that fits by number when only one does.
  public static func everything(_ profiles: ProfileLibrary) -> [Target] {
    InputNode.all().filter { !$0.keys.isEmpty }.map { node in
      Target(
        name: node.name.isEmpty ? node.node : node.name, path: node.path,
        profile: fitting(node.usb, profiles))
    }
  }

  /// The device at a path, as this profile or else as the one that fits by number.
  public static func device(
    _ path: String, _ profiles: ProfileLibrary, as profile: TerminalProfile? = nil
  ) -> Target {
    let node = InputNode.all().first { $0.path == resolvedPath(path) }
    let name = node?.name ?? path.split(separator: "/").last.map(String.init) ?? path
    return Target(name: name, path: path, profile: profile ?? fitting(node?.usb, profiles))
  }

  private static func fitting(_ usb: USBIdentity?, _ profiles: ProfileLibrary) -> TerminalProfile? {
    guard let usb, let model = USBModel("\(usb.vendorID):\(usb.productID)") else { return nil }
    let fitting = profiles.terminals.values.filter { $0.usb.contains(model) }
    return fitting.count == 1 ? fitting[0] : nil
  }
}
