import Branch
import PositionedJSON
import SignProtocols

/// What signs show and how.
extension ConfigurationReader {
  /// What depends on a value with a mistake of its own, and so nil, is not judged.
  func readLooks(
    _ reader: ObjectReader, _ shows: SignPurpose?, _ signProtocol: SignProtocol?
  ) -> SignLooks {
    var looks = SignLooks()
    readTexts(reader, signProtocol, &looks)
    let format = reader.optional("format")
    looks.format = format?.signFormat() ?? standardFormat(shows, signProtocol)
    readBoard(reader, shows, signProtocol, &looks)
    looks.arrows = readArrows(reader.optional("arrows"), looks.format)
    looks.flash = reader.seconds(Settings.flash)
    looks.beeps = reader.optional("beep")?.bool() ?? true
    looks.colours = readColours(reader.optional("colours"), signProtocol)
    looks.brightness = readDimming(reader.optional("brightness"), signProtocol)
    let rule = reader.optional("shorten")
    let shorten: SignLooks.Shortening = rule?.choice() ?? .auto
    if let signProtocol, let shows, shows != .refusals {
      let fit = TicketFit(
        sign: signProtocol, format: looks.format, prefixes: prefixes, numbers: numbers,
        counters: counterNames(shows))
      looks.ticketForm = fit.choose(shorten, report: rule ?? format ?? reader.field)
      checkCalls(looks, fit, reader)
    }
    return looks
  }

  /// Calls that stand behind each other go into one file of the sign.
  private func checkCalls(_ looks: SignLooks, _ fit: TicketFit, _ reader: ObjectReader) {
    guard let room = fit.calls_max(looks.ticketForm), room < looks.calls_max else { return }
    if room > 0, let calls = reader.optional("calls") {
      calls.report(
        code: "sign-lines", "the sign has room for \(room) calls of this format",
        cure: "Give \(room) at most, or write less into \"format\".")
    } else {
      (reader.optional("format") ?? reader.field).report(
        code: "sign-format",
        "a call needs more than the \(fit.sign.textBytes_max ?? 0) characters of the sign's file",
        cure: "Write less into \"format\", \"{ticket}\" at least.")
    }
  }

  private func counterNames(_ shows: SignPurpose) -> [String] {
    if case .counter(let id) = shows { [id.text] } else { counterIDs }
  }

  /// On a board that is too small for both, the ticket is the more important.
  private func standardFormat(_ shows: SignPurpose?, _ signProtocol: SignProtocol?) -> SignFormat {
    guard shows == .main, let signProtocol else { return .ticketOnly }
    let fit = TicketFit(
      sign: signProtocol, format: .ticketAndCounter, prefixes: prefixes, numbers: numbers,
      counters: counterIDs)
    return fit.form(.auto) == nil ? .ticketOnly : .ticketAndCounter
  }

  // MARK: texts

  private func readTexts(
    _ reader: ObjectReader, _ signProtocol: SignProtocol?, _ looks: inout SignLooks
  ) {
    if let idle = reader.optional("idle") {
      let texts = readTexts(idle, signProtocol)
      if !texts.isEmpty { looks.idle = texts }
    }
    looks.turn = reader.seconds(Settings.turn)
    guard let closed = reader.optional("closed") else { return }
    looks.closed = readTexts(closed, signProtocol)
    if !hasHours {
      closed.report(
        code: "closed-hours", "nobody says when the branch is closed",
        cure: "Add \"hours\" to \"branch\", or remove it.")
    }
  }

  /// A text, a list of them, or one for each language.
  private func readTexts(_ field: JSONField, _ signProtocol: SignProtocol?) -> [String] {
    var fields = [field]
    if field.value.elements != nil {
      fields = field.elements(count_max: Settings.idleTexts_max) ?? []
    } else if field.value.members != nil {
      let members = field.members(count_max: Settings.idleTexts_max) ?? []
      fields = members.compactMap { member, field in
        field.isLanguage(member.key) ? field : nil
      }
    }
    if field.value.elements?.isEmpty == true || field.value.members?.isEmpty == true {
      field.report(code: "missing", "there is no text", cure: "Give one, \"\" for none.")
    }
    var texts: [String] = []
    for field in fields {
      guard let text = field.linesOfText(length: Settings.idleLength) else { continue }
      if texts.contains(text) {
        field.report(
          code: "doubled", "\(quoted(text)) stands there already", cure: "Remove one of the two.")
        continue
      }
      if let signProtocol { checkRoom(text, field, signProtocol) }
      texts.append(text)
    }
    return texts
  }

