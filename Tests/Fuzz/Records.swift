import Branch
import BranchCore
import JournalFormat
import QueueEngine
import QueueProtocol

extension FuzzTarget {
  /// What a node and a hub keep of a fact.
  static let facts = FuzzTarget(name: "facts") { bytes in
    if let fact = try? Fact(parsing: bytes) {
      var written: [UInt8] = []
      fact.encode(into: &written)
      let again = try? Fact(parsing: written)
      always(again == fact, "\(fact) comes back as \(String(describing: again))")
      always(!fact.json(identity: "\"seq\":1").contains("\n"), "JSON on two lines")
    }
    if let stored = StoredFact(parsing: bytes) {
      always(StoredFact(parsing: stored.encoded()) == stored, "\(stored) is stored otherwise")
    }
  }

  /// The state of a node and of a hub as it stands in a checkpoint, and records behind it.
  static let checkpoints = FuzzTarget(name: "checkpoints") { bytes in
    var node = NodeMemory()
    if node.apply(DurableRecord(.checkpoint, payload: bytes)) {
      let written = node.checkpoint()
      var again = NodeMemory()
      always(again.apply(DurableRecord(.checkpoint, payload: written)), "a state cannot be read")
      always(again.checkpoint() == written, "a state comes back as another")
    }
    _ = node.apply(.local(bytes))
    _ = node.apply(.fact(1, bytes))
    var hub = HubMemory()
    _ = hub.apply(DurableRecord(.checkpoint, payload: bytes))
    _ = hub.apply(.local(bytes))
    _ = hub.apply(.fact(1, bytes))
  }

  /// A segment: a header as it is written or as the bytes have it, then the bytes.
  static let journal = FuzzTarget(name: "journal") { bytes in
    guard let choice = bytes.first else { return }
    bytes.withUnsafeBytes { _ = SegmentHeader.read($0) }
    let page = [UInt8](repeating: 0, count: JournalLimits.header_bytes)
    let segment = page + bytes.dropFirst() + [UInt8](repeating: 0, count: Int(choice & 3) * 512)
    let end: UInt64? = choice & 4 == 0 ? nil : UInt64(choice >> 4)
    let expected: UInt64? = choice & 8 == 0 ? 1 : nil
    let scan = Scan(segment, expected: expected, end: end)
    always(scan.offset <= max(segment.count, page.count), "read beyond the end")
    // What a scan set right, and nothing else, is as the next one finds it.
    let again = Scan(scan.bytes, expected: expected, end: end)
    always(again.records == scan.records, "scanned again, there are other records")
  }

  private struct Scan {
    var records: [RecordHead] = []
    var bytes: [UInt8]
    var offset: Int

    init(_ segment: [UInt8], expected: UInt64?, end: UInt64?) {
      var scanner = SegmentScanner(segment, expected: expected, endPosition: end)
      // Each step takes a record, bytes that are none, or sets one byte right.
      for _ in 0...2 * segment.count {
        switch scanner.next() {
        case .record(let head): records.append(head)
        case .mended, .damage: continue
        case .end, .tornTail, .superseded:
          bytes = scanner.bytes
          offset = scanner.offset
          return
        }
      }
      fatalError("a scan without an end")
    }
  }
}
