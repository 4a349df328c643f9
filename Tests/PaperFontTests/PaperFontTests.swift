import CodePages
import PaperFont
import Testing

/// The letters of the virtual paper.
@Suite struct PaperFontTests {
  private static let alphabets = [
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
    "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~",
    "ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõöøùúûüýþÿ",
    "ĄĆĘŁŃÓŚŹŻąćęłńóśźżĚŠČŘŽĎŤŇŮěščřžďťňůŐŰőűĂăȘșȚțĞğİıŞşŒœ",
    "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩαβγδεζηθικλμνξοπρσςτυφχψωάέήίόύώ",
    "АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдеёжзийклмнопрстуфхцчшщъыьэюяІЇЄҐіїєґ",
    "אבגדהוזחטיךכלםמןנסעףפץצקרשת",
  ]

  @Test("every letter is one, differs from its neighbours, and stays within its cell")
  func letters() {
    for (face, width, height) in [(PaperFont.Face.a, 12, 24), (.b, 9, 17)] {
      var font = PaperFont(face)
      let box = font.glyph("\u{FFFD}")
      for alphabet in Self.alphabets {
        var seen: [PaperGlyph: Unicode.Scalar] = [:]
        for scalar in alphabet.unicodeScalars {
          let glyph = font.glyph(scalar)
          #expect(PaperFont.has(scalar) && glyph != box, "\(scalar)")
          #expect(glyph.width_px == width && glyph.rows.count == height)
          // The last column stays white, so that letters stand apart.
          #expect(glyph.rows.allSatisfy { $0 >> UInt16(width - 1) == 0 }, "\(scalar)")
          #expect(glyph.rows.contains { $0 != 0 }, "\(scalar)")
          if let other = seen[glyph] { Issue.record("\(scalar) looks like \(other), \(face)") }
          seen[glyph] = scalar
        }
      }
    }
  }

  @Test("letters without a lean are the same from both sides")
  func symmetry() {
    var font = PaperFont(.a)
    for scalar in "AHIMOTUVWXYov0'!|=-+^\"".unicodeScalars {
      let glyph = font.glyph(scalar)
      for y in glyph.rows.indices {
        for x in 0..<12 {
          #expect(glyph.isBlack(x: x, y: y) == glyph.isBlack(x: 11 - x, y: y), "\(scalar), \(y)")
        }
      }
    }
  }

  @Test("nearly all that a printer's pages of Europe hold has a letter")
  func pages() {
    for page in [CodePage.cp1252, .cp852, .cp1250, .cp1251, .cp1253, .iso8859_15] {
      let table = CodePageTable(page)
      let characters = (UInt8(0x20)...0xFF).compactMap { $0 == 0x7F ? nil : table.scalar($0) }
      let missing = characters.filter { $0.properties.isAlphabetic && !PaperFont.has($0) }
      #expect(missing.count <= 12, "\(page): \(String(String.UnicodeScalarView(missing)))")
    }
  }

  @Test("what has no letter is a box, and a blank is nothing")
  func box() {
    var font = PaperFont(.a)
    #expect(font.glyph("漢") == font.glyph("\u{1F600}"))
    #expect(font.glyph("漢").rows.contains { $0 != 0 })
    #expect(font.glyph(" ").rows.allSatisfy { $0 == 0 })
  }
}
