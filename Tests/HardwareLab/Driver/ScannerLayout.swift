/// The keyboard that a scanner was set to be, from its maker's side: the lab's own short table, so
/// that a wrong one of the product cannot confirm itself.
///
/// Usages are those of USB HID Usage Tables 1.12, section 10; which key a character stands on is
/// printed on the country's keyboards. Only characters that codes of appointments have.
enum ScannerLayout: String, CaseIterable {
  case us, uk, de, fr, be, es
}

/// One key with what is held to it, as it goes into a keyboard's report.
struct KeyStrike: Equatable {
  static let leftShift: UInt8 = 0x02
  /// Right Alt.
  static let altGr: UInt8 = 0x40

  var usage: UInt8
  /// Bits of the report's first byte.
  var modifiers: UInt8 = 0
}

extension ScannerLayout {
  /// nil: the scanner cannot type it.
  func strike(_ character: Unicode.Scalar) -> KeyStrike? {
    switch character {
    case "a"..."z": letter(character, modifiers: 0)
    case "A"..."Z":
      Unicode.Scalar(character.value + 0x20).flatMap { letter($0, modifiers: KeyStrike.leftShift) }
    case "0"..."9": digit(character)
    default: signs[character]
    }
  }

  /// A digit, or a sign between digits, on the keypad; no layout moves these.
  static func keypadStrike(_ character: Unicode.Scalar) -> KeyStrike? {
    switch character {
    case "0": KeyStrike(usage: 0x62)
    case "1"..."9": KeyStrike(usage: 0x58 + UInt8(character.value - 0x30))
    case "/": KeyStrike(usage: 0x54)
    case "*": KeyStrike(usage: 0x55)
    case "-": KeyStrike(usage: 0x56)
    case "+": KeyStrike(usage: 0x57)
    default: nil
    }
  }

  /// The key of the same letter on an American keyboard, where the country has not moved it.
  private func letter(_ letter: Unicode.Scalar, modifiers: UInt8) -> KeyStrike? {
    let american = 0x04 + UInt8(letter.value - 0x61)
    return KeyStrike(usage: movedLetters[letter] ?? american, modifiers: modifiers)
  }

  private var movedLetters: [Unicode.Scalar: UInt8] {
    switch self {
    case .us, .uk, .es: [:]
    case .de: ["y": 0x1d, "z": 0x1c]
    case .fr, .be: ["a": 0x14, "q": 0x04, "z": 0x1a, "w": 0x1d, "m": 0x33]
    }
  }

  /// French and Belgian keyboards have their digits above the signs.
  private func digit(_ digit: Unicode.Scalar) -> KeyStrike {
    let usage: UInt8 = digit == "0" ? 0x27 : 0x1d + UInt8(digit.value - 0x30)
    let isShifted = self == .fr || self == .be
    return KeyStrike(usage: usage, modifiers: isShifted ? KeyStrike.leftShift : 0)
  }

  private var signs: [Unicode.Scalar: KeyStrike] {
    func plain(_ usage: UInt8) -> KeyStrike { KeyStrike(usage: usage) }
    func shift(_ usage: UInt8) -> KeyStrike {
      KeyStrike(usage: usage, modifiers: KeyStrike.leftShift)
    }
    func altGr(_ usage: UInt8) -> KeyStrike { KeyStrike(usage: usage, modifiers: KeyStrike.altGr) }
    return switch self {
    case .us:
      ["-": plain(0x2d), "+": shift(0x2e), "/": plain(0x38), "_": shift(0x2d), "@": shift(0x1f)]
    case .uk:
      ["-": plain(0x2d), "+": shift(0x2e), "/": plain(0x38), "_": shift(0x2d), "@": shift(0x34)]
    case .de:
      ["-": plain(0x38), "+": plain(0x30), "/": shift(0x24), "_": shift(0x38), "@": altGr(0x14)]
    case .fr:
      ["-": plain(0x23), "+": shift(0x2e), "/": shift(0x37), "_": plain(0x25), "@": altGr(0x27)]
    case .be:
      ["-": plain(0x2e), "+": shift(0x38), "/": shift(0x37), "_": shift(0x2e), "@": altGr(0x1f)]
    case .es:
      ["-": plain(0x38), "+": plain(0x30), "/": shift(0x24), "_": shift(0x38), "@": altGr(0x1f)]
    }
  }
}
