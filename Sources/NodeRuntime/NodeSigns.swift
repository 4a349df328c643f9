import Branch
import BranchCore
import Configuration
import DeviceProfiles
import LinuxIO
import SignTraffic

/// All signs of a node, one writer for each line.
final class NodeSigns {
  private let note: (String) -> Void
  private let handle: (NodeEvent) -> Void
  private var lines: [SignLine] = []
  private var lineOf: [SignID: SignLine] = [:]

  init(
    loop: EventLoop, signs: [SignConfiguration], note: @escaping (String) -> Void,
    handle: @escaping (NodeEvent) -> Void
  ) {
    self.note = note
    self.handle = handle
    for group in SignConfiguration.lines(of: signs) {
      let ids = group.map(\.id)
      let line = SignLine(group, loop: loop) { [unowned self] in told($0, ids) }
      lines.append(line)
      for id in ids { lineOf[id] = line }
    }
  }

  func start() { for line in lines { line.start() } }

  func close() { for line in lines { line.close() } }

  func show(_ picture: SignPicture, on id: SignID) {
    guard let line = lineOf[id], !line.show(picture, on: id) else { return }
    note("\(id): does not take bytes; its picture is sent again when it is back")
  }

  private func told(_ event: SignLineEvent, _ ids: [SignID]) {
    switch event {
    case .opened: for id in ids { handle(.signOpened(id)) }
    case .lost(let problem): for id in ids { handle(.signLost(id, problem)) }
    case .told(let action): told(action, ids)
    case .note(let text): note("\(ids.map(\.text).joined(separator: ", ")): \(text)")
    case .sends, .sent, .received, .quiet: break
    }
  }

  private func told(_ action: LineAction, _ ids: [SignID]) {
    switch action {
    case .health(let id, let problem?): handle(.signFailed(id, problem))
    case .health(let id, nil): handle(.signRecovered(id))
    case .lapsed(let id, let problem): handle(.signLapsed(id, problem))
    case .noise(let bytes): if let id = ids.first { handle(.signNoise(id, bytes: bytes)) }
    case .setting(let problem): if let id = ids.first { handle(.signLineSet(id, problem)) }
    case .write, .ended, .echoed: break
    }
  }
}

extension SignLine {
  /// The line of signs that share a port.
  ///
  /// - Precondition: there is one at least, and the configuration found their settings alike.
  public convenience init(
    _ signs: [SignConfiguration], loop: EventLoop, patience: LinePatience = LinePatience(),
    onEvent: @escaping (SignLineEvent) -> Void
  ) {
    self.init(
      loop: loop, path: signs[0].port, settings: signs[0].profile.serial,
      direction: signs[0].rs485,
      boards: signs.map(SignBoard.init), patience: patience, onEvent: onEvent)
  }
}

extension SignBoard {
  public init(_ sign: SignConfiguration) {
    self.init(id: sign.id, signProtocol: sign.signProtocol, gap: sign.profile.gap)
  }
}
