import Branch
import CodePages
import PositionedJSON

extension PrinterProfile {
  static func read(_ id: ProfileID, _ reader: ObjectReader) -> PrinterProfile? {
    let head = reader.profileHead()
    let columns = reader.required("columns", example: "42")?.integer(in: Self.columns)
    let profile = PrinterProfile(
      id: id, name: head.name ?? "", vendor: head.vendor,
      language: reader.known("language")?.choice() ?? .escpos,
      usb: reader.known("usb")?.distinct(count_max: usbModels_max) { $0.usbModel() } ?? [],
      columns: columns ?? Self.columns.lowerBound,
      columnsB: reader.known("columnsB")?.integer(in: Self.columns),
      width_pixels: reader.known("widthPixels")?.integer(in: Self.width_pixels),
      dpi: reader.known("dpi")?.integer(in: Self.dpi),
      feedUnitsPerInch: reader.known("feedUnitsPerInch")?.integer(in: Self.dpi),
      codePages: reader.known("codePages").map(codePages) ?? [:],
      doubleByte: reader.known("doubleByte")?.choice(),
      nativeBarcodes: Set(
        reader.known("nativeBarcodes")?.distinct(count_max: 8) { $0.choice() } ?? []),
      storesPictures: reader.known("storesPictures")?.bool() ?? false,
      hasDrawer: reader.known("drawer")?.bool() ?? false,
      bell: reader.known("bell")?.choice(),
      nativeQR: reader.known("nativeQR")?.bool() ?? false,
      cut: reader.known("cut")?.choice() ?? .none,
      cutFeed_dots: reader.known("cutFeedDots")?.integer(in: Self.feed_dots) ?? 0,
      completion: reader.known("completion")?.choice() ?? .none,
      status: Set(reader.known("status")?.distinct(count_max: 8) { $0.choice() } ?? []),
      nearEnd_m: reader.known("nearEndMetres")?.integer(in: Self.nearEnd_m),
      presenter: reader.known("presenter")?.choice(),
      printsBehindPresented: reader.known("printsBehindPresented")?.bool() ?? false,
      clears: Set(reader.known("clear")?.distinct(count_max: 8) { $0.choice() } ?? []),
      startsInDoubleByte: reader.known("startsInDoubleByte")?.bool() ?? false)
    profile.checkWords(reader)
    reader.checkSources()
    return profile
  }

  /// `{"cp437": 0, "cp858": 19}`
  private static func codePages(_ field: JSONField) -> [CodePage: UInt8] {
    var pages: [CodePage: UInt8] = [:]
    for (member, number) in field.members(count_max: CodePage.allCases.count * 2) ?? [] {
      guard let page = CodePage(rawValue: member.key) else {
        let known = CodePage.allCases.map(\.rawValue).sorted()
        let near = nearestName(to: member.key, among: known)
        field.findings.report(
          at: member.keyRange.start, field: number.path, code: "code-page",
          message: "\(quoted(member.key)) is not known here",
          cure: near.map { "Did you mean \(quoted($0))?" }
            ?? "Use one of: \(known.joined(separator: ", ")).")
        continue
      }
      pages[page] = number.integer(in: 0...255).map(UInt8.init)
    }
    return pages
  }
}
