public import Branch
public import PositionedJSON
import TicketDesign

extension TicketTemplate {
  /// Elements of one ticket.
  public static let elements_max = 200
  public static let languages_max = 16
  /// Characters of one text.
  public static let text_max = 1000

  /// Either a template or at least one diagnostic, never both. `picture` gives the bytes of a
  /// picture by its name in the template, or tells why not.
  public static func read(
    file: String, bytes: [UInt8], picture: @escaping (String) throws(Problem) -> [UInt8]
  ) -> (template: TicketTemplate?, diagnostics: [Diagnostic]) {
    let document = JSONDocument(file: file, bytes: bytes)
    let findings = Findings(file: file, diagnostics: document.diagnostics)
    let reader = TemplateReader(picture: picture)
    let template = JSONField(root: document, findings: findings)?.object(reader.read)
    return (findings.isEmpty ? template : nil, findings.diagnostics)
  }
}

/// Reads the objects of one template. Confined to the call that reads the file.
final class TemplateReader {
  let picture: (String) throws(Problem) -> [UInt8]
  private(set) var languages: [Language] = []
  private(set) var styles: [String: TextStyle] = [:]
  /// Pictures by their key, so that no two share one.
  var logos: [Logo.Key: Logo] = [:]

  static let styles_max = 32

  init(picture: @escaping (String) throws(Problem) -> [UInt8]) { self.picture = picture }

  func read(_ reader: ObjectReader) -> TicketTemplate? {
    _ = reader.optional("name")?.text(length: 1...80)
    readLanguages(reader)
    readStyles(reader)
    let fields = reader.required(
      "elements", example: "[{\"text\": \"{number}\"}, {\"cut\": true}]")?
      .elements(count_max: TicketTemplate.elements_max)
    if fields?.isEmpty == true {
      reader.optional("elements")?.report(
        code: "missing", "the list is empty",
        cure: "Add an element such as {\"text\": \"{number}\"}.")
    }
    let pieces = (fields ?? []).map { field in field.object { self.readPiece($0) } }
    let sound = pieces.compactMap { $0 }
    guard !sound.isEmpty, sound.count == pieces.count, !languages.isEmpty,
      let list = reader.optional("elements"), let last = fields?.last
    else { return nil }
    // With another mistake in it, what the author meant to stand there is not known.
    if reader.field.findings.isEmpty { judge(sound, list, last) }
    return TicketTemplate(languages: languages, pieces: sound)
  }

  /// A ticket must come off the printer whole, and tell its customer the number.
  private func judge(_ pieces: [TicketTemplate.Piece], _ list: JSONField, _ last: JSONField) {
    if let mute = languages.indices.first(where: { place in
      !pieces.contains { $0.tells(.number, place) }
    }) {
      list.report(
        code: "no-number", "no element shows {number} in \(quoted(languages[mute].code))",
        cure:
          "Add an element such as {\"text\": \"{number}\"}: it is what the customer is called by.")
    }
    if pieces.last != TicketTemplate.Piece(element: .fixed(.cut), conditions: []) {
      last.report(
        code: "no-cut", "behind this element the ticket is not cut off",
        cure:
          "End with {\"cut\": true} without \"when\": what stands behind the last cut comes out "
          + "on the next customer's paper.")
    }
  }

  // MARK: languages

  private func readLanguages(_ reader: ObjectReader) {
    let own = readDates(reader.optional("dates"))
    let field = reader.optional("languages")
    for element in field?.elements(count_max: TicketTemplate.languages_max) ?? [] {
      guard let code = languageCode(element) else { continue }
      if languages.contains(where: { $0.code == code }) {
        element.report(
          code: "doubled", "\(quoted(code)) stands in the list already",
          cure: "Remove one of the two.")
      } else if let language = own[code] ?? Language.builtIn(code) {
        languages.append(language)
      } else {
        element.report(
          code: "unknown-language", "how \(quoted(code)) writes dates is not built in",
          cure: "Say it under \"dates\": {\"\(code)\": {\"months\": […], \"weekdays\": […], …}}.")
      }
    }
    if let field, field.value.elements?.isEmpty == true {
      field.report(
        code: "missing", "the list is empty",
        cure: "Name a language, or leave the key out for \"en\".")
    }
    if field == nil, let english = own["en"] ?? Language.builtIn("en") { languages = [english] }
    for (code, _) in own where !languages.contains(where: { $0.code == code }) {
      reader.optional("dates")?.report(
        code: "unused", "\(quoted(code)) is none of the template's languages",
        cure: "Add it to \"languages\", or remove its dates.")
    }
  }

