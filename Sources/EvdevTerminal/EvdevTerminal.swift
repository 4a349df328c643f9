public import Branch
import CLinux
import Glibc
public import LinuxIO
public import TerminalInput

/// What a terminal tells its owner.
public enum TerminalEvent: Equatable, Sendable {
  /// Keys are heard from now on; again when what the path leads to was replaced. `identity` names
  /// the device for people. `grabbed` is false while a key is down (a note tells when it is), and
  /// for what is no event node.
  case opened(identity: String, grabbed: Bool)
  /// The device is gone or cannot be opened; the terminal goes on looking for it by itself. Told
  /// again only when the reason changes.
  case lost(Problem)
  case pressed(KeyPress)
  /// A stroke came so many times more while it was locked out.
  case burst(KeyStroke, count: Int)
  /// A whole code of a scanner.
  case scanned(String)
  /// A code that cannot be used; a note before it says why.
  case unreadable
  /// Something that a technician may want to know.
  case note(String)
}

/// Buttons, a keypad or a scanner: all event nodes of one device that carry wanted keys, found
/// again after a replug by what does not change. Confined to the event loop's thread.
public final class EvdevTerminal {
  public let selector: TerminalSelector
  private let loop: EventLoop
  private let roots: InputRoots
  private let wanted: Set<UInt16>
  private let rules: TerminalRules
  private let grabs: Bool
  private let onEvent: (TerminalEvent) -> Void
  private let onRaw: ((RawInput) -> Void)?
  private var search: DeviceSearch?
  private var sources: [EventSource] = []
  /// What the beeper does, and what ends it.
  private var sounding: (code: UInt16, end: TimerID)?

  /// - Parameters:
  ///   - wanted: codes of the keys that mean something; empty: every node with keys is opened.
  ///   - rules: what the keys mean.
  ///   - grabs: take the device away from console and desktop.
  ///   - onRaw: gets all that the device sends, too, before it is read.
  ///   - onEvent: runs on the loop's thread.
  public init(
    loop: EventLoop, selector: TerminalSelector, wanted: Set<UInt16> = [],
    rules: TerminalRules = TerminalRules(debounce: .milliseconds(20)), grabs: Bool = true,
    roots: InputRoots = InputRoots(), onRaw: ((RawInput) -> Void)? = nil,
    onEvent: @escaping (TerminalEvent) -> Void
  ) {
    self.loop = loop
    self.selector = selector
    self.wanted = wanted
    self.rules = rules
    self.grabs = grabs
    self.roots = roots
    self.onRaw = onRaw
    self.onEvent = onEvent
  }

  deinit { close() }

  public var isOpen: Bool { !sources.isEmpty }

  /// Looks for the device, now and at every change; `opened` or `lost` follows.
  public func start() {
    guard search == nil else { return }
    let path = fixedPath
    let search = DeviceSearch(
      loop: loop, path: path ?? roots.devices, subsystem: "input", watchesContents: path == nil,
      staysAfterFound: true, attempt: { [unowned self] in look() },
      tell: { [unowned self] in onEvent(.lost($0)) })
    self.search = search
    search.start()
  }

  /// Gives the device back and stops for good.
  public func close() {
    search?.stop()
    search = nil
    silence()
    closeSources { _ in true }
  }

  /// Lights or darkens a LED (LED_NUML 0, LED_CAPSL 1…); nothing happens on a device without it.
  public func setLED(_ code: UInt16, on isOn: Bool) {
    for source in sources { source.setLED(code, isOn: isOn) }
  }

  /// Sounds the beeper for a time (SND_BELL 1, SND_TONE 2 with a frequency in hertz); a sound
  /// before it ends. Nothing happens on a device without it.
  public func beep(_ code: UInt16, hertz: Int32, for span: Span) {
    silence()
    for source in sources { source.setSound(code, hertz) }
    sounding = (code, loop.schedule(after: span) { [weak self] in self?.silence() })
  }

  private func silence() {
    guard let (code, end) = sounding else { return }
    loop.cancel(end)
    sounding = nil
    for source in sources { source.setSound(code, 0) }
  }

