public import Branch

/// Names and codes of the keys that Linux reports in EV_KEY events, as far as keyboards, keypads,
/// button boxes and game controllers have them [linux/input-event-codes.h].
public enum LinuxKeys {
  /// KEY_MAX; 0 is KEY_RESERVED, which no key sends.
  public static let codes: ClosedRange<UInt16> = 1...0x2FF

  /// LED_NUML is 0, and so on.
  static let leds = [
    "LED_NUML", "LED_CAPSL", "LED_SCROLLL", "LED_COMPOSE", "LED_KANA", "LED_SLEEP", "LED_SUSPEND",
    "LED_MUTE", "LED_MISC", "LED_MAIL", "LED_CHARGING",
  ]

  /// `LED_NUML`; nil for a code that has no name.
  public static func ledName(of code: UInt16) -> String? {
    leds.indices.contains(Int(code)) ? leds[Int(code)] : nil
  }

  public static var names: [String] { table.map(\.name) }

  /// Code of `KEY_KP1`; nil for a name that is not in the table.
  public static func code(of name: String) -> UInt16? {
    table.first { $0.name == name }?.code
  }

  /// Name of a code; nil when the table has none for it.
  public static func name(of code: UInt16) -> String? {
    table.first { $0.code == code }?.name
  }

  /// What a person writes into a profile for this code: its name, else its number.
  public static func written(_ code: UInt16) -> String { name(of: code) ?? String(code) }

  /// A stroke as a profile names it: `KEY_1`, `KEY_1:long`, `KEY_1+KEY_2`.
  public static func written(_ stroke: KeyStroke) -> String {
    switch stroke {
    case .press(let code): written(code)
    case .long(let code): written(code) + ":long"
    case .chord(let pair): written(pair.first) + "+" + written(pair.second)
    }
  }

  /// Of two names for one code, the one that stands first is shown.
  private static let table: [(name: String, code: UInt16)] = runs.flatMap { run in
    run.names.split(separator: " ").enumerated().map { index, name in
      (run.prefix + name, run.first + UInt16(index))
    }
  }

  /// Names of consecutive codes.
  private static let runs: [(prefix: String, first: UInt16, names: String)] = [
    ("KEY_", 1, "ESC 1 2 3 4 5 6 7 8 9 0 MINUS EQUAL BACKSPACE TAB Q W E R T Y U I O P"),
    ("KEY_", 26, "LEFTBRACE RIGHTBRACE ENTER LEFTCTRL A S D F G H J K L SEMICOLON APOSTROPHE"),
    ("KEY_", 41, "GRAVE LEFTSHIFT BACKSLASH Z X C V B N M COMMA DOT SLASH RIGHTSHIFT"),
    ("KEY_", 55, "KPASTERISK LEFTALT SPACE CAPSLOCK F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 NUMLOCK"),
    ("KEY_", 70, "SCROLLLOCK KP7 KP8 KP9 KPMINUS KP4 KP5 KP6 KPPLUS KP1 KP2 KP3 KP0 KPDOT"),
    ("KEY_", 86, "102ND F11 F12 RO"),
    ("KEY_", 95, "KPJPCOMMA KPENTER RIGHTCTRL KPSLASH SYSRQ RIGHTALT LINEFEED HOME UP PAGEUP"),
    ("KEY_", 105, "LEFT RIGHT END DOWN PAGEDOWN INSERT DELETE MACRO MUTE VOLUMEDOWN VOLUMEUP"),
    ("KEY_", 116, "POWER KPEQUAL KPPLUSMINUS PAUSE SCALE KPCOMMA"),
    ("KEY_", 125, "LEFTMETA RIGHTMETA COMPOSE STOP AGAIN PROPS UNDO FRONT COPY OPEN PASTE FIND"),
    ("KEY_", 137, "CUT HELP MENU CALC SETUP SLEEP WAKEUP FILE SENDFILE DELETEFILE XFER PROG1"),
    ("KEY_", 149, "PROG2 WWW"),
    ("KEY_", 155, "MAIL BOOKMARKS COMPUTER BACK FORWARD"),
    ("KEY_", 163, "NEXTSONG PLAYPAUSE PREVIOUSSONG STOPCD RECORD REWIND PHONE"),
    ("KEY_", 172, "HOMEPAGE REFRESH EXIT MOVE EDIT SCROLLUP SCROLLDOWN KPLEFTPAREN KPRIGHTPAREN"),
    ("KEY_", 181, "NEW REDO F13 F14 F15 F16 F17 F18 F19 F20 F21 F22 F23 F24"),
    ("KEY_", 202, "PROG3 PROG4"),
    ("KEY_", 207, "PLAY FASTFORWARD BASSBOOST PRINT"),
    ("KEY_", 217, "SEARCH CONNECT"),
    ("KEY_", 223, "CANCEL BRIGHTNESSDOWN BRIGHTNESSUP MEDIA"),
    ("BTN_", 0x100, "0 1 2 3 4 5 6 7 8 9"),
    ("BTN_", 0x110, "LEFT RIGHT MIDDLE SIDE EXTRA FORWARD BACK TASK"),
    ("BTN_", 0x120, "TRIGGER THUMB THUMB2 TOP TOP2 PINKIE BASE BASE2 BASE3 BASE4 BASE5 BASE6"),
    ("BTN_", 0x130, "SOUTH EAST C NORTH WEST Z TL TR TL2 TR2 SELECT START MODE THUMBL THUMBR"),
    ("BTN_", 0x130, "A B"),
    ("BTN_", 0x133, "X Y"),
    ("KEY_", 0x160, "OK SELECT"),
    ("KEY_NUMERIC_", 0x200, "0 1 2 3 4 5 6 7 8 9 STAR POUND A B C D"),
    ("BTN_DPAD_", 0x220, "UP DOWN LEFT RIGHT"),
    ("BTN_TRIGGER_HAPPY", 0x2C0, "1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20"),
    ("BTN_TRIGGER_HAPPY", 0x2D4, "21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39 40"),
  ]
}
