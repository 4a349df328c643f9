/// What must hold for the hub's facts in every scenario.
enum FactRules {
  /// Every fact stands once, and no number was given to two customers. The guest's clock stays
  /// within one day, so a number is unique as it stands.
  static func eachOnce(_ facts: [Fact]) -> Verdict {
    guard !facts.isEmpty else { return .fails("the hub has no facts at all") }
    if let twice = firstDouble(facts.map(\.identity)) { return .fails("\(twice) stands twice") }
    let numbers = facts.filter { $0.kind == FactWords.issued }.map { $0.ticket ?? "no number" }
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

  /// No ticket came out twice; every whole ticket was issued; every outcome `printed` has its
  /// ticket on paper; every issued ticket has exactly one outcome.
  static func paperAgrees(_ facts: [Fact], paper: [PaperTicket]) -> Verdict {
    let issued = facts.filter { $0.kind == FactWords.issued }.compactMap(\.ticket)
    let outcomes = facts.filter { $0.kind == FactWords.printEnded }
    for number in issued {
      let sheets = paper.count { $0.isCut && $0.shows(number) }
      let ends = outcomes.filter { $0.ticket == number }.map { $0.fields[FactWords.outcome] ?? "?" }
      if sheets > 1 { return .fails("\(number) came out \(sheets) times") }
      if ends.count != 1 { return .fails("\(number) has the outcomes \(ends)") }
      if ends == ["printed"] && sheets == 0 { return .fails("\(number) is told as printed") }
      if ends == ["failed"] && sheets == 1 { return .fails("\(number) is told as failed") }
    }
    for sheet in paper where sheet.isCut && !issued.contains(where: sheet.shows) {
      return .fails("a ticket that nobody issued: \(sheet.text)")
    }
    return .holds
  }

  private static func firstDouble(_ words: [String]) -> String? {
    var seen: Set<String> = []
    return words.first { !seen.insert($0).inserted }
  }
}

extension PaperTicket {
  func shows(_ number: String) -> Bool { text.contains(number) }
}
