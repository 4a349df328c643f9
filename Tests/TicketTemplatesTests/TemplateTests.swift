import Branch
import Testing
import TicketDesign

@testable import TicketTemplates

@Suite struct TemplateTests {
  /// What every template must have, without a text of its own.
  private let rest = #"{"qr": {"text": "{number}"}}, {"cut": true}"#

  @Test("the shipped standard template is the ticket that stands in the program")
  func standard() throws {
    let template = try Shipped.read("standard.json")
    for ahead in [nil, 0, 3] {
      for url in ["", "main/2026-11-22/A012"] {
        for isReprint in [false, true] {
          for notes in [[], ["Bring a photograph."]] {
            let content = try content {
              $0.customersAhead = ahead
              $0.qrText = url
              $0.isReprint = isReprint
              $0.notes = notes
            }
            #expect(template.document(content) == .standard(content))
          }
        }
      }
    }
  }

  @Test("the rich template speaks each of its languages, with days and times as these write them")
  func languages() throws {
    let template = try Shipped.read("town-hall.json")
    let content = try content { $0.customersAhead = 3 }
    func lines(_ language: String?) -> [String] {
      texts(template.document(content, language: language))
    }
    #expect(lines("en").contains("Sunday, 22 November 2026"))
    #expect(lines("de").contains("Sonntag, 22. November 2026"))
    #expect(lines("de-AT").contains("Vor Ihnen: 3"))
    #expect(lines("fr").contains("dimanche, 22 novembre 2026"))
    #expect(lines("pl").contains("niedziela, 22 listopada 2026"))
    #expect(lines("xx") == lines("en") && lines(nil) == lines("en"))
    #expect(template.logos.count == 1 && template.logos[0].raster.width_px == 384)
  }

