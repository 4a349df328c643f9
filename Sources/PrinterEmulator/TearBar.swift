/// Printers without a knife: the paper ends where a hand tears it.
extension EmulatedPrinter {
  /// A hand tears off the ticket that reaches over the tear bar; one that is not whole stays.
  public mutating func tearOff() {
    if buffered_bytes == 0 { tearOffBeforeNext() }
  }

  /// With the next command in hand, which begins another ticket.
  mutating func tearOffBeforeNext() {
    guard let tearFeed_px = model.tearFeed_px, !isStopped, settings.line.runs.isEmpty,
      current.reachesOver(tearFeed_px)
    else { return }
    finishTicket(cut: .tornOff)
  }
}

extension EmulatedStarPrinter {
  /// A hand tears off the ticket that reaches over the tear bar; one that is not whole stays.
  public mutating func tearOff() {
    if buffered_bytes == 0 { tearOffBeforeNext() }
  }

  /// With the next command in hand, which begins another ticket.
  mutating func tearOffBeforeNext() {
    guard let tearFeed_px = model.tearFeed_px, !isStopped, settings.line.runs.isEmpty,
      settings.band == nil, current.reachesOver(tearFeed_px)
    else { return }
    finishTicket(cut: .tornOff)
  }
}

extension PrintedTicket {
  /// Something stands on it, and behind that so much blank paper came.
  fileprivate func reachesOver(_ tearFeed_px: Int) -> Bool {
    guard !isBlank else { return false }
    var blank_px = 0
    for case .feed(let px) in items.reversed().prefix(while: { $0.isFeed }) { blank_px += px }
    return blank_px >= tearFeed_px
  }
}

extension PrintedItem {
  fileprivate var isFeed: Bool { if case .feed = self { true } else { false } }
}
