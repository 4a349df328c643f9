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
  /// Some keys and what they do.
  struct Help: Equatable, Sendable {
    var keys: String
    var word: String
  }

  private static let clerk: [(key: Character, action: TerminalAction, word: String)] = [
    ("n", .next, "next"), ("r", .recall, "recall"), ("x", .noShow, "no-show"), ("e", .end, "end"),
  ]
  private static let ratings: [(key: Character, rating: Int)] = [
    ("a", 1), ("s", 2), ("d", 3), ("f", 4), ("g", 5),
  ]
  private static let fixed: [(key: Character, command: ScreenCommand, word: String)] = [
    ("h", .hub, "hub"), ("p", .paper, "paper"), ("u", .printer, "printer's plug"),
    ("i", .sign, "sign's plug"), ("t", .turnTicket, "turn ticket"), ("q", .quit, "quit"),
  ]

  private(set) var commands: [Character: ScreenCommand] = [:]
  /// For the foot of the screen.
  private(set) var help: [Help] = []

  init(_ configuration: NodeConfiguration) {
    addTickets(configuration)
    addCounters(configuration)
    addRatings(configuration)
    for (key, command, word) in Self.fixed {
      commands[key] = command
      help.append(Help(keys: String(key), word: word))
    }
  }

  private mutating func addTickets(_ configuration: NodeConfiguration) {
    var digit = 0
    for terminal in configuration.terminals {
      for key in terminal.profile.keys {
        guard case .ticket(let service, let isPriority)? = terminal.actions[key.name], digit < 9
        else { continue }
        digit += 1
        commands[Character(String(digit))] = .press(terminal.id, key.name)
        let plain = configuration.service(service)?.name ?? service.text
        let name = isPriority ? plain + " (priority)" : plain
        if let place = help.firstIndex(where: { $0.word == name }) {
          help[place].keys += " \(digit)"
        } else {
          help.append(Help(keys: String(digit), word: name))
        }
      }
    }
  }

  private mutating func addCounters(_ configuration: NodeConfiguration) {
    let keypads = configuration.terminals.filter { $0.key(for: .next) != nil }.prefix(2)
    for (index, keypad) in keypads.enumerated() {
      var keys = ""
      for (key, action, word) in Self.clerk {
        guard let name = keypad.key(for: action) else { continue }
        let character = index == 0 ? key : Character(key.uppercased())
        commands[character] = .press(keypad.id, name)
        keys.append(character)
        if index == 0 { help.append(Help(keys: String(key), word: word)) }
      }
      if index > 0 { help.append(Help(keys: keys, word: "counter \(keypad.counter?.text ?? "")")) }
    }
  }

  private mutating func addRatings(_ configuration: NodeConfiguration) {
    let boxes = configuration.terminals.filter { $0.key(rating: 1) != nil }.prefix(2)
    for (index, box) in boxes.enumerated() {
      var keys = ""
      for (key, rating) in Self.ratings {
        guard let name = box.key(rating: rating) else { continue }
        let character = index == 0 ? key : Character(key.uppercased())
        commands[character] = .press(box.id, name)
        keys.append(character)
      }
      help.append(Help(keys: keys, word: "rate counter \(box.counter?.text ?? "")"))
    }
  }
}

extension TerminalConfiguration {
  /// The first key that asks for this.
  func key(for action: TerminalAction) -> DeviceKey? {
    profile.keys.lazy.map(\.name).first { actions[$0] == action }
  }

  /// The first key with which a customer rates so, whatever else it may mean.
  func key(rating: Int) -> DeviceKey? {
    profile.keys.lazy.map(\.name).first { name in
      if case .rate(rating, _, _)? = actions[name]?.plain { true } else { false }
    }
  }
}

/// Keyboard bytes to characters; control sequences (arrows, function keys) are passed over, so
/// that none of their letters presses a button. The key after a lone Escape counts as part of it.
package struct KeyDecoder {
  private enum State {
    case ground, escape, sequence
  }

  static let interrupt = Character("\u{3}")
  private var state = State.ground

  package init() {}

  package mutating func feed(_ bytes: some Sequence<UInt8>) -> [Character] {
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
    return out
  }
}