  func languageCode(_ field: JSONField) -> String? {
    guard let code = field.text(length: 1...16) else { return nil }
    if Language.isCode(code) { return code }
    field.report(
      code: "language", "\(quoted(code)) is no code of a language",
      cure: "Write it as \"de\" or \"en-US\".")
    return nil
  }

  private func readDates(_ field: JSONField?) -> [String: Language] {
    var own: [String: Language] = [:]
    for (member, field) in field?.members(count_max: TicketTemplate.languages_max) ?? [] {
      own[member.key] = field.object { self.readLanguage(member.key, $0) }
    }
    return own
  }

  /// What is left out is taken from the built-in facts.
  private func readLanguage(_ code: String, _ reader: ObjectReader) -> Language? {
    let built = Language.builtIn(code)
    let months = names(reader, "months", Language.months_count, built?.months)
    let weekdays = names(reader, "weekdays", Language.weekdays_count, built?.weekdays)
    let date = pattern(reader, "date", built?.date, example: "dd.MM.yyyy")
    let long = pattern(reader, "longdate", built?.longDate, example: "d MMMM yyyy")
    let time = pattern(reader, "time", built?.time, example: "HH:mm")
    guard let months, let weekdays, let date, let long, let time else { return nil }
    return Language(
      code: code, months: months, weekdays: weekdays, date: date, longDate: long, time: time)
  }

  private func names(
    _ reader: ObjectReader, _ key: String, _ count: Int, _ built: [String]?
  ) -> [String]? {
    if built != nil, reader.optional(key) == nil { return built }
    guard let field = reader.required(key, example: "[\"…\", …]"),
      let names = field.elements(count_max: count)?.map({ $0.text(length: 1...40) })
    else { return nil }
    if names.count < count {
      field.report(
        code: "list-length", "the list has \(names.count) names", cure: "Give all \(count).")
    }
    let sound = names.compactMap { $0 }
    return sound.count == count ? sound : nil
  }

  private func pattern(
    _ reader: ObjectReader, _ key: String, _ built: String?, example: String
  ) -> String? {
    if let built, reader.optional(key) == nil { return built }
    guard let field = reader.required(key, example: "\"\(example)\""),
      let text = field.text(length: 1...60)
    else { return nil }
    if Language.isPattern(text) { return text }
    field.report(
      code: "date-pattern", "\(quoted(text)) has letters that mean nothing in a date",
      cure: "Use d, M, y, E, H, h, m and a as in \"\(example)\"; put words between apostrophes.")
    return nil
  }

  // MARK: styles

  private func readStyles(_ reader: ObjectReader) {
    for (member, field) in reader.optional("styles")?.members(count_max: Self.styles_max) ?? [] {
      styles[member.key] = field.object(readStyle)
    }
  }

  /// An object, or the name of one under `styles`.
  func style(_ field: JSONField?) -> TextStyle {
    guard let field else { return TextStyle() }
    guard let name = field.value.string else { return field.object(readStyle) ?? TextStyle() }
    if let style = styles[name] { return style }
    field.reportUnknown(name, code: "unknown-style", known: styles.keys.sorted())
    return TextStyle()
  }

  private func readStyle(_ reader: ObjectReader) -> TextStyle? {
    let size = reader.optional("size")?.integer(in: TextStyle.sizes)
    return TextStyle(
      width: reader.optional("width")?.integer(in: TextStyle.sizes) ?? size ?? 1,
      height: reader.optional("height")?.integer(in: TextStyle.sizes) ?? size ?? 1,
      bold: reader.optional("bold")?.bool() ?? false,
      underline: reader.optional("underline")?.bool() ?? false,
      invert: reader.optional("invert")?.bool() ?? false,
      align: (reader.optional("align")?.choice(AlignWord.self) ?? .left).alignment,
      overflow: (reader.optional("overflow")?.choice(OverflowWord.self) ?? .wrap).overflow,
      font: (reader.optional("font")?.choice(FontWord.self) ?? .a).font)
  }
}

/// Words of the template for what stands elsewhere without any.
enum AlignWord: String, CaseIterable {
  case left, centre, right
  var alignment: Alignment { self == .left ? .left : self == .centre ? .centre : .right }
}

enum OverflowWord: String, CaseIterable {
  case wrap, shrink
  var overflow: TextStyle.Overflow { self == .wrap ? .wrap : .shrink }
}

enum FontWord: String, CaseIterable {
  case a, b
  var font: TextFont { self == .a ? .a : .b }
}

enum LevelWord: String, CaseIterable {
  case low, medium, quartile, high
  var level: QRLevel {
    switch self {
    case .low: .low
    case .medium: .medium
    case .quartile: .quartile
    case .high: .high
    }
  }
}

enum PinWord: String, CaseIterable {
  case pin2, pin5
  var pin: DrawerPin { self == .pin2 ? .pin2 : .pin5 }
}
