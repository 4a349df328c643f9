/// What must hold for the hub's facts in every scenario.
enum FactRules {
  /// Every fact stands once, and no number of a day was given to two customers.
  static func eachOnce(_ facts: [Fact]) -> Verdict {
    guard !facts.isEmpty else { return .fails("the hub has no facts at all") }
    if let twice = firstDouble(facts.map(\.identity)) { return .fails("\(twice) stands twice") }
    let numbers = facts.filter { $0.kind == FactKinds.issued }
      .map { "\($0.ticket ?? "no number") of \($0.fields["day"] ?? "no day")" }
    if let twice = firstDouble(numbers) { return .fails("\(twice) was issued twice") }
    return .holds
  }

  /// Numbers of one node and epoch run from 1 (Branch.Seq).
  static func noGaps(_ facts: [Fact]) -> Verdict {
    guard !facts.isEmpty else { return .fails("the hub has no facts at all") }
    let lives = Dictionary(grouping: facts) {
      "\($0.fields["node"] ?? "?")/\($0.fields["epoch"] ?? "?")"
    }
    for (life, facts) in lives.sorted(by: { $0.key < $1.key }) {
      let seqs = facts.map { $0.seq ?? 0 }
      for (index, seq) in seqs.sorted().enumerated() where seq != index + 1 {
        return .fails("\(life): \(index + 1) is missing, \(seq) comes next")
      }
    }
    return .holds
  }

  /// No ticket came out twice; every whole ticket was issued; every issued ticket has an ending,
  /// and the ending is true: `printed` lies on paper, `failed` and `voided` do not.
  static func paperAgrees(_ facts: [Fact], paper: [PaperTicket]) -> Verdict {
    let issued = facts.filter { $0.kind == FactKinds.issued }.compactMap(\.ticket)
    for number in issued {
      let sheets = paper.count { $0.isCut && $0.shows(number) }
      let endings = facts.filter { $0.ticket == number && FactKinds.endings.contains($0.kind) }
        .map(\.kind)
      if let lie = lie(sheets: sheets, endings) { return .fails("\(number): \(lie)") }
    }
    for sheet in paper where sheet.isCut && !issued.contains(where: sheet.shows) {
      return .fails("a ticket that nobody issued: \(sheet.text)")
    }
    return .holds
  }

  /// What does not fit between a number's sheets of paper and its endings; nil when all does.
  private static func lie(sheets: Int, _ endings: [String]) -> String? {
    if sheets > 1 { return "it came out \(sheets) times" }
    let reached = endings.filter { $0 == FactKinds.printed || $0 == FactKinds.unconfirmed }
    if endings.isEmpty { return "it has no ending" }
    if reached.count > 1 { return "it has the endings \(endings)" }
    if reached == [FactKinds.printed] && sheets == 0 { return "printed, and there is no paper" }
    if reached.isEmpty && sheets == 1 { return "\(endings), and it lies on paper" }
    return nil
  }

  private static func firstDouble(_ words: [String]) -> String? {
    var seen: Set<String> = []
    return words.first { !seen.insert($0).inserted }
  }
}
