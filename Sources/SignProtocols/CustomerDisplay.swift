import Branch

/// Displays on a counter for the customer, two lines of characters. Sources: "CD5220 customer
/// display", user's manual, chapter 6.1 (the same list is in others' that emulate it); Epson
/// DM-D customer displays, ESC/POS for displays.
public struct CustomerDisplay: Hashable, Sendable {
  public enum Language: String, Sendable, CaseIterable { case cd5220, epson }

  /// What a display has whatever its national set. 7 bits, as its high half is a page that
  /// switches choose.
  public enum Characters: String, Sendable, CaseIterable {
    /// Printable ASCII.
    case ascii
    /// ASCII without the 12 characters that national sets replace: `#$@[\\]^` and the grave accent,
    /// `{|}~`.
    case invariant
  }

  public static let columns = 1...40
  public static let rows = 1...4
  /// Levels of `ESC * n` and `US X n`.
  public static let brightnessLevels = 1...4

  public let language: Language
  public let columns: Int
  /// CD5220 has two at most.
  public let rows: Int
  public let characters: Characters

  /// - Precondition: sizes are in their ranges.
  public init(
    _ language: Language, columns: Int = 20, rows: Int = 2, characters: Characters = .invariant
  ) {
    precondition(Self.columns.contains(columns) && Self.rows.contains(rows))
    precondition(language == .epson || rows <= 2)
    self.language = language
    self.columns = columns
    self.rows = rows
    self.characters = characters
  }

  static let clear: UInt8 = 0x0C
  static let home: UInt8 = 0x0B
  static let escape: UInt8 = 0x1B
  static let unitSeparator: UInt8 = 0x1F
  static let carriageReturn: UInt8 = 0x0D
  private static let nationals = Set("#$@[\\]^`{|}~".utf8)

  /// Puts it into a known state. CLR first: behind `ESC Q` nothing else is obeyed.
  public var opening: [UInt8] { [Self.clear, Self.escape, 0x40] }

  /// One frame a line, or one with all, as the language has it.
  public func frames(for picture: SignPicture) -> [SignFrame] {
    var frames: [SignFrame] = []
    if let level = picture.level(of: Self.brightnessLevels) {
      let command: [UInt8] =
        language == .cd5220 ? [Self.clear, Self.escape, 0x2A] : [Self.unitSeparator, 0x58]
      frames.append(SignFrame(command + [UInt8(level)]))
    }
    if picture.text.isEmpty { return frames + [SignFrame([Self.clear])] }
    let rows = lines(of: picture)
    switch language {
    case .cd5220:
      return frames
        + rows.enumerated().map { index, row in
          let line = UInt8(ascii: "A") + UInt8(index)
          return SignFrame([Self.escape, 0x51, line] + row + [Self.carriageReturn])
        }
    case .epson: return frames + [SignFrame([Self.home] + rows.joined())]
    }
  }

  /// All rows, filled with blanks to their ends, so that nothing old stays.
  private func lines(of picture: SignPicture) -> [[UInt8]] {
    let places = FrameText(places_max: columns)
    return picture.lines(rows: rows, places: columns).map { text in
      places.field(for: SignText.ascii(text).map(shown))
    }
  }

  private func shown(_ byte: UInt8) -> UInt8 {
    characters == .invariant && Self.nationals.contains(byte) ? SignText.replacement : byte
  }
}