  @Test(
    "a second paper says so in the ticket's language, whether the template thought of it or not")
  func reprint() throws {
    func lines(_ elements: String, _ language: String, isReprint: Bool) throws -> [String] {
      let (template, mistakes) = parse(
        #"{"languages": ["en", "de", "tr"], "elements": [\#(elements), \#(rest)]}"#)
      #expect(mistakes.map(\.description) == [])
      let content = try content { $0.isReprint = isReprint }
      return texts(try #require(template).document(content, language: language))
    }
    let forgot = #"{"text": "x"}, {"when": "not-reprint", "text": "y"}"#
    #expect(try lines(forgot, "de", isReprint: true) == [" NACHDRUCK ", "x"])
    #expect(try lines(forgot, "de", isReprint: false) == ["x", "y"])
    let variable = #"{"text": "*{reprint}*"}, {"text": "x"}"#
    #expect(try lines(variable, "tr", isReprint: true) == ["*YENİDEN BASKI*", "x"])
    #expect(try lines(variable, "tr", isReprint: false) == ["x"])
    let own = #"{"when": "reprint", "text": "again"}, {"text": "x"}"#
    #expect(try lines(own, "en", isReprint: true) == ["again", "x"])
  }

  @Test("every built-in language of dates has the words of the standard ticket, and no other has")
  func wording() {
    let primary = Set(LanguageTable.all.keys.map { String($0.split(separator: "-")[0]) })
    #expect(Set(TicketWording.languages) == primary)
    let words = TicketWording.languages.map { TicketWording.of($0) }
    #expect(words.allSatisfy { !$0.reprint.isEmpty && !$0.thanks.isEmpty })
    #expect(words.allSatisfy { $0.customersAhead.hasSuffix(":") })
    #expect(TicketWording.of("de-CH") == TicketWording.of("de"))
    #expect(TicketWording.of("xx") == .english && TicketWording.of(nil) == .english)
  }

  @Test("elements stand there when all of their conditions hold, and only then")
  func conditions() throws {
    let words = [
      "offline", "online", "priority", "appointment", "walk-in", "reprint", "ahead-known",
      "wait-known", "code-known", "counter-known", "url-known", "qr-known",
      "notes-known", "language de",
    ]
    let elements = words.flatMap { word in
      [
        #"{"when": "\#(word)", "text": "\#(word)"}"#,
        #"{"when": ["not-\#(word)"], "text": "not-\#(word)"}"#,
      ]
    }
    let (template, mistakes) = parse(
      #"{"languages": ["en", "de"], "elements": [\#(elements.joined(separator: ",")), \#(rest)]}"#)
    #expect(mistakes.map(\.description) == [])
    func said(_ content: TicketContent, _ language: String) throws -> Set<String> {
      Set(texts(try #require(template).document(content, language: language)))
    }
    let bare = try said(try content(), "en")
    let holdsBare: Set = ["online", "walk-in"]
    #expect(bare == Set(words.map { holdsBare.contains($0) ? $0 : "not-" + $0 }))
    let full = try content {
      $0.isOffline = true
      $0.isPriority = true
      $0.appointment = $0.issuedAt
      $0.isReprint = true
      $0.customersAhead = 0
      $0.wait_min = 5
      $0.checkInCode = "77"
      $0.counter = "2"
      $0.qrText = "q"
      $0.url = "u"
      $0.notes = ["n"]
    }
    #expect(
      try said(full, "de") == Set(words.map { holdsBare.contains($0) ? "not-" + $0 : $0 }))
    let both = #"{"elements": [{"when": ["priority", "not-reprint"], "text": "x"}, \#(rest)]}"#
    let priority = try content { $0.isPriority = true }
    #expect(texts(try #require(parse(both).0).document(priority)) == ["x"])
    #expect(texts(try #require(parse(both).0).document(full)) == [" REPRINT "])
  }

  @Test("a line whose variable has no value is left out, and its neighbours stay")
  func valueless() throws {
    let text =
      #"{"elements": [{"text": "{number}\n{ahead} before you\n{{{service}}}"}, "#
      + #"{"text": "{wait}"}, {"qr": {"text": "{url}"}}, {"barcode": {"text": "{code}"}}, "#
      + #"{"cut": true}]}"#
    let template = try #require(parse(text).0)
    #expect(template.document(try content()).elements.count == 2)
    #expect(texts(template.document(try content())) == ["A012\n{Passports}"])
    let full = try content {
      $0.customersAhead = 2
      $0.wait_min = 7
      $0.qrText = "u"
      $0.checkInCode = "č1"
    }
    // A code that cannot be bars stands there as text, and is known as such.
    let insteadOf = template.document(full).elements.compactMap { element in
      if case .text(_, let style) = element { style.insteadOf } else { nil }
    }
    #expect(insteadOf == [.code128])
    #expect(
      texts(template.document(full)) == ["A012\n2 before you\n{Passports}", "7", "č1"])
  }

  @Test("days, months and hours come out right over years, in patterns of any kind")
  func dates() throws {
    for (code, date, long, time) in [
      ("en-US", "11/22/2026", "November 22, 2026", "2:05 PM"),
      ("fi", "22.11.2026", "22. marraskuuta 2026", "14.05"),
      ("es", "22/11/2026", "22 de noviembre de 2026", "14:05"),
      ("ru", "22.11.2026", "22 ноября 2026 г.", "14:05"),
      ("sv-FI", "2026-11-22", "22 november 2026", "14:05"),
    ] {
      let text =
        #"{"languages": ["\#(code)"], "#
        + #""elements": [{"text": "{date}|{longdate}|{time}"}, \#(rest)]}"#
      let template = try #require(parse(text).0)
      #expect(texts(template.document(try content())) == ["\(date)|\(long)|\(time)"])
    }
    let own =
      #"{"languages": ["tlh"], "dates": {"tlh": {"months": \#(names("M", 12)), "#
      + #""weekdays": \#(names("W", 7)), "date": "yy'y'd", "longdate": "EEEE MMMM", "time": "h"}},"#
      + #" "elements": [{"text": "{date} {longdate} {time}"}, \#(rest)]}"#
    let (template, mistakes) = parse(own)
    #expect(mistakes.map(\.description) == [])
    #expect(texts(try #require(template).document(try content())) == ["26y22 W7 M11 2"])
  }

  private func names(_ letter: String, _ count: Int) -> String {
    "[" + (1...count).map { "\"\(letter)\($0)\"" }.joined(separator: ", ") + "]"
  }

  @Test("every built-in language has twelve months, seven days and patterns that mean something")
  func builtIn() {
    #expect(LanguageTable.all.count == 22)
    for (code, language) in LanguageTable.all {
      #expect(language.months.count == 12 && language.weekdays.count == 7, "\(code)")
      #expect(Set(language.months).count == 12 && Set(language.weekdays).count == 7, "\(code)")
      for pattern in [language.date, language.longDate, language.time] {
        #expect(Language.isPattern(pattern), "\(code)")
      }
    }
  }
}
