import Branch
import PositionedJSON
import SignProtocols

/// Chooses how tickets stand on a sign, for all numbers of the branch at once: what is left out of
/// one is left out of each, and no two of them look the same.
struct TicketFit {
  let sign: SignProtocol
  let format: SignFormat
  /// Of all services of the node.
  let prefixes: [String]
  let numbers: NumberConfiguration
  /// Names that may stand for `{counter}`.
  let counters: [String]

  /// Digits that no number can do without.
  private var digits_min: Int { String(numbers.last).utf8.count }
  private static let digits_whole = 3

  /// The form by the rule; nil when none fits, or when it would confuse customers.
  func form(_ rule: SignLooks.Shortening) -> TicketForm? {
    guard !prefixes.isEmpty else { return .whole }
    let hasLetters = prefixes.allSatisfy(sign.hasLetters)
    let widths = stride(
      from: Self.digits_whole, through: min(digits_min, Self.digits_whole), by: -1)
    var forms: [TicketForm] = []
    if rule == .auto || rule == .none, hasLetters { forms.append(.whole) }
    if rule == .auto || rule == .lettersAndNumber, hasLetters {
      forms += widths.map { .lettersAndNumber(digits: $0) }
    }
    if rule == .auto || rule == .number, prefixes.count == 1 {
      forms += widths.map { .number(digits: $0) }
    }
    return forms.first(where: fits)
  }

  /// Whether the longest of all calls fits.
  private func fits(_ form: TicketForm) -> Bool {
    guard let text = longestCall(form) else { return true }
    return text.split(separator: "\n").allSatisfy { sign.fits(String($0)) }
  }

  /// nil when a service has no sound prefix.
  private func longestCall(_ form: TicketForm) -> String? {
    let prefix = prefixes.max { $0.utf8.count < $1.utf8.count } ?? ""
    guard TicketNumber.isPrefix(prefix) else { return nil }
    let longest = form.text(TicketNumber(prefix: prefix, number: numbers.last))
    let counter = counters.max { $0.utf8.count < $1.utf8.count } ?? ""
    return format.text(ticket: longest, counter: counter, arrow: ">")
  }

  /// How many calls stand behind each other in a text that the sign shows piece by piece; nil: as
  /// many as it has lines.
  func calls_max(_ form: TicketForm) -> Int? {
    guard let room = sign.textBytes_max, let call = longestCall(form) else { return nil }
    return (room + 1) / (SignProtocol.bytes(of: call) + 1)
  }

  /// Letters of the format that stand right before the ticket, and so look like a part of it.
  private var letters: Substring {
    let before = format.text(ticket: "\n", counter: "").prefix { $0 != "\n" }
    let count = before.reversed().prefix { $0.isASCII && $0.isLetter }.count
    return before.suffix(count)
  }

  /// The form by the rule, or a report at the field.
  func choose(_ rule: SignLooks.Shortening, report field: JSONField) -> TicketForm {
    if !letters.isEmpty, !sign.showsNumberOnly, !sign.hasLetters(String(letters)) {
      field.report(
        code: "sign-format", "the sign cannot show \(quoted(String(letters))) before the ticket",
        cure: "Put a blank before \"{ticket}\", or take other letters.")
      return .whole
    }
    if let form = form(rule) { return form }
    let longest =
      (prefixes.max { $0.utf8.count < $1.utf8.count } ?? "")
      + padded(numbers.last, to: Self.digits_whole)
    let alone = TicketFit(
      sign: sign, format: .ticketOnly, prefixes: prefixes, numbers: numbers, counters: counters)
    if alone.form(rule) != nil {
      field.report(
        code: "sign-format",
        "\(quoted(longest)) and what stands with it need more than the "
          + "\(sign.places ?? 0) places of a line",
        cure: "Write less into \"format\", \"{ticket}\" at least.")
    } else if prefixes.count > 1, oneServiceFits(rule) {
      field.report(
        code: "sign-ambiguous",
        "without its letter, a number of \(prefixes.joined(separator: " and ")) is the same",
        cure: largestNumber.map { "Take a sign with more places, or numbers up to \($0)." }
          ?? "Take a sign that has these letters.")
    } else {
      field.report(
        code: "sign-ticket", "\(quoted(longest)) does not fit into the \(sign.places ?? 0) places",
        cure: "Take a wider sign, or smaller numbers, or another \"shorten\".")
    }
    return .whole
  }

  private func oneServiceFits(_ rule: SignLooks.Shortening) -> Bool {
    TicketFit(
      sign: sign, format: .ticketOnly, prefixes: Array(prefixes.prefix(1)), numbers: numbers,
      counters: counters
    ).form(rule) != nil
  }

  /// With letters, the sign has room for numbers up to this one.
  private var largestNumber: Int? {
    let letters = prefixes.map(\.utf8.count).max() ?? 1
    guard prefixes.allSatisfy(sign.hasLetters), let places = sign.places, places > letters else {
      return nil
    }
    return (0..<places - letters).reduce(1) { power, _ in power * 10 } - 1
  }
}
