import Branch

// What a sign can show, by its protocol: what a configuration may ask of it.
extension SignProtocol {
  /// Lines of text that stand below each other.
  public var lines: Int {
    switch self {
    case .alpha, .modbus: 1
    case .frame(let frame): frame.conversation.lines?.values.count ?? 1
    case .customerDisplay(let display): display.rows
    }
  }

  /// Characters of a line; nil: any text, the sign shows a long one piece by piece.
  public var places: Int? {
    switch self {
    case .alpha: nil
    case .frame(let frame): frame.text.places_max
    case .customerDisplay(let display): display.columns
    case .modbus(let settings):
      switch settings.text {
      case .characters(_, let text): text.places_max
      case .number(_, let max): String(max + 1).utf8.count - 1
      case .signedNumber(_, let digits): digits
      }
    }
  }

  /// Bytes of a text that is shown piece by piece, all lines together; nil: `places` says it all.
  public var textBytes_max: Int? {
    guard case .alpha(let settings) = self else { return nil }
    return settings.textBytes_max - AlphaPart.colourBytes
  }

  /// Bytes of ASCII that show the text, whose lines `\n` ends, in one line.
  public static func bytes(of text: String) -> Int {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    return SignText.ascii(SignPicture(lines).text).count
  }

  /// It lets a text blink by itself.
  public var flashes: Bool { if case .alpha = self { true } else { false } }

  /// How bright it is can be said over the line.
  public var dims: Bool {
    switch self {
    case .alpha, .frame: false
    case .modbus(let settings): settings.brightness != nil
    case .customerDisplay: true
    }
  }

  public var hasColours: Bool { if case .alpha = self { true } else { false } }

  /// It shows nothing but one number.
  public var showsNumberOnly: Bool {
    switch self {
    case .alpha, .customerDisplay: false
    case .frame(let frame): frame.text.characters == .digits
    case .modbus(let settings):
      if case .characters(_, let text) = settings.text { text.characters == .digits } else { true }
    }
  }

  /// Whether it has all letters of a text.
  public func hasLetters(_ text: String) -> Bool {
    if showsNumberOnly { return false }
    guard case .frame(let frame) = self, frame.text.characters == .sevenSegment else { return true }
    return text.utf8.allSatisfy { SevenSegments.shown($0) != nil }
  }

  /// Whether a line shows all of the text, perhaps without spaces beside signs: `A012>3`.
  public func fits(_ text: String) -> Bool {
    guard let places else { return true }
    let text = SignText.ascii(text)
    guard showsNumberOnly else { return TextFitting.tightened(text).count <= places }
    let numbers = text.split { !SignText.isDigit($0) }
    return numbers.isEmpty || numbers.count == 1 && numbers[0].count <= places
  }
}
