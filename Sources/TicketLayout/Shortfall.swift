import Branch

/// Something of a document that this printer could not show. The ticket is printed all the same:
/// a customer is better served by a number without its QR code than by nothing.
public enum Shortfall: Hashable, Sendable {
  /// A near relative stands there instead.
  case transliterated(Character, as: String)
  /// A question mark stands there instead.
  case unprintable(Character)
  /// More bytes than the largest QR symbol holds at the level; left out.
  case qrTooLong(bytes: Int, bytes_max: Int)
  /// The symbol is wider than the paper, even with the smallest modules; left out.
  case qrTooWide(modules: Int, width_px: Int)
  /// The bars are wider than the paper, even with the narrowest; the text stands there instead.
  case barcodeTooWide(text: String, width_px: Int, width_max_px: Int)
  /// So many more characters than are reported have another or a question mark in their place.
  case moreCharacters(Int)
  /// Arabic letters stand side by side in their isolated form.
  case unjoinedArabic
  /// The symbology cannot hold the text, which stands there in plain characters.
  case barcodeImpossible(text: String, symbology: String)
  /// The printer magnifies characters no more than so often.
  case textSmaller(asked: Int, size_max: Int)
  /// The modules are smaller than the design has them: the paper or the printer has a limit.
  case qrSmaller(asked: Int, module_px: Int)
  /// The picture is wider than the paper; left out.
  case rasterTooWide(width_px: Int, width_max_px: Int)

  /// So many characters are reported one by one for a ticket; the others are counted.
  public static let reported_max = 16

  public var problem: Problem {
    switch self {
    case .transliterated(let character, let text):
      Problem(
        code: "character-transliterated", what: "'\(character)' was printed as '\(text)'",
        cause: "no code page of the printer's profile has it",
        cure: "Add a code page that has it to the profile, or write the text without it.")
    case .unprintable(let character):
      Problem(
        code: "character-unprintable", what: "'\(character)' was printed as '?'",
        cause: "no code page of the printer's profile has it",
        cure: "Add a code page that has it to the profile, or write the text without it.")
    case .qrTooLong(let bytes, let bytes_max):
      Problem(
        code: "qr-too-long", what: "A QR code was left out",
        cause: "its text has \(bytes) bytes and the limit is \(bytes_max)",
        cure: "Shorten the text of the QR code.")
    case .qrTooWide(let modules, let width_px):
      Problem(
        code: "qr-too-wide", what: "A QR code was left out",
        cause: "\(modules) modules do not fit on \(width_px) dots of paper",
        cure: "Shorten the text of the QR code.")
    case .barcodeTooWide(let text, let width_px, let width_max_px):
      Problem(
        code: "barcode-too-wide", what: "The barcode '\(text)' was printed as plain text",
        cause: "its bars need \(width_px) dots and the paper has \(width_max_px)",
        cure: "Shorten the barcode's text, or use a QR code.")
    case .moreCharacters(let count):
      Problem(
        code: "more-characters",
        what:
          "\(count) more \(count == 1 ? "character was" : "characters were") not as written",
        cause: "no code page of the printer's profile has \(count == 1 ? "it" : "them")",
        cure: "Add a code page that has them to the profile, or write the text without them.")
    case .unjoinedArabic:
      Problem(
        code: "arabic-unjoined", what: "Arabic letters were printed side by side, not joined",
        cause: "kioskd has no joined forms of them",
        cure: "Print the text as a picture: a \"logo\" of the template.")
    case .barcodeImpossible(let text, let symbology):
      Problem(
        code: "barcode-impossible", what: "The barcode '\(text)' was printed as plain text",
        cause: "\(symbology) does not have its characters or its length",
        cure: "Use another symbology, or a QR code.")
    case .textSmaller(let asked, let size_max):
      Problem(
        code: "text-smaller", what: "Text of size \(asked) was printed in size \(size_max)",
        cause: "the printer has no larger one", cure: "Ask for \(size_max) in the template.")
    case .qrSmaller(let asked, let module_px):
      Problem(
        code: "qr-smaller",
        what: "A QR code was printed with modules of \(module_px) dots instead of \(asked)",
        cause: "the paper has no room for larger ones, or the printer does not draw them",
        cure: "Shorten its text, or ask for smaller modules.")
    case .rasterTooWide(let width_px, let width_max_px):
      Problem(
        code: "raster-too-wide", what: "A picture was left out",
        cause: "it has \(width_px) dots in width and the paper \(width_max_px)",
        cure: "Use a narrower picture.")
    }
  }
}
