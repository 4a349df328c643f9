import Branch
import TicketDesign
import Tongues

/// Which logos a printer has in its memory, so that tickets name them by their key.
///
/// A printer's memory goes with its power, and pulling its plug is how its power goes. So the
/// logos travel in front of the first ticket after each arrival, as part of its bytes: nothing
/// can come between, an interrupted ticket is cleaned up with what it brought, and the spool knows
/// no other kind of job. Only a ticket that the device confirmed proves that they are there.
struct StoredLogos {
  /// Those that the printer can keep.
  let keys: Set<Logo.Key>
  /// The bytes that bring all of them.
  private let bringers: [UInt8]
  private var areThere = false
  /// The jobs that bring them.
  private var bringing: Set<Seq> = []

  init(_ plan: PrinterPlan, _ tongue: PrinterTongue) {
    // What a spooler prints, and when and where, nobody here knows: each ticket stands alone.
    let all = plan.isSpooled ? [] : plan.template?.logos ?? []
    let stored = tongue.store(all)
    keys = stored.keys
    bringers = stored.bytes
  }

  mutating func memoryLost() {
    areThere = false
    bringing = []
  }

  /// What goes before the bytes of a ticket that begins now.
  mutating func bytesBefore(_ job: Seq) -> [UInt8] {
    guard !areThere, !bringers.isEmpty else { return [] }
    bringing.insert(job)
    return bringers
  }

  mutating func ended(_ job: Seq, _ outcome: PrintOutcome) {
    let brought = bringing.remove(job) != nil
    switch outcome {
    case .printed: if brought { areThere = true }
    // Nobody knows what the printer has now; the next ticket brings all of it again.
    case .unconfirmed, .failed: areThere = false
    }
  }
}
