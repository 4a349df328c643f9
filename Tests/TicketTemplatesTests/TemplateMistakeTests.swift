import PositionedJSON
import Testing
import TicketTemplates

/// ¶ stands where the one mistake of a template is to be told.
@Suite struct TemplateMistakeTests {
  private static let mistakes: [(text: String, code: String)] = [
    (#"{"elements": ¶[]}"#, "missing"),
    (#"¶{}"#, "missing"),
    (#"{"elements": [{¶"txt": "x"}]}"#, "missing"),
    (#"{"elements": [{"text": "x", ¶"colour": 1}]}"#, "unknown-key"),
    (#"{"elements": [{"text": ¶""}]}"#, "text-length"),
    (#"{"elements": [{"text": ¶5}]}"#, "type"),
    (#"{"elements": [{"text": ¶"a\tb"}]}"#, "text-control"),
    (#"{"elements": [{"text": ¶"{nmber}"}]}"#, "unknown-variable"),
    (#"{"elements": [{"text": ¶"{number"}]}"#, "brace"),
    (#"{"elements": [{"text": ¶"number}"}]}"#, "brace"),
    (#"{"elements": [{"text": "x", "when": ¶"ofline"}]}"#, "unknown-condition"),
    (#"{"elements": [{"text": "x", "when": ["online", ¶"language de"]}]}"#, "unknown-language"),
    (#"{"elements": [{"text": {"en": "x", ¶"de": "y"}}]}"#, "unknown-language"),
    (#"{"elements": [{"text": ¶{}}]}"#, "missing"),
    (#"{"languages": [¶"klingon"], "elements": [{"text": "x"}]}"#, "language"),
    (#"{"languages": ["en", ¶"tlh"], "elements": [{"text": "x"}]}"#, "unknown-language"),
    (#"{"languages": ["en", ¶"en"], "elements": [{"text": "x"}]}"#, "doubled"),
    (#"{"dates": {"en": {"date": ¶"dd/QQ"}}, "elements": [{"text": "x"}]}"#, "date-pattern"),
    (#"{"dates": {"en": {"months": ¶["a"]}}, "elements": [{"text": "x"}]}"#, "list-length"),
    (#"{"dates": ¶{"de": {}}, "elements": [{"text": "x"}]}"#, "unused"),
    (#"{"elements": [{"text": "x", "style": ¶"big"}]}"#, "unknown-style"),
    (#"{"elements": [{"text": "x", "style": {"size": ¶9}}]}"#, "range"),
    (#"{"elements": [{"text": "x", "style": {"font": ¶"c"}}]}"#, "choice"),
    (#"{"elements": [{"text": "x", "cut": ¶true}]}"#, "conflict"),
    (#"{"elements": [{"feed": ¶0}]}"#, "range"),
    (#"{"elements": [{"cut": ¶false}]}"#, "pointless"),
    (#"{"elements": [{"drawer": ¶"pin3"}]}"#, "choice"),
    (#"{"elements": [{"qr": ¶{}}]}"#, "missing"),
    (#"{"elements": [{"qr": {"text": "x", "module": ¶17}}]}"#, "range"),
    (#"{"elements": [{"barcode": {"text": ¶"12", "symbology": "ean13"}}]}"#, "barcode"),
    (#"{"elements": [{"logo": {"file": ¶"nowhere.png"}}]}"#, "file"),
    (#"{"elements": [{"logo": {"file": ¶"standard.json"}}]}"#, "picture-kind"),
    (#"{"elements": [{"logo": {"file": "town-hall.png", "key": ¶"L"}}]}"#, "logo-key"),
    (
      #"{"elements": [{"logo": {"file": "town-hall.png", "key": "L1"}}, {"logo": "#
        + #"{"file": "town-hall.png", "width": 99, "key": ¶"L1"}}]}"#, "doubled-key"
    ),
    // A ticket that does not come off whole, or does not tell its number.
    (#"{"elements": [¶{"text": "{number}"}]}"#, "no-cut"),
    (#"{"elements": [{"text": "{number}"}, {"cut": true}, ¶{"text": "Bye"}]}"#, "no-cut"),
    (#"{"elements": [{"text": "{number}"}, ¶{"cut": true, "when": "online"}]}"#, "no-cut"),
    (#"{"elements": ¶[{"text": "{service}"}, {"cut": true}]}"#, "no-number"),
    (#"{"elements": ¶[{"text": "{{number}}"}, {"cut": true}]}"#, "no-number"),
    (
      #"{"languages": ["en", "de"], "elements": ¶[{"text": {"en": "{number}", "de": "Nummer"}}, "#
        + #"{"cut": true}]}"#, "no-number"
    ),
  ]

  @Test(
    "the number may stand in any text or symbol, and paper may be cut in the middle, too",
    arguments: [
      #"{"text": "No. {number}"}"#, #"{"qr": {"text": "{number}"}}"#,
      #"{"barcode": {"text": "{number}"}}"#, #"{"cut": true}, {"text": "{number}"}"#,
    ])
  func sound(_ element: String) {
    let (template, mistakes) = parse(#"{"elements": [\#(element), {"cut": true}]}"#)
    #expect(template != nil && mistakes.isEmpty, "\(mistakes)")
  }

  @Test("one mistake is told once, at its place, with a cure", arguments: 0..<mistakes.count)
  func mistake(_ index: Int) throws {
    let (marked, code) = Self.mistakes[index]
    let before = marked.prefix { $0 != "¶" }
    var expected = SourcePosition(line: 1, column: before.unicodeScalars.count + 1)
    // The keys of an element of no known kind are not known either: the element itself is told.
    if marked.contains("txt") { expected.column -= 1 }
    let (template, mistakes) = parse(marked.filter { $0 != "¶" })
    #expect(template == nil)
    #expect(mistakes.map(\.code) == [code], "\(mistakes)")
    #expect(mistakes.first?.position == expected, "\(mistakes)")
    #expect(
      mistakes.first?.cure.hasSuffix(".") ?? false || mistakes.first?.cure.hasSuffix("?") ?? false)
  }
}
