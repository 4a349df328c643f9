import Branch

/// Text for a terminal: characters and ECMA-48 control sequences, measured and cut by the cells
/// that it takes on the screen.
enum TerminalText {
  static let off = "\u{1B}[0m"

  /// Letters of a sign in their colour, bold on black, blinking or still.
  static func led(_ text: String, _ colour: SignPicture.Colour?, isFlashing: Bool) -> String {
    let code =
      switch colour {
      case .red: 31
      case .green: 32
      case .amber, .orange, .yellow, nil: 33
      }
    return "\u{1B}[1;\(isFlashing ? "5;" : "")\(code);40m" + text + off
  }

  enum Style: String {
    case bold = "\u{1B}[1m"
    case dim = "\u{1B}[2m"
    case heading = "\u{1B}[1;36m"
    case bar = "\u{1B}[0;7m"
    case good = "\u{1B}[32m"
    case bad = "\u{1B}[1;31m"
  }

  static func styled(_ text: String, _ style: Style) -> String { style.rawValue + text + off }

  /// Cells that the text takes.
  static func width(_ text: String) -> Int {
    var width = 0
    eachPart(of: text) { _, cells in
      width += cells
      return true
    }
    return width
  }

  /// Exactly so many cells: cut or filled with blanks. All styles end.
  static func fitted(_ text: String, to columns: Int) -> String {
    var out = ""
    var width = 0
    eachPart(of: text) { part, cells in
      guard width + cells <= columns else { return false }
      out += part
      width += cells
      return true
    }
    return out + off + String(repeating: " ", count: max(0, columns - width))
  }

  /// As many items on a row as fit; one that is longer than a row has a row of its own.
  static func flowed(_ items: [String], gap: String, columns: Int) -> [String] {
    var rows: [String] = []
    for item in items {
      if let last = rows.last, width(last) + width(gap) + width(item) <= columns {
        rows[rows.count - 1] = last + gap + item
      } else {
        rows.append(item)
      }
    }
    return rows
  }

  /// Calls the body with each control sequence (0 cells) and each character, until it says false.
  private static func eachPart(of text: String, _ body: (String, Int) -> Bool) {
    var rest = text.unicodeScalars[...]
    while let first = rest.first {
      guard first == "\u{1B}" else {
        rest.removeFirst()
        if !body(String(first), cells(first)) { return }
        continue
      }
      // ESC [ … final byte of 40 to 7E.
      let head = rest.prefix(2)
      let tail = rest.dropFirst(2).prefix { !(0x40...0x7E).contains($0.value) }
      let count = min(rest.count, head.count + tail.count + 1)
      let sequence = String(String.UnicodeScalarView(rest.prefix(count)))
      rest = rest.dropFirst(count)
      if !body(sequence, 0) { return }
    }
  }

  /// East Asian wide characters take two cells, marks that combine take none (Unicode UAX #11).
  private static func cells(_ scalar: Unicode.Scalar) -> Int {
    switch scalar.value {
    case 0..<0x20, 0x7F..<0xA0, 0x300...0x36F, 0x200B...0x200F, 0xFE00...0xFE0F: 0
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
      0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F900...0x1F9FF,
      0x20000...0x3FFFD:
      2
    default: 1
    }
  }
}
