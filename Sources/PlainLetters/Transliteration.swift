/// What to show for characters that a printer's code pages or a sign do not have.
public enum Transliteration {
  /// Replacements to try in order; the first whose characters are all there is taken. Empty for a
  /// character that has none.
  public static func alternatives(_ scalar: Unicode.Scalar) -> [String] {
    if let special = special[scalar] { return special }
    if let letter = base[scalar] { return [letter] }
    return []
  }

  /// Marks that join the letter before them, or show nothing at all; without them the text still
  /// reads: combining marks, soft hyphen, zero-width and direction marks, variation selectors.
  public static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0xAD, 0x300...0x36F, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x2069, 0xFE00...0xFE0F,
      0xFEFF:
      true
    default: false
    }
  }

  private static let special: [Unicode.Scalar: [String]] = [
    "\u{A0}": [" "], "\u{2000}": [" "], "\u{2001}": [" "], "\u{2002}": [" "], "\u{2003}": [" "],
    "\u{2004}": [" "], "\u{2005}": [" "], "\u{2006}": [" "], "\u{2007}": [" "], "\u{2008}": [" "],
    "\u{2009}": [" "], "\u{200A}": [" "], "\u{202F}": [" "],
    "‘": ["'"], "’": ["'"], "‚": [","], "‛": ["'"], "“": ["\""], "”": ["\""], "„": ["\""],
    "‹": ["<"], "›": [">"], "«": ["<<"], "»": [">>"], "′": ["'"], "″": ["\""],
    "‐": ["-"], "‑": ["-"], "‒": ["-"], "–": ["-"], "—": ["-"], "―": ["-"], "−": ["-"],
    "…": ["..."], "•": ["·", "*"], "·": ["."], "×": ["x"], "→": ["->"], "←": ["<-"],
    "€": ["EUR"], "£": ["GBP"], "¥": ["JPY"], "©": ["(c)"], "®": ["(R)"], "™": ["(TM)"],
    "№": ["No"], "°": ["o"], "¹": ["1"], "²": ["2"], "³": ["3"], "½": ["1/2"], "¼": ["1/4"],
    "¾": ["3/4"], "¿": ["?"], "¡": ["!"],
    "ß": ["ss"], "ẞ": ["SS"], "Æ": ["AE"], "æ": ["ae"], "Œ": ["OE"], "œ": ["oe"], "Þ": ["Th"],
    "þ": ["th"], "Ĳ": ["IJ"], "ĳ": ["ij"],
    // Pages older than the comma-below letters of Romanian have their cedilla forms.
    "Ș": ["Ş", "S"], "ș": ["ş", "s"], "Ț": ["Ţ", "T"], "ț": ["ţ", "t"],
    // Ukrainian letters that CP866 lacks.
    "І": ["I"], "і": ["i"], "Ґ": ["Г"], "ґ": ["г"],
  ]

  /// Latin letters by the letter they are built on.
  private static let base: [Unicode.Scalar: String] = {
    var base: [Unicode.Scalar: String] = [:]
    for (letter, variants) in families {
      for scalar in variants.unicodeScalars { base[scalar] = letter }
    }
    return base
  }()

  private static let families: [(String, String)] = [
    ("A", "ÀÁÂÃÄÅĀĂĄǍẠẢẤẦẨẪẬẮẰẲẴẶ"),
    ("B", "Ḃ"),
    ("C", "ÇĆĈĊČ"),
    ("D", "ĎĐÐ"),
    ("E", "ÈÉÊËĒĔĖĘĚẸẺẼẾỀỂỄỆ"),
    ("G", "ĜĞĠĢ"),
    ("H", "ĤĦ"),
    ("I", "ÌÍÎÏĨĪĬĮİǏỈỊ"),
    ("J", "Ĵ"),
    ("K", "Ķ"),
    ("L", "ĹĻĽŁ"),
    ("N", "ÑŃŅŇ"),
    ("O", "ÒÓÔÕÖŌŎŐǑỌỎỐỒỔỖỘỚỜỞỠỢØƠ"),
    ("R", "ŔŖŘ"),
    ("S", "ŚŜŞŠȘ"),
    ("T", "ŢŤȚŦ"),
    ("U", "ÙÚÛÜŨŪŬŮŰŲǓǕǗǙǛỤỦỨỪỬỮỰƯ"),
    ("W", "Ŵ"),
    ("Y", "ÝŶŸỲỴỶỸ"),
    ("Z", "ŹŻŽ"),
    ("a", "àáâãäåāăąǎạảấầẩẫậắằẳẵặ"),
    ("b", "ḃ"),
    ("c", "çćĉċč"),
    ("d", "ďđð"),
    ("e", "èéêëēĕėęěẹẻẽếềểễệ"),
    ("g", "ĝğġģ"),
    ("h", "ĥħ"),
    ("i", "ìíîïĩīĭįǐỉịı"),
    ("j", "ĵ"),
    ("k", "ķ"),
    ("l", "ĺļľł"),
    ("n", "ñńņň"),
    ("o", "òóôõöōŏőǒọỏốồổỗộớờởỡợøơ"),
    ("r", "ŕŗř"),
    ("s", "śŝşšș"),
    ("t", "ţťțŧ"),
    ("u", "ùúûüũūŭůűųǔǖǘǚǜụủứừửữựư"),
    ("w", "ŵ"),
    ("y", "ýÿŷỳỵỷỹ"),
    ("z", "źżž"),
  ]
}
