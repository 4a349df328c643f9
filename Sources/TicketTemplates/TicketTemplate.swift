import Barcodes
public import TicketDesign

/// A ticket's design, read from a file, checked, with its logos as black dots.
public struct TicketTemplate: Hashable, Sendable {
  /// Languages that it speaks, in the order in which they stand in for each other.
  let languages: [Language]
  let pieces: [Piece]

  public var languageCodes: [String] { languages.map(\.code) }

  /// Whether a text is the code of a language, `de` or `en-US`.
  public static func isLanguageCode(_ text: String) -> Bool { Language.isCode(text) }

  /// Whether it has texts of its own for a language, be it without its region.
  public func speaks(_ code: String) -> Bool {
    let primary = code.split(separator: "-").first.map(String.init) ?? code
    return languages.contains { $0.code == code || $0.code == primary }
  }

  /// A piece of the ticket, and when it stands there: all conditions must hold.
  struct Piece: Hashable, Sendable {
    let element: Element
    let conditions: [Condition]

    /// It stands on second papers because they are that.
    var tellsReprint: Bool {
      let isForReprints = conditions.contains { $0.subject == .fact(.reprint) && !$0.isNegated }
      guard case .text(let wording, _) = element else { return isForReprints }
      return isForReprints || wording.contains { $0.names(.reprint) }
    }

    /// It shows the variable in the language at this place among the template's.
    func tells(_ variable: Variable, _ place: Int) -> Bool {
      switch element {
      case .fixed: false
      case .text(let wording, _), .qr(let wording, _, _, _), .barcode(let wording, _, _):
        wording[place].names(variable)
      }
    }
  }

  /// A text in each of the template's languages, in their order.
  typealias Wording = [Phrase]

  enum Element: Hashable, Sendable {
    /// What stays the same on every ticket.
    case fixed(TicketElement)
    case text(Wording, TextStyle)
    case qr(Wording, moduleSize: Int, level: QRLevel, align: Alignment)
    case barcode(Wording, BarcodeForm, align: Alignment)
  }

  struct BarcodeForm: Hashable, Sendable {
    let symbology: BarcodeSymbology
    let height_px: Int
    let moduleWidth_px: Int
    let hasCaption: Bool
  }

  /// The pictures that come again on every ticket.
  public var logos: [Logo] {
    var seen: Set<Logo.Key> = []
    return pieces.compactMap { piece in
      guard case .fixed(.logo(let logo, _)) = piece.element, seen.insert(logo.key).inserted else {
        return nil
      }
      return logo
    }
  }

  /// The ticket of these facts. A language that the template does not speak gives way to the same
  /// without its region, then to the first that it speaks.
  public func document(_ content: TicketContent, language code: String? = nil) -> TicketDocument {
    let place = place(of: code)
    let language = languages[place]
    var elements: [TicketElement] = []
    elements.reserveCapacity(pieces.count)
    if content.isReprint, !pieces.contains(where: \.tellsReprint) {
      elements += TicketDocument.reprintMark(.of(language.code))
    }
    for piece in pieces where piece.conditions.allSatisfy({ $0.holds(content, language) }) {
      switch piece.element {
      case .fixed(let element): elements.append(element)
      case .text(let wording, let style):
        guard let text = wording[place].text(content, language), !text.isEmpty else { continue }
        elements.append(.text(text, style))
      case .qr(let wording, let moduleSize, let level, let align):
        guard let text = wording[place].text(content, language), !text.isEmpty else { continue }
        elements.append(.qr(text, moduleSize: moduleSize, level: level, align: align))
      case .barcode(let wording, let form, let align):
        guard let text = wording[place].text(content, language), !text.isEmpty else { continue }
        elements.append(Self.barcode(text, form, align))
      }
    }
    return TicketDocument(elements)
  }

  private func place(of code: String?) -> Int {
    guard let code else { return 0 }
    let primary = code.split(separator: "-").first.map(String.init) ?? code
    return languages.firstIndex { $0.code == code } ?? languages.firstIndex { $0.code == primary }
      ?? 0
  }

  /// A text that the symbology cannot hold stands there in plain characters.
  private static func barcode(
    _ text: String, _ form: BarcodeForm, _ align: Alignment
  ) -> TicketElement {
    guard let symbol = try? Barcode(form.symbology, text) else {
      var style = TextStyle(align: align)
      style.insteadOf = form.symbology
      return .text(text, style)
    }
    let barcode = TicketBarcode(
      symbol, height_px: form.height_px, moduleWidth_px: form.moduleWidth_px,
      hasCaption: form.hasCaption)
    return .barcode(barcode, align: align)
  }
}
