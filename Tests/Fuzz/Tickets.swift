import Branch
import Pictures
import TicketDesign
import TicketTemplates

extension FuzzTarget {
  static let templates = FuzzTarget(name: "templates") { bytes in
    // One black dot stands in for every picture.
    let (template, diagnostics) = TicketTemplate.read(file: "t.json", bytes: bytes) { _ in
      Array("P4 1 1 \u{7F}".utf8)
    }
    always((template == nil) != diagnostics.isEmpty, "a template with mistakes, or none without")
    guard let template else { return }
    let time = LocalTime(WallTime(ms: 1_795_352_700_000), zoneOffsetSeconds: 3600)
    var content = TicketContent(
      branchName: "Town Hall", serviceName: "Passports",
      number: TicketNumber(prefix: "A", number: 12), issuedAt: time)
    for language in template.languageCodes { _ = template.document(content, language: language) }
    content.customersAhead = 3
    content.wait_min = 5
    content.checkInCode = "A-1"
    content.qrText = "url"
    content.isOffline = true
    let document = template.document(content)
    always(document.elements.count <= TicketTemplate.elements_max, "more than the template has")
  }

  static let pictures = FuzzTarget(name: "pictures") { bytes in
    guard let picture = try? GreyPicture(file: bytes) else { return }
    let dots = picture.width_px * picture.height_px
    always(picture.luminance.count == dots, "dots that the size does not tell")
    // Large ones take long, and are no other kind of picture.
    guard dots <= 4096 else { return }
    let black = picture.dithered()
    always((try? GreyPicture(file: black.png()).dithered()) == black, "another picture came back")
  }
}
