import Branch
import Configuration
import DeviceProfiles

/// What a key of the keyboard does on the screen.
enum ScreenCommand: Hashable, Sendable {
  case press(TerminalID, DeviceKey)
  case hub
  case paper
  case printer
  case sign
  case turnTicket
  case quit
}

/// Keys of the keyboard for the buttons of a branch. Digits take tickets, in the order of the
/// configuration; small letters are the first counter with a keypad and the first feedback
/// terminal, capitals the second ones.
struct KeyBindings: Sendable {
  private static let clerk: [(key: Character, action: TerminalAction, word: String)] = [
    ("n", .next, "next"), ("r", .recall, "recall"), ("x", .noShow, "no-show"), ("e", .end, "end"),
  ]
  private static let ratings: [(key: Character, rating: Int)] = [
    ("a", 1), ("s", 2), ("d", 3), ("f", 4), ("g", 5),
  ]
  private static let fixed: [(key: Character, command: ScreenCommand, word: String)] = [
    ("h", .hub, "hub away/back"), ("p", .paper, "paper out/in"), ("u", .printer, "printer plug"),
    ("i", .sign, "sign plug"), ("t", .turnTicket, "turn ticket"), ("q", .quit, "quit"),
  ]

  private(set) var commands: [Character: ScreenCommand] = [:]
  /// Groups of key and word, for the help at the foot of the screen.
  private(set) var help: [[(key: String, word: String)]] = []

  init(_ configuration: NodeConfiguration) {
    addTickets(configuration)
    addCounters(configuration)
    addRatings(configuration)
    for (key, command, _) in Self.fixed { commands[key] = command }
    help.append(Self.fixed.map { (String($0.key), $0.word) })
  }

  private mutating func addTickets(_ configuration: NodeConfiguration) {
    var group: [(key: String, word: String)] = []
    for terminal in configuration.terminals {
      for key in terminal.profile.keys {
        guard case .ticket(let service)? = terminal.actions[key.name], group.count < 9 else {
          continue
        }
        let digit = String(group.count + 1)
        commands[Character(digit)] = .press(terminal.id, key.name)
        group.append((digit, configuration.service(service)?.name ?? service.text))
      }
    }
    if !group.isEmpty { help.append(group) }
  }

  private mutating func addCounters(_ configuration: NodeConfiguration) {
    let keypads = configuration.terminals.filter { $0.key(for: .next) != nil }
    for (index, keypad) in keypads.prefix(2).enumerated() {
      var group: [(key: String, word: String)] = []
      for (key, action, word) in Self.clerk {
        guard let name = keypad.key(for: action) else { continue }
        let character = index == 0 ? key : Character(key.uppercased())
        commands[character] = .press(keypad.id, name)
        group.append((String(character), word))
      }
      group.append(("", "counter \(keypad.counter?.text ?? "")"))
      help.append(group)
    }
  }

  private mutating func addRatings(_ configuration: NodeConfiguration) {
    let boxes = configuration.terminals.filter { $0.key(for: .rate(1)) != nil }
    for (index, box) in boxes.prefix(2).enumerated() {
      var keys = ""
      for (key, rating) in Self.ratings {
        guard let name = box.key(for: .rate(rating)) else { continue }
        let character = index == 0 ? key : Character(key.uppercased())
        commands[character] = .press(box.id, name)
        keys.append(character)
      }
      help.append([(keys, ":( to :) counter \(box.counter?.text ?? "")")])
    }
  }
}

extension TerminalConfiguration {
  /// The first key that asks for this.
  func key(for action: TerminalAction) -> DeviceKey? {
    profile.keys.lazy.map(\.name).first { actions[$0] == action }
  }
}

/// Keyboard bytes to characters; control sequences (arrows, function keys) are passed over, so
/// that none of their letters presses a button.
struct KeyDecoder {
  private enum State {
    case ground, escape, sequence
  }

  static let interrupt = Character("\u{3}")
  private var state = State.ground

  mutating func feed(_ bytes: some Sequence<UInt8>) -> [Character] {
    var out: [Character] = []
    for byte in bytes {
      switch (state, byte) {
      case (_, 0x1B): state = .escape
      case (.escape, UInt8(ascii: "[")), (.escape, UInt8(ascii: "O")): state = .sequence
      case (.escape, _): state = .ground
      case (.sequence, 0x40...0x7E): state = .ground
      case (.sequence, _): break
      case (.ground, 0x21...0x7E), (.ground, 3): out.append(Character(Unicode.Scalar(byte)))
      case (.ground, _): break
      }
    }
    // A lone Escape is no beginning of anything that comes with the next key.
    if state == .escape { state = .ground }
    return out
  }
}
