import Branch
import DeviceProfiles
public import TicketDesign
public import Tongues

/// What `kioskd print-test` puts on paper.
public struct TestTicket: Hashable, Sendable {
  /// Letters of many languages; each printer shows those that its code pages have.
  static let samples = [
    "ÄÖÜäöüß ÀÂÇÉÈÊËÎÏÔÙÛ", "àâçéèêëîïôùû ÁÍÓÚÑ", "áíóúñ¿¡ ÅÆØåæø ÃÕãõ", "ĄĆĘŁŃŚŹŻ ąćęłńśźż",
    "ČĎĚŇŘŠŤŮŽ čďěňřšťůž", "ŐŰőű ĂȘȚășț ĞİŞğış", "ΑΒΓΔΩ αβγδω", "АБВГДЯ абвгдя", "€ £ § ° ±",
  ]
  static let digits = "0123456789 ABCXYZ abcxyz"

  /// Lines of characters that this printer can show: compare them with the paper.
  public let sample: [String]
  public let document: TicketDocument

  /// - Parameters:
  ///   - title: of the branch, or what the printer is called.
  ///   - lines: what the technician should find on the paper: printer, profile, time.
  ///   - qrText: what a phone should read.
  public init(title: String, lines: [String], qrText: String, tongue: PrinterTongue) {
    sample = [Self.digits] + Self.printable(by: tongue)
    var elements: [TicketElement] = []
    let banner = TextStyle(width: 3, height: 3, invert: true, align: .centre, overflow: .shrink)
    elements.append(.text(" TEST ", banner))
    elements.append(.feed(lines: 1))
    elements.append(.text(title, TextStyle(bold: true, align: .centre)))
    for line in lines { elements.append(.text(line, TextStyle(align: .centre))) }
    elements.append(.rule)
    for line in sample { elements.append(.text(line, TextStyle())) }
    elements.append(.rule)
    elements.append(.text("bold", TextStyle(bold: true)))
    elements.append(.text("twice as large", TextStyle(width: 2, height: 2, overflow: .shrink)))
    elements.append(.feed(lines: 1))
    elements.append(.qr(qrText, moduleSize: 6, level: .medium, align: .centre))
    elements.append(.feed(lines: 1))
    elements.append(.text("TEST - not a ticket", TextStyle(bold: true, align: .centre)))
    elements.append(.cut)
    document = TicketDocument(elements)
  }

  /// The sample lines without what this printer would replace.
  private static func printable(by tongue: PrinterTongue) -> [String] {
    samples.compactMap { line in
      let kept = line.filter { character in
        character == " "
          || tongue.encode(TicketDocument([.text(String(character), TextStyle())]))
            .shortfalls.isEmpty
      }
      let words = kept.split(separator: " ")
      return words.isEmpty ? nil : words.joined(separator: " ")
    }
  }
}
