import Branch
import Configuration
import EvdevTerminal
import Glibc
import LinuxIO
import NodeRuntime
import TerminalInput
import SerialPort

// Signs and terminals: opening them is all that can be asked of them.
extension Doctor {
  /// Signs that share a port, which is opened once.
  func check(_ line: [SignConfiguration]) {
    guard let first = line.first else { return }
    func about(_ sign: SignConfiguration) -> String { "\(sign.profile.id) at \(sign.port)" }
    if let node, node.holds(first.port) {
      for sign in line { judgeHeld(.sign, sign.id.text, about(sign), node) }
      return
    }
    let slots = line.map { sign in
      open(late: CheckLine(.sign, sign.id.text, about: about(sign), wrong: Self.notOpened))
    }
    var end: (SerialEvent) -> Void = { _ in }
    let port = NodeTransports.sign(first, loop: loop) { end($0) }
    end = { [unowned self] event in
      for (slot, sign) in zip(slots, line) {
        switch event {
        case .opened(let identity):
          // Most signs do not answer: what they show only a person can see.
          let text = "\(sign.profile.id) at \(identity): opened; `kioskd sign-test` shows more"
          close(slot, CheckLine(.sign, sign.id.text, fine: text + remark([sign.port])))
        case .lost(let problem):
          let line = CheckLine(
            .sign, sign.id.text, about: about(sign), wrong: explained(problem))
          close(slot, line)
        case .received, .drained, .note: break
        }
      }
    }
    keep(port) { port.close() }
    port.start()
  }

  func check(_ terminal: TerminalConfiguration) {
    let id = terminal.id.text
    let profile = terminal.profile.id.text
    let selector = TerminalSelector(terminal.device)
    let wanted = terminal.scanner == nil ? terminal.profile.wantedCodes : []
    let paths = selector.nodePaths(wanted: wanted)
    let about = "\(profile) at \(selector)"
    if let node, paths.contains(where: node.holds) {
      return judgeHeld(.terminal, id, about, node)
    }
    if case .path(let path) = selector, !path.hasPrefix("/dev/input/") {
      return add(stream(id, profile, path))
    }
    let slot = open(late: CheckLine(.terminal, id, about: about, wrong: Self.notOpened))
    let device = EvdevTerminal(
      loop: loop, selector: selector, wanted: wanted, rules: TerminalRules(terminal)
    ) { [unowned self] event in
      switch event {
      case .opened(let identity, let grabbed):
        let held = grabbed ? "" : "; a key is held down, or something lies on it"
        close(
          slot,
          CheckLine(.terminal, id, fine: "\(profile) at \(identity)\(held)\(remark(paths))"))
      case .lost(let problem):
        close(slot, CheckLine(.terminal, id, about: about, wrong: explained(problem)))
      case .pressed, .burst, .scanned, .unreadable, .note: break
      }
    }
    keep(device) { device.close() }
    device.start()
  }

  /// A FIFO, pty or capture: only looked at, because whoever reads from it takes the presses away
  /// from the node.
  private func stream(_ id: String, _ profile: String, _ path: String) -> CheckLine {
    let about = "\(profile) at \(path)"
    guard access(path, F_OK) == 0 else {
      let problem = DeviceProblems.opening(path, SystemError("open", errno: errno))
      return CheckLine(.terminal, id, about: about, wrong: problem)
    }
    if PathKind(path) == .other {
      return CheckLine(
        .terminal, id, about: about,
        wrong: Problem(
          code: "not-a-terminal", what: "it yields no input events",
          cause: "it is no device, FIFO or file",
          cure: "Run `kioskd devices` and give the terminal one of the paths that it lists."))
    }
    guard faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) == 0 else {
      let problem = DeviceProblems.opening(path, SystemError("open", errno: errno))
      return CheckLine(.terminal, id, about: about, wrong: problem)
    }
    let kind = PathKind(path) == .file ? "a capture" : "records from a FIFO or terminal"
    return CheckLine(.terminal, id, fine: "\(about): \(kind), there and readable\(remark([path]))")
  }

  private static let notOpened = Problem(
    code: "timed-out", what: "it was not opened in time",
    cause: "no answer within \(limit.ms) ms",
    cure: "Plug it in again, check the cable, and try again.")
}
