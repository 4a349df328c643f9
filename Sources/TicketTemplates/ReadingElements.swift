import Barcodes
import Branch
import Pictures
import PositionedJSON
import TicketDesign

/// The elements of a template.
extension TemplateReader {
  private static let kinds = [
    "text", "feed", "rule", "logo", "qr", "barcode", "bell", "drawer", "cut",
  ]
  private static let feed_lines = 1...50
  private static let conditions_max = 8

  func readPiece(_ reader: ObjectReader) -> TicketTemplate.Piece? {
    let conditions = readConditions(reader.optional("when"))
    let choice = reader.exactlyOne(of: Self.kinds, example: "\"text\": \"{number}\"")
    guard let (kind, field) = choice else {
      // Whose keys these are nobody knows.
      reader.acceptAnyKey()
      return nil
    }
    let element: TicketTemplate.Element? =
      switch kind {
      case "text": readText(field, reader)
      case "feed": field.integer(in: Self.feed_lines).map { .fixed(.feed(lines: $0)) }
      case "rule": isOn(field) ? .fixed(.rule) : nil
      case "logo": readAligned(field, readLogo)
      case "qr": readAligned(field, readQR)
      case "barcode": readAligned(field, readBarcode)
      case "bell": isOn(field) ? .fixed(.bell) : nil
      case "drawer": field.choice(PinWord.self).map { .fixed(.drawer($0.pin)) }
      default: isOn(field) ? .fixed(.cut) : nil
      }
    return element.map { TicketTemplate.Piece(element: $0, conditions: conditions) }
  }

  /// What has nothing more to say than that it is there.
  private func isOn(_ field: JSONField) -> Bool {
    guard let isOn = field.bool() else { return false }
    if !isOn {
      field.report(
        code: "pointless", "an element that is false does nothing", cure: "Remove the element.")
    }
    return isOn
  }

  // MARK: conditions

  /// One word or a list of them.
  private func readConditions(_ field: JSONField?) -> [Condition] {
    guard let field else { return [] }
    let fields =
      field.value.string == nil ? field.elements(count_max: Self.conditions_max) ?? [] : [field]
    return fields.compactMap { field in
      guard let text = field.text(length: 1...60) else { return nil }
      guard let condition = Condition(parsing: text) else {
        field.reportUnknown(text, code: "unknown-condition", known: Condition.known)
        return nil
      }
      if case .language(let code) = condition.subject {
        guard isKnown(code, field) else { return nil }
      }
      return condition
    }
  }

  private func isKnown(_ code: String, _ field: JSONField) -> Bool {
    let known = languages.map(\.code)
    if known.contains(code) { return true }
    field.reportUnknown(code, code: "unknown-language", known: known)
    return false
  }

  // MARK: texts

  private func readText(_ field: JSONField, _ reader: ObjectReader) -> TicketTemplate.Element? {
    let style = style(reader.optional("style"))
    return wording(field).map { .text($0, style) }
  }

  /// One text for all languages, or an object with one for each of some.
  private func wording(_ field: JSONField) -> TicketTemplate.Wording? {
    guard field.value.members != nil else {
      return phrase(field).map { Array(repeating: $0, count: max(languages.count, 1)) }
    }
    var phrases: [String: Phrase] = [:]
    for (member, field) in field.members(count_max: TicketTemplate.languages_max) ?? [] {
      guard languages.contains(where: { $0.code == member.key }) else {
        field.findings.report(
          at: member.keyRange.start, field: field.path, code: "unknown-language",
          message: "\(quoted(member.key)) is none of the template's languages",
          cure: "Add it to \"languages\", or remove the text.")
        continue
      }
      phrases[member.key] = phrase(field)
    }
    guard !phrases.isEmpty else {
      if field.value.members?.isEmpty == true {
        field.report(
          code: "missing", "there is no text in it", cure: "Add a text such as {\"en\": \"…\"}.")
      }
      return nil
    }
    let first = languages.lazy.compactMap { phrases[$0.code] }.first
    return languages.compactMap { language in
      let primary = language.code.split(separator: "-").first.map(String.init) ?? language.code
      return phrases[language.code] ?? phrases[primary] ?? first
    }
  }

  private func phrase(_ field: JSONField) -> Phrase? {
    guard let text = field.value.string else {
      _ = field.text(length: 1...TicketTemplate.text_max)
      return nil
    }
    let scalars = text.unicodeScalars
    guard (1...TicketTemplate.text_max).contains(scalars.count) else {
      field.report(
        code: "text-length",
        scalars.isEmpty ? "the text is empty" : "the text has \(scalars.count) characters",
        cure: "Give 1 to \(TicketTemplate.text_max) characters, or remove the element.")
      return nil
    }
    if scalars.contains(where: { $0.properties.generalCategory == .control && $0 != "\n" }) {
      field.report(
        code: "text-control", "a control character stands in it",
        cure: "Remove it; \\n alone begins a new line.")
      return nil
    }
    do throws(Phrase.Mistake) {
      return try Phrase(parsing: text)
    } catch {
      report(error, field)
      return nil
    }
  }

