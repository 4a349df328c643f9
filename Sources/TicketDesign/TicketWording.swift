/// The words that the layout itself says.
public struct TicketWording: Hashable, Sendable {
  public var customersAhead: String
  public var reprint: String
  public var thanks: String

  public init(customersAhead: String, reprint: String, thanks: String) {
    self.customersAhead = customersAhead
    self.reprint = reprint
    self.thanks = thanks
  }

  public static let english = TicketWording(
    customersAhead: "Customers ahead:", reprint: "REPRINT", thanks: "Thank you for waiting.")

  /// The words in a language, `de` or `de-AT`; English for one that is not here.
  public static func of(_ code: String?) -> TicketWording {
    let primary = code.flatMap { $0.split(separator: "-").first }.map(String.init)
    return primary.flatMap { table[$0] } ?? .english
  }

  /// Languages that have words of their own.
  public static var languages: [String] { table.keys.sorted() }

  private static let table: [String: TicketWording] = {
    let lines = text.split(separator: "\n").map { $0.split(separator: "|").map(String.init) }
    let entries = lines.filter { $0.count == 4 }.map {
      ($0[0], TicketWording(customersAhead: $0[2], reprint: $0[1], thanks: $0[3]))
    }
    return Dictionary(entries, uniquingKeysWith: { first, _ in first })
  }()

  /// Code, the word on a second paper, customers ahead, thanks.
  private static let text = """
    en|REPRINT|Customers ahead:|Thank you for waiting.
    de|NACHDRUCK|Vor Ihnen:|Danke, dass Sie warten.
    fr|DUPLICATA|Personnes avant vous :|Merci de votre patience.
    es|DUPLICADO|Personas delante:|Gracias por su espera.
    it|RISTAMPA|Persone prima di Lei:|Grazie per l’attesa.
    pt|SEGUNDA VIA|Pessoas à frente:|Obrigado por aguardar.
    nl|HERDRUK|Wachtenden voor u:|Dank u voor het wachten.
    da|GENUDSKRIFT|Foran dig:|Tak, fordi du venter.
    nb|NY UTSKRIFT|Foran deg:|Takk for at du venter.
    sv|OMTRYCK|Före dig:|Tack för att du väntar.
    fi|UUSINTATULOSTE|Edelläsi jonossa:|Kiitos, että odotat.
    pl|WYDRUK POWTÓRNY|Osób przed Tobą:|Dziękujemy za cierpliwość.
    cs|OPAKOVANÝ TISK|Před vámi:|Děkujeme za trpělivost.
    sk|OPAKOVANÁ TLAČ|Pred vami:|Ďakujeme za trpezlivosť.
    hu|ÚJRANYOMTATÁS|Ön előtt várakoznak:|Köszönjük a türelmét.
    ro|RETIPĂRIRE|Persoane înainte:|Vă mulțumim că așteptați.
    tr|YENİDEN BASKI|Önünüzde bekleyen:|Beklediğiniz için teşekkürler.
    el|ΕΠΑΝΕΚΤΥΠΩΣΗ|Πριν από εσάς:|Ευχαριστούμε για την αναμονή.
    ru|ПОВТОРНАЯ ПЕЧАТЬ|Перед вами:|Спасибо за ожидание.
    uk|ПОВТОРНИЙ ДРУК|Перед вами:|Дякуємо за очікування.
    he|הדפסה חוזרת|ממתינים לפניך:|תודה על ההמתנה.
    """
}
