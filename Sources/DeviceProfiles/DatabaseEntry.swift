import CodePages
import PositionedJSON

/// What an entry of escpos-printer-db says of a model, as far as our profiles have room for it.
/// "Unknown" and what is not there are nil.
struct DatabaseEntry {
  /// Characters of a font in a line.
  struct Columns: Equatable {
    var count: Int
    /// The dots of a character, where the entry states these in place of the characters of a line.
    var character_dots: Int?
  }

  static let fonts_max = 256

  let key: String
  let name: String
  let vendor: String?
  let width_pixels: Int?
  let dpi: Int?
  let columns: Columns
  let columnsB: Columns?
  private let features: [Feature: Bool]
  /// Name of an encoding by the number of ESC t, ascending.
  let codePages: [(number: UInt8, encoding: String)]

  /// What a model can do, in the words of the database.
  enum Feature: String, CaseIterable {
    case barcodeB, qrCode, graphics, bitImageRaster, starCommands
    case paperFullCut, paperPartCut, pulseStandard, pulseBel
  }

  /// nil: the entry does not say.
  subscript(_ feature: Feature) -> Bool? { features[feature] }

  /// Keys that our profiles have no use for are passed over; nil behind a diagnostic.
  init?(key: String, _ reader: ObjectReader) {
    reader.acceptAnyKey()
    self.key = key
    let nameField = reader.required("name", example: "\"TM-T88V\"")
    guard let name = nameField?.text(length: ProfileHead.nameLength) else { return nil }
    self.name = name
    vendor = reader.known("vendor").flatMap { field in
      field.value.string == "" ? nil : field.text(length: ProfileHead.nameLength)
    }
    let media = reader.known("media")?.object(Media.init)
    width_pixels = media?.width_pixels
    dpi = media?.dpi
    let fonts = reader.required("fonts", example: "{\"0\": {\"columns\": 42}}")
    guard let columns = Self.columns(fonts, font: "0", pixels: media?.width_pixels) else {
      if let fonts, fonts.findings.isEmpty {
        fonts.report(
          code: "missing", "font 0 is not there", cure: "Add \"0\": {\"columns\": 42}.")
      }
      return nil
    }
    self.columns = columns
    columnsB = Self.columns(fonts, font: "1", pixels: media?.width_pixels)
    features = reader.known("features")?.object(Self.features) ?? [:]
    codePages = reader.known("codePages").map(Self.codePages) ?? []
  }

  private struct Media {
    var width_pixels: Int?
    var dpi: Int?

    init?(_ reader: ObjectReader) {
      reader.acceptAnyKey()
      dpi = DatabaseEntry.number(reader.known("dpi"), in: PrinterProfile.dpi)
      width_pixels = reader.known("width")?.object { width in
        width.acceptAnyKey()
        return DatabaseEntry.number(width.known("pixels"), in: PrinterProfile.width_pixels)
      }
    }
  }

  private static func number(_ field: JSONField?, in range: ClosedRange<Int>) -> Int? {
    field?.value.string == "Unknown" ? nil : field?.integer(in: range)
  }

  /// Entry NT-80-V-UL has 12 and 9 columns at 576 pixels: these are the dots of its characters.
  private static func columns(_ fonts: JSONField?, font: String, pixels: Int?) -> Columns? {
    guard let value = fonts?.value[font], let fonts else { return nil }
    let path = fonts.path.isEmpty ? font : "\(fonts.path).\(font)"
    let field = JSONField(value: value, path: path, findings: fonts.findings)
    return field.object { reader in
      reader.acceptAnyKey()
      let columns = reader.required("columns", example: "42")
      if let pixels, case .integer(let dots)? = columns?.value.content,
        (1..<PrinterProfile.columns.lowerBound).contains(Int(truncatingIfNeeded: dots)),
        PrinterProfile.columns.contains(pixels / Int(dots))
      {
        return Columns(count: pixels / Int(dots), character_dots: Int(dots))
      }
      return number(columns, in: PrinterProfile.columns).map { Columns(count: $0) }
    }
  }

  private static func features(_ reader: ObjectReader) -> [Feature: Bool] {
    reader.acceptAnyKey()
    var features: [Feature: Bool] = [:]
    for feature in Feature.allCases { features[feature] = reader.known(feature.rawValue)?.bool() }
    return features
  }

  private static func codePages(_ field: JSONField) -> [(number: UInt8, encoding: String)] {
    var pages: [(number: UInt8, encoding: String)] = []
    for (member, encoding) in field.members(count_max: 256) ?? [] {
      // "07" and "+7" would be second names of 7.
      guard let number = UInt8(member.key), String(number) == member.key else {
        field.findings.report(
          at: member.keyRange.start, field: encoding.path, code: "range",
          message: "\(quoted(member.key)) is no number of a code page",
          cure: "Give a whole number from 0 to 255 in quotes.")
        continue
      }
      if let name = encoding.text(length: ProfileHead.nameLength) { pages.append((number, name)) }
    }
    return pages.sorted { $0.number < $1.number }
  }
}
