/// What a character does to the direction of a line (Unicode Standard Annex 9, table 4), as far
/// as tickets meet it: explicit directional marks are taken out before.
enum BidiClass: UInt8 {
  case leftToRight, rightToLeft, arabicLetter
  case europeanNumber, europeanSeparator, europeanTerminator, arabicNumber, commonSeparator
  case mark, space, other

  var isStrong: Bool {
    self == .leftToRight || self == .rightToLeft || self == .arabicLetter
  }

  /// Neither a direction nor a number.
  var isNeutral: Bool { self == .space || self == .other }

  /// Source: DerivedBidiClass.txt of the Unicode Character Database 15.
  init(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x30...0x39, 0x6F0...0x6F9, 0xB2, 0xB3, 0xB9, 0x2070, 0x2074...0x2079, 0x2080...0x2089:
      self = .europeanNumber
    case 0x2B, 0x2D, 0x207A, 0x207B, 0x208A, 0x208B, 0x2212, 0xFB29: self = .europeanSeparator
    case 0x23...0x25, 0xA2...0xA5, 0xB0, 0xB1, 0x66A, 0x2030...0x2034, 0x20A0...0x20CF, 0x2213:
      self = .europeanTerminator
    case 0x2C, 0x2E, 0x2F, 0x3A, 0xA0, 0x60C, 0x202F, 0x2044: self = .commonSeparator
    case 0x660...0x669, 0x66B, 0x66C, 0x600...0x605, 0x6DD: self = .arabicNumber
    case 0x20, 0x9, 0x2000...0x200A, 0x205F, 0x3000: self = .space
    case 0x300...0x36F, 0x591...0x5BD, 0x5BF, 0x5C1, 0x5C2, 0x5C4, 0x5C5, 0x5C7,
      0x610...0x61A, 0x64B...0x65F, 0x670, 0x6D6...0x6DC, 0x6DF...0x6E4, 0x6E7, 0x6E8,
      0x6EA...0x6ED, 0xFB1E:
      self = .mark
    case 0x590...0x5FF, 0x7C0...0x85F, 0xFB1D...0xFB4F: self = .rightToLeft
    case 0x606, 0x607, 0x60E, 0x60F, 0x6DE, 0x6E9: self = .other
    case 0x608, 0x60B, 0x60D, 0x61B...0x6FF, 0x700...0x7BF, 0x860...0x8FF, 0xFB50...0xFDCF,
      0xFDF0...0xFDFC, 0xFE70...0xFEFE:
      self = .arabicLetter
    default:
      self = scalar.properties.isAlphabetic || scalar.value >= 0x3041 ? .leftToRight : .other
    }
  }

  /// Whether right-to-left order has to be thought of at all.
  static func turns(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.value >= 0x590 else { return false }
    switch BidiClass(scalar) {
    case .rightToLeft, .arabicLetter, .arabicNumber: return true
    default: return false
    }
  }
}

/// Brackets and other signs that look to the other side in right-to-left text (Unicode Character
/// Database, BidiMirroring.txt), as far as code pages of printers hold them.
enum Mirror {
  private static let pairs: [Unicode.Scalar: Unicode.Scalar] = {
    let couples: [(Unicode.Scalar, Unicode.Scalar)] = [
      ("(", ")"), ("[", "]"), ("{", "}"), ("<", ">"), ("«", "»"), ("‹", "›"), ("≤", "≥"),
    ]
    var pairs: [Unicode.Scalar: Unicode.Scalar] = [:]
    for (left, right) in couples {
      pairs[left] = right
      pairs[right] = left
    }
    return pairs
  }()

  static func image(_ scalar: Unicode.Scalar) -> Unicode.Scalar { pairs[scalar] ?? scalar }

  /// The closing bracket of an opening one: rule N0 knows these three (BidiBrackets.txt).
  static func closing(_ scalar: Unicode.Scalar) -> Unicode.Scalar? {
    scalar == "(" || scalar == "[" || scalar == "{" ? pairs[scalar] : nil
  }

  static func isClosing(_ scalar: Unicode.Scalar) -> Bool {
    scalar == ")" || scalar == "]" || scalar == "}"
  }
}