  private func report(_ mistake: Phrase.Mistake, _ field: JSONField) {
    switch mistake {
    case .unknownVariable(let name):
      let known = Variable.allCases.map(\.rawValue)
      let near = nearestName(to: name, among: known).map { "Did you mean {\($0)}?" }
      field.report(
        code: "unknown-variable", "there is no variable \(quoted("{\(name)}"))",
        cure: near ?? "Use one of: \(known.joined(separator: ", ")).")
    case .openBrace:
      field.report(
        code: "brace", "a { is not closed", cure: "Close it with }; write {{ for the brace itself.")
    case .closingBrace:
      field.report(
        code: "brace", "a } closes nothing", cure: "Write }} for the brace itself.")
    }
  }

  // MARK: pictures and symbols

  private func readAligned(
    _ field: JSONField, _ read: (ObjectReader, Alignment) -> TicketTemplate.Element?
  ) -> TicketTemplate.Element? {
    field.object { reader in
      let align = reader.optional("align")?.choice(AlignWord.self) ?? .centre
      return read(reader, align.alignment)
    }
  }

  private func readQR(_ reader: ObjectReader, _ align: Alignment) -> TicketTemplate.Element? {
    let text = reader.required("text", example: "\"{url}\"").flatMap(wording)
    let module = reader.optional("module")?.integer(in: 1...16) ?? 6
    let level = reader.optional("level")?.choice(LevelWord.self) ?? .medium
    return text.map { .qr($0, moduleSize: module, level: level.level, align: align) }
  }

  private func readBarcode(_ reader: ObjectReader, _ align: Alignment) -> TicketTemplate.Element? {
    let field = reader.required("text", example: "\"{code}\"")
    let text = field.flatMap(wording)
    let form = TicketTemplate.BarcodeForm(
      symbology: reader.optional("symbology")?.choice() ?? .code128,
      height_px: reader.optional("height")?.integer(in: 1...255) ?? 80,
      moduleWidth_px: reader.optional("module")?.integer(in: 2...6) ?? 2,
      hasCaption: reader.optional("caption")?.bool() ?? true)
    guard let text, let field else { return nil }
    for constant in text.compactMap(\.constant)
    where (try? Barcode(form.symbology, constant)) == nil {
      field.report(
        code: "barcode", "\(quoted(constant)) cannot be a barcode \(form.symbology.rawValue)",
        cure: "Use characters and a length that it can hold, or another symbology.")
      return nil
    }
    return .barcode(text, form, align: align)
  }

  private func readLogo(_ reader: ObjectReader, _ align: Alignment) -> TicketTemplate.Element? {
    let width = reader.optional("width")?.integer(in: 8...GreyPicture.side_max_px)
    let keyField = reader.optional("key")
    let key = keyField.flatMap(logoKey)
    guard let field = reader.required("file", example: "\"logo.png\""),
      let name = field.text(length: 1...255), keyField == nil || key != nil,
      let raster = field.usable({ () throws(Problem) in try raster(name, width: width) })
    else { return nil }
    let logo = Logo(key: key ?? Self.key(of: raster), raster: raster)
    if let other = logos[logo.key], other != logo {
      (keyField ?? field).report(
        code: "doubled-key", "another picture has this key already",
        cure: "Give each picture a \"key\" of its own.")
    }
    logos[logo.key] = logo
    return .fixed(.logo(logo, align: align))
  }

  private func logoKey(_ field: JSONField) -> Logo.Key? {
    guard let text = field.text(length: 1...8) else { return nil }
    if let key = Logo.Key(text) { return key }
    field.report(
      code: "logo-key", "\(quoted(text)) is no key", cure: "Give two plain characters, \"L1\".")
    return nil
  }

  private func raster(_ name: String, width: Int?) throws(Problem) -> Raster {
    let bytes = try picture(name)
    do throws(PictureError) {
      let grey = try GreyPicture(file: bytes)
      let dots = (width.map { grey.scaled(toWidth: $0) } ?? grey).dithered()
      if let raster = Raster(width_px: dots.width_px, height_px: dots.height_px, rows: dots.rows) {
        return raster
      }
      throw .badSize(width: dots.width_px, height: dots.height_px)
    } catch {
      throw error.problem
    }
  }

  /// The same picture has the same key wherever it stands; FNV-1a.
  private static func key(of raster: Raster) -> Logo.Key {
    let hash = raster.rows.reduce(UInt32(0x811C_9DC5) ^ UInt32(raster.width_px)) {
      ($0 ^ UInt32($1)) &* 0x0100_0193
    }
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
    let pair = "\(letters[Int(hash % 62)])\(letters[Int(hash / 62 % 62)])"
    guard let key = Logo.Key(pair) else { preconditionFailure("two plain characters") }
    return key
  }
}
