public import DeviceProfiles

/// Which character a key gives.
///
/// A scanner sends keys, not characters. One that is set to a Belgian keyboard presses the key of
/// the digit 1 with Shift, and one that is not presses it without: the same key then means `&`.
extension KeyboardLayout {
  /// What is held while a key goes down.
  public struct Modifiers: Hashable, Sendable {
    public var shift = false
    /// Right Alt, or Control with Alt.
    public var altGr = false
    public var capsLock = false
    public var numLock = true

    public init(
      shift: Bool = false, altGr: Bool = false, capsLock: Bool = false, numLock: Bool = true
    ) {
      self.shift = shift
      self.altGr = altGr
      self.capsLock = capsLock
      self.numLock = numLock
    }
  }

  /// What one key gives.
  public enum Sign: Hashable, Sendable {
    case character(Unicode.Scalar)
    /// Waits for a letter to stand on, or for the space bar to stand alone.
    case dead(DeadKey)
  }

  /// nil: this key gives no character with these modifiers, or none that a scanner would use.
  ///
  /// Shift with AltGr is not read: no layout needs it for a character of ASCII. Caps Lock makes
  /// letters large and nothing else, as XKB has it.
  public func sign(_ code: UInt16, _ modifiers: Modifiers) -> Sign? {
    if code == Self.spaceBar { return modifiers.altGr ? nil : .character(" ") }
    if let place = Self.keypad.firstIndex(of: code) { return keypadSign(place, modifiers) }
    guard let place = Self.places[code] else { return nil }
    let table = table
    if modifiers.altGr {
      return modifiers.shift ? nil : Self.sign(table.altGr, place)
    }
    let small = Self.sign(table.plain, place)
    let large = Self.sign(table.shifted, place)
    guard modifiers.capsLock, case .character(let letter)? = small,
      let capital = Self.capital(of: letter)
    else { return modifiers.shift ? large : small }
    if modifiers.shift { return large == .character(capital) ? small : large }
    return .character(capital)
  }

  /// What a key gives while others are held, for people: `A`, `dead ^`; nil: no character.
  public func character(of code: UInt16, held: Set<UInt16>) -> String? {
    let isControlAlt = !held.isDisjoint(with: Key.controls) && held.contains(Key.leftAlt)
    let modifiers = Modifiers(
      shift: !held.isDisjoint(with: Key.shifts),
      altGr: held.contains(Key.rightAlt) || isControlAlt)
    switch sign(code, modifiers) {
    case .character(" "): return "space"
    case .character(let scalar): return String(scalar)
    case .dead(let dead): return "dead \(dead.alone)"
    case nil: return nil
    }
  }

  /// A key that gives a character in some layout, with some modifiers.
  static func isCharacterKey(_ code: UInt16) -> Bool {
    code == spaceBar || places[code] != nil || keypad.contains(code)
  }

  /// A letter of Latin-1 or Latin Extended-A; ß and µ have no capital on a keyboard.
  private static func capital(of letter: Unicode.Scalar) -> Unicode.Scalar? {
    let mapped = letter.properties.uppercaseMapping.unicodeScalars
    guard mapped.count == 1, let capital = mapped.first, capital != letter, capital.value < 0x180
    else { return nil }
    return capital
  }

  /// Digits come with Num Lock and without Shift, the signs around them always.
  private func keypadSign(_ place: Int, _ modifiers: Modifiers) -> Sign? {
    let scalar = Self.keypadScalars[place]
    guard place <= Self.keypadDot else { return .character(scalar) }
    guard modifiers.numLock, !modifiers.shift else { return nil }
    return .character(place == Self.keypadDot && self == .de ? "," : scalar)
  }

  private static func sign(_ row: [Unicode.Scalar], _ place: Int) -> Sign? {
    let scalar = row[place]
    if scalar == " " { return nil }
    return DeadKey(rawValue: scalar).map { .dead($0) } ?? .character(scalar)
  }

  private static let spaceBar: UInt16 = 57

  /// KEY_KP0 to KEY_KP9, KEY_KPDOT, KEY_KPMINUS, KEY_KPPLUS, KEY_KPASTERISK, KEY_KPSLASH.
  private static let keypad: [UInt16] = [
    82, 79, 80, 81, 75, 76, 77, 71, 72, 73, 83, 74, 78, 55, 98,
  ]
  private static let keypadScalars = Array("0123456789.-+*/".unicodeScalars)
  private static let keypadDot = 10

  /// Key codes in the order of the tables: four rows of the keyboard, from left to right.
  static let codes: [UInt16] =
    [41] + Array(2...13) + Array(16...27) + Array(30...40) + [43] + [86] + Array(44...53)
  private static let places = Dictionary(
    uniqueKeysWithValues: codes.enumerated().map { ($1, $0) })
}

/// A key that gives no character of its own; its raw value is the combining character.
public enum DeadKey: Unicode.Scalar, Hashable, Sendable, CaseIterable {
  case grave = "\u{300}"
  case acute = "\u{301}"
  case circumflex = "\u{302}"
  case tilde = "\u{303}"
  case diaeresis = "\u{308}"
  case cedilla = "\u{327}"

  /// What comes when the space bar follows.
  public var alone: Unicode.Scalar {
    switch self {
    case .grave: "`"
    case .acute: "'"
    case .circumflex: "^"
    case .tilde: "~"
    case .diaeresis: "\""
    case .cedilla: "\u{B8}"
    }
  }

  /// The letter with its mark; nil: no such letter is on a keyboard.
  public func on(_ letter: Unicode.Scalar) -> Unicode.Scalar? {
    let (letters, marked) = pairs
    return zip(letters.unicodeScalars, marked.unicodeScalars).first { $0.0 == letter }?.1
  }

  /// Letters of Latin-1 (Unicode Character Database, canonical decompositions).
  private var pairs: (String, String) {
    switch self {
    case .grave: ("aeiouAEIOU", "àèìòùÀÈÌÒÙ")
    case .acute: ("aeiouyAEIOUY", "áéíóúýÁÉÍÓÚÝ")
    case .circumflex: ("aeiouAEIOU", "âêîôûÂÊÎÔÛ")
    case .tilde: ("anoANO", "ãñõÃÑÕ")
    case .diaeresis: ("aeiouyAEIOUY", "äëïöüÿÄËÏÖÜŸ")
    case .cedilla: ("cC", "çÇ")
    }
  }
}
