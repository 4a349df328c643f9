/// Linux key names (linux/input-event-codes.h, without KEY_) and the HID keyboard page's usages
/// for them (USB HID Usage Tables 1.12, section 10).
enum KeyUsages {
  /// nil when the lab's keyboards have no such key.
  static func usage(of name: String) -> UInt8? {
    let short = name.hasPrefix("KEY_") ? String(name.dropFirst(4)) : name
    return named[short.uppercased()]
  }

  /// Code that evdev reports for the key.
  static func eventCode(of name: String) -> UInt16? {
    usage(of: name).flatMap { eventCodes[$0] }
  }

  private static let named: [String: UInt8] = {
    var table: [String: UInt8] = [
      "0": 0x27, "ENTER": 0x28, "ESC": 0x29, "BACKSPACE": 0x2a, "TAB": 0x2b, "SPACE": 0x2c,
      "MINUS": 0x2d, "EQUAL": 0x2e, "NUMLOCK": 0x53, "KPSLASH": 0x54, "KPASTERISK": 0x55,
      "KPMINUS": 0x56, "KPPLUS": 0x57, "KPENTER": 0x58, "KP0": 0x62, "KPDOT": 0x63,
      "CAPSLOCK": 0x39, "SCROLLLOCK": 0x47, "LEFTSHIFT": 0xe1, "RIGHTALT": 0xe6, "RIGHT": 0x4f,
      "LEFT": 0x50, "DOWN": 0x51, "UP": 0x52,
    ]
    for digit in UInt8(1)...9 {
      table["\(digit)"] = 0x1d + digit
      table["KP\(digit)"] = 0x58 + digit
    }
    for number in UInt8(1)...12 { table["F\(number)"] = 0x39 + number }
    for letter in UInt8(0)..<26 {
      table[String(Unicode.Scalar(UInt8(ascii: "A") + letter))] = 0x04 + letter
    }
    return table
  }()

  /// The kernel's own table from usage to code, hid_keyboard in drivers/hid/hid-input.c, for the
  /// keys above that the self-test reads back.
  private static let eventCodes: [UInt8: UInt16] = [
    0x1e: 2, 0x1f: 3, 0x20: 4, 0x21: 5, 0x22: 6, 0x23: 7, 0x24: 8, 0x25: 9, 0x26: 10, 0x27: 11,
    0x28: 28, 0x04: 30, 0x58: 96, 0x59: 79, 0x5a: 80, 0x5b: 81, 0x57: 78, 0x62: 82,
  ]
}