  private var fixedPath: String? {
    switch selector {
    case .path(let path): path
    case .byID(let name): roots.devices + "/by-id/" + name
    case .serial, .port: nil
    }
  }

  // MARK: Looking

  private func look() -> DeviceAttempt {
    let gone = sources.filter { !$0.isCurrent }
    for source in gone { source.finish() }
    closeSources { source in gone.contains { $0 === source } }
    return fixedPath.map(open) ?? openMatching()
  }

  private func openMatching() -> DeviceAttempt {
    switch NodeChoice.choose(selector, wanted: wanted, among: InputNode.all(roots)) {
    case .none(let problem): return isOpen ? .found : .needsChange(problem)
    case .nodes(let nodes): return open(nodes)
    }
  }

  private func open(_ path: String) -> DeviceAttempt {
    if isOpen { return .found }
    return add(path).map(attempt) ?? tellOpened("\(path)\(kindText)", among: 0)
  }

  private func open(_ nodes: [InputNode]) -> DeviceAttempt {
    let before = sources.count
    var failure: DeviceAttempt?
    for node in nodes where !sources.contains(where: { $0.path == node.path }) {
      if let error = add(node.path) { failure = failure ?? attempt(error) }
    }
    guard isOpen else { return failure ?? .found }
    let names = nodes.map(\.node).joined(separator: ", ")
    let device = nodes[0].usb.map { "\(nodes[0].name), \($0)" } ?? nodes[0].name
    return tellOpened("\(device) (\(names))", among: before)
  }

  private func tellOpened(_ identity: String, among before: Int) -> DeviceAttempt {
    if before == 0 {
      onEvent(.opened(identity: identity, grabbed: sources.allSatisfy(\.isGrabbed)))
      for source in sources where source.kind != .evdev && grabs {
        onEvent(.note("\(source.path): grab skipped, it is no input device"))
      }
    } else if sources.count > before {
      onEvent(.note("another node of the same device was opened: \(identity)"))
    }
    return .found
  }

  private var kindText: String {
    switch sources.first?.kind {
    case .stream: " (records from a FIFO or terminal)"
    case .file: " (a capture)"
    case .evdev, nil: ""
    }
  }

  /// nil when the path was opened.
  private func add(_ path: String) -> (path: String, error: SystemError)? {
    do throws(SystemError) {
      let source = try EventSource(
        loop: loop, path: path, rules: rules, grabs: grabs, onRaw: onRaw
      ) {
        [weak self] in self?.take($0, $1)
      }
      sources.append(source)
      return nil
    } catch {
      return (path, error)
    }
  }

  private func attempt(_ failure: (path: String, error: SystemError)) -> DeviceAttempt {
    if failure.error.call == "epoll_ctl" { return .needsChange(notATerminal(failure.path)) }
    let problem = DeviceProblems.opening(failure.path, failure.error)
    let isHelpedByChange = [
      ENOENT, ENOTDIR, EACCES, EPERM, ELOOP, EISDIR, ENAMETOOLONG,
    ]
    return isHelpedByChange.contains(failure.error.errno)
      ? .needsChange(problem) : .needsTime(problem)
  }

  private func notATerminal(_ path: String) -> Problem {
    Problem(
      code: "not-a-terminal", what: "\(path) yields no input events",
      cause: "it is a device that nobody can wait for",
      cure: "Run `kioskd devices` and give the terminal one of the paths that it lists.")
  }

  // MARK: What sources tell

  private func take(_ source: EventSource, _ event: SourceEvent) {
    switch event {
    case .pressed(let press): onEvent(.pressed(press))
    case .burst(let stroke, let count): onEvent(.burst(stroke, count: count))
    case .scanned(let code): onEvent(.scanned(code))
    case .unreadable: onEvent(.unreadable)
    case .note(let text): onEvent(.note(text))
    case .ended(let problem):
      closeSources { $0 === source }
      if isOpen {
        onEvent(.note(problem.what))
      } else {
        search?.resume(after: problem)
        onEvent(.lost(problem))
      }
    }
  }

  private func closeSources(where isMeant: (EventSource) -> Bool) {
    for source in sources where isMeant(source) { source.close() }
    sources.removeAll(where: isMeant)
  }
}