  private func checkRoom(_ text: String, _ field: JSONField, _ sign: SignProtocol) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    if let room = sign.textBytes_max, SignProtocol.bytes(of: text) > room {
      field.report(
        code: "sign-text", "it is longer than the \(room) characters of the sign's file",
        cure: "Give a shorter text, or several that take turns.")
    }
    guard sign.places != nil, !sign.showsNumberOnly else { return }
    if lines.count > sign.lines {
      field.report(
        code: "sign-lines", "it has \(lines.count) lines, the sign \(sign.lines)",
        cure: "Give fewer, or another profile.")
    } else if !sign.shows(text) {
      let long = lines.first { !sign.fits($0) } ?? text
      let room = sign.lines == 1 ? "" : ", and than its \(sign.lines) lines together"
      field.report(
        code: "sign-text",
        "\(quoted(long)) is longer than the \(sign.places ?? 0) places of a line\(room)",
        cure: "Give a shorter text; the sign would show a part of it.")
    }
  }

  // MARK: main signs

  private func readBoard(
    _ reader: ObjectReader, _ shows: SignPurpose?, _ sign: SignProtocol?, _ looks: inout SignLooks
  ) {
    let calls = reader.optional("calls")
    let order = reader.optional("order")
    let ended = reader.optional("ended")
    let stand = reader.optional(Settings.stand.key)
    let formatLines = looks.format.description.split(
      separator: "\n", omittingEmptySubsequences: false
    ).count
    let lines = sign.map { $0.places == nil ? SignPicture.lines_max : $0.lines }
    let room = max(1, (lines ?? SignPicture.lines_max) / formatLines)
    looks.stand = stand?.seconds(in: Settings.stand.range) ?? Settings.stand.standard
    looks.order = order?.choice() ?? .newestFirst
    looks.ended = ended?.choice() ?? .leave
    let count = calls?.integer(in: 1...SignPicture.lines_max)
    looks.calls_max = count ?? (shows == .main && sign?.places != nil ? room : 1)
    if shows != nil, shows != .main, let field = calls ?? order ?? ended ?? stand {
      field.report(
        code: "conflict", "only a main sign lists calls", cure: "Remove it, or add \"main\": true.")
    } else if let lines, formatLines > lines {
      (reader.optional("format") ?? reader.field).report(
        code: "sign-lines", "the format has \(formatLines) lines, the sign \(lines)",
        cure: "Give fewer, or another profile.")
    } else if let calls, let count, count > room {
      calls.report(
        code: "sign-lines", "the sign has room for \(room) calls", cure: "Give \(room) at most.")
    }
  }

  private func readArrows(_ field: JSONField?, _ format: SignFormat) -> [CounterID: Arrow] {
    var arrows: [CounterID: Arrow] = [:]
    for (member, field) in field?.members(count_max: Settings.counters_max) ?? [] {
      let arrow: Arrow? = field.choice()
      guard let id = CounterID(member.key), counterIDs.contains(member.key) else {
        reportUnknown(member.key, "counter", counterIDs, field)
        continue
      }
      arrows[id] = arrow
    }
    if let field, !format.parts.contains(.arrow) {
      field.report(
        code: "format-arrow", "the format shows no arrow", cure: "Add {arrow} to \"format\".")
    }
    return arrows
  }

  // MARK: light

  private func readColours(
    _ field: JSONField?, _ sign: SignProtocol?
  ) -> [SignLooks.Layer: SignPicture.Colour] {
    guard let field else { return [:] }
    var colours: [SignLooks.Layer: SignPicture.Colour] = [:]
    _ = field.object { reader -> Bool? in
      for layer in SignLooks.Layer.allCases {
        colours[layer] = reader.optional(layer.rawValue)?.choice()
      }
      return true
    }
    if let sign, !sign.hasColours {
      field.report(
        code: "sign-colours", "the sign's protocol has no colours", cure: "Remove it.")
    }
    return colours
  }

  private func readDimming(_ field: JSONField?, _ sign: SignProtocol?) -> DailyBrightness? {
    guard let field else { return nil }
    let brightness = readBrightness(field)
    if let sign, !sign.dims {
      field.report(
        code: "sign-brightness", "nobody can tell the sign how bright to be",
        cure: "Remove it, or give the register of its brightness in its profile.")
    }
    return brightness
  }
}

extension JSONField {
  /// Whether the key of this value names a language.
  fileprivate func isLanguage(_ key: String) -> Bool {
    let parts = key.split(separator: "-", omittingEmptySubsequences: false)
    let isOne =
      parts.count <= 2
      && parts.allSatisfy { part in
        (2...8).contains(part.utf8.count)
          && part.utf8.allSatisfy { ($0 | 0x20) >= 97 && ($0 | 0x20) <= 122 }
      }
    if isOne { return true }
    report(
      code: "language", "\(quoted(key)) is no language", cure: "Write it as \"de\" or \"en-US\".")
    return false
  }
}
