import Branch
import PrinterEmulator
import StarPRNT

extension FuzzTarget {
  /// What a Star printer answers, and what its count of marks makes of it.
  static let starStatus = FuzzTarget(name: "star-status") { bytes in
    func told(_ parts: [ArraySlice<UInt8>]) -> [StarValue] {
      var decoder = StarStatusDecoder()
      decoder.asked()
      return parts.flatMap { decoder.feed($0) }.filter {
        guard case .garbage(let bytes) = $0 else { return true }
        always(
          bytes.count <= StarStatusDecoder.garbage_max, "\(bytes.count) bytes of garbage in one")
        return false
      }
    }
    let values = told([bytes[...]])
    always(values == told(pieces(of: bytes)), "another split tells something else")
    var ledger = MarkLedger()
    var confirmed: Set<UInt64> = []
    for (job, value) in values.enumerated() {
      guard case .status(let status) = value else {
        ledger.connected()
        continue
      }
      if status.byteCount % 2 == 0 { ledger.began(UInt64(job)) }
      let isStopped = status.conditions.contains(where: \.stopsPrinting)
      guard let printed = ledger.told(status.counter, isStopped: isStopped) else { continue }
      always(printed <= job, "job \(printed) is printed before it began")
      always(confirmed.insert(printed).inserted, "job \(printed) is confirmed twice")
    }
  }

  /// The strict reader of Star's languages; the first byte chooses one.
  static let starPaper = FuzzTarget(name: "star-paper") { bytes in
    let language: EmulatedStarModel.Language =
      switch bytes.first {
      case 1: .line
      case 2: .graphic
      default: .prnt
      }
    var whole = EmulatedStarPrinter(EmulatedStarModel(language))
    whole.receive(bytes.dropFirst())
    var split = EmulatedStarPrinter(EmulatedStarModel(language))
    for part in pieces(of: Array(bytes.dropFirst())) { split.receive(part) }
    always(whole.takeAnswers() == split.takeAnswers(), "another split gives other answers")
    always(whole.tickets == split.tickets, "another split gives other paper")
  }
}
