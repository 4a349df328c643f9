import Branch
import StarPRNT
import Testing

/// Neighbouring garbage put together: how it is cut depends on the pieces that came.
private func merged(_ values: [StarValue]) -> [StarValue] {
  values.reduce(into: []) { result, value in
    if case .garbage(let bytes) = value, case .garbage(let before)? = result.last {
      result[result.count - 1] = .garbage(before + bytes)
    } else {
      result.append(value)
    }
  }
}

/// What a value says, in the words of the tests.
private func told(_ value: StarValue) -> String {
  switch value {
  case .status(let status):
    ([status.counter.map(String.init) ?? "-"] + status.conditions.sorted().map(\.rawValue))
      .joined(separator: " ")
  case .finished(let mark): "mark \(mark)"
  case .garbage(let bytes): "garbage \(bytes)"
  }
}

@Suite("What Star printers say") struct StarStatusTests {
  private func decode(_ pieces: [[UInt8]]) -> [StarValue] {
    var decoder = StarStatusDecoder()
    return merged(pieces.flatMap { decoder.feed($0) })
  }

  /// Whole, byte by byte and in every split into two pieces.
  private func expect(
    _ bytes: [UInt8], _ expected: [String], sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(decode([bytes]).map(told) == expected, sourceLocation: sourceLocation)
    #expect(
      decode(bytes.map { [$0] }).map(told) == expected, sourceLocation: sourceLocation)
    for cut in 0...bytes.count {
      let pieces = [Array(bytes[..<cut]), Array(bytes[cut...])]
      #expect(decode(pieces).map(told) == expected, sourceLocation: sourceLocation)
    }
  }

  @Test(
    "each bit that stops a printer, and the near end, has its condition",
    arguments: [
      ("23 06 00 00 00 00 00 00 00", "0"), ("23 06 08 00 00 00 00 00 00", "0 offline"),
      ("23 06 28 00 00 00 00 00 00", "0 cover-open offline"),
      ("23 06 00 08 00 00 00 00 00", "0 media-jam"), ("23 06 00 04 00 00 00 00 00", "0 media-jam"),
      ("23 06 00 40 00 00 00 00 00", "0 other"), ("23 06 00 20 00 00 00 00 00", "0 other"),
      ("23 06 00 00 04 00 00 00 00", "0 media-jam"), ("23 06 00 00 40 00 00 00 00", "0"),
      ("23 06 00 00 00 04 00 00 00", "0 media-low"), ("23 06 00 00 00 02 00 00 00", "0 media-low"),
      ("23 06 08 00 00 0c 00 00 00", "0 media-empty offline"),
      ("23 06 44 00 00 00 00 00 00", "0"),
    ])
  func conditions(packet: String, expected: String) { expect(hex(packet), [expected]) }

  @Test("the counter has five bits in five places, and short packets have none")
  func counter() {
    expect(hex("2302 000000 00 00 0200"), ["1"])
    expect(hex("2302 000000 00 00 0e00"), ["7"])
    expect(hex("2302 000000 00 00 2000"), ["8"])
    expect(hex("2302 000000 00 00 6e00"), ["31"])
    expect(hex("2102 000000 00 00 4400"), ["18", "garbage [0]"])
    expect(hex("0f02 080000 0800"), ["- media-empty offline"])
  }

  @Test("packets, echoes and what stands between them are told apart")
  func mixture() {
    expect(
      hex("0f02 0000000000 1b1d0301 3412 07 00 ff 230600000000000200"),
      ["-", "mark 4660", "garbage [255]", "1"])
  }

  @Test("a newer packet has a length behind it, and so many bytes more")
  func appendix() {
    let extended = hex("2386 00000000 000200")
    expect(extended + hex("0000") + hex("230600000000000400"), ["1", "2"])
    let appendix = hex("3031 3a42 0100 3f 3b")
    expect(extended + [8, 0] + appendix + hex("230600000000000400"), ["1", "2"])
    // More than any printer announces.
    let absurd = decode([extended + hex("ff7f")])
    #expect(absurd == [.garbage(extended + hex("ff7f"))])
  }

  @Test("flow control of a serial line is no part of a packet, but may be of an echo")
  func flowControl() {
    expect(hex("11 23 13 06 0000 11 0000 13 000600 11"), ["3"])
    expect(hex("1b1d0301 1113 11 00"), ["mark 4881"])
  }

  @Test("reading goes on behind broken packets and echoes")
  func resynchronises() {
    expect(hex("2306 00 23 0600000000000200"), ["garbage [35, 6, 0]", "1"])
    expect(hex("1b1d 230600000000000200"), ["garbage [27, 29]", "1"])
    expect(hex("1b1d0301 0000 01 01"), ["garbage [27, 29, 3, 1, 0, 0, 1, 1]"])
    // Function 0 tells the counter without waiting for paper.
    expect(hex("1b1d0300 0000 01 00"), ["garbage [27, 29, 3, 0, 0, 0, 1, 0]"])
    // A length that no packet has.
    expect(hex("0d 0602"), ["garbage [13, 6, 2]"])
  }

  @Test("noise of any kind never traps, is told the same in every split, and is bounded")
  func noise() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandom(seed: seed)
    for _ in 0..<300 {
      let bytes: [UInt8] = (0..<Int.random(in: 0...200, using: &random)).map { _ in
        Bool.random(using: &random)
          ? UInt8.random(in: 0...255, using: &random)
          : hex("0f 23 86 06 1b 1d 03 01 00 00 00 00").randomElement(using: &random) ?? 0
      }
      let whole = decode([bytes])
      #expect(decode(bytes.map { [$0] }) == whole, "seed \(seed)")
      let cut = Int.random(in: 0...bytes.count, using: &random)
      #expect(decode([Array(bytes[..<cut]), Array(bytes[cut...])]) == whole, "seed \(seed)")
      var decoder = StarStatusDecoder()
      for case .garbage(let some) in decoder.feed(bytes) {
        #expect(some.count <= StarStatusDecoder.garbage_max, "seed \(seed)")
      }
    }
  }

  @Test("any packet answers a question, and questions are bounded and can be forgotten")
  func questions() {
    var decoder = StarStatusDecoder()
    for _ in 0..<40 { decoder.asked() }
    #expect(decoder.pendingCount == StarStatusDecoder.pending_max)
    _ = decoder.feed(hex("2306 00"))
    #expect(decoder.pendingCount > 0)
    _ = decoder.feed(hex("000000000000"))
    #expect(decoder.pendingCount == 0)
    decoder.asked()
    _ = decoder.feed(hex("2306 00"))
    decoder.forgetPending()
    #expect(decoder.pendingCount == 0)
    #expect(decoder.feed(hex("23060000000000 0200")).map(told) == ["1"], "half a packet is gone")
  }
}

@Suite("The count of ETBs") struct MarkLedgerTests {
  private var ledger = MarkLedger()

  init() {
    #expect(ledger.told(5, isStopped: false) == nil)
  }

  @Test("confirms ticket after ticket, also around the end of the counter")
  mutating func inOrder() {
    for job: UInt64 in 1...100 {
      ledger.began(job)
      let count = UInt8((5 + job) % 32)
      #expect(ledger.told(UInt8((4 + job) % 32), isStopped: false) == nil, "nothing was counted")
      #expect(ledger.told(count, isStopped: false) == job)
      #expect(ledger.told(count, isStopped: false) == nil, "once")
    }
  }

  @Test("paper that is loaded in time still ends the right ticket")
  mutating func paperOut() {
    ledger.began(1)
    #expect(ledger.told(5, isStopped: true) == nil)
    #expect(ledger.told(5, isStopped: false) == nil)
    #expect(ledger.told(6, isStopped: false) == 1)
    ledger.began(2)
    #expect(ledger.told(7, isStopped: false) == 2)
  }

  @Test("an older ticket in the buffer does not confirm the next one")
  mutating func older() {
    ledger.began(1)
    _ = ledger.told(5, isStopped: true)
    // It was given up; paper is loaded, and the next one follows it at once.
    _ = ledger.told(5, isStopped: false)
    ledger.began(2)
    #expect(ledger.told(6, isStopped: false) == nil, "that was the first one")
    #expect(ledger.told(7, isStopped: false) == 2)
  }

  @Test("a ticket that was cut short takes the next one's confirmation, and no more than that")
  mutating func cut() {
    ledger.began(1)
    _ = ledger.told(5, isStopped: true)
    _ = ledger.told(5, isStopped: false)
    ledger.began(2)
    #expect(ledger.told(6, isStopped: false) == nil)
    ledger.began(3)
    #expect(ledger.told(7, isStopped: false) == 3)
  }

  @Test("a count that was never heard does not make the next ticket's paper end its confirmation")
  mutating func unheard() {
    ledger.began(1)
    // It was counted, but the packet was lost; nothing stopped the printer.
    ledger.began(2)
    #expect(ledger.told(6, isStopped: true) == nil, "out of paper within the second one")
    #expect(ledger.told(6, isStopped: false) == nil)
    #expect(ledger.told(7, isStopped: false) == 2)
    ledger.began(3)
    #expect(ledger.told(8, isStopped: false) == 3)
  }

  @Test("a printer that came without paper may hold anything")
  mutating func cameStopped() {
    ledger = MarkLedger()
    _ = ledger.told(0, isStopped: true)
    _ = ledger.told(0, isStopped: false)
    ledger.began(1)
    #expect(ledger.told(1, isStopped: false) == nil)
    #expect(ledger.told(2, isStopped: false) == nil)
    ledger.began(2)
    #expect(ledger.told(3, isStopped: false) == 2)
  }

  @Test("nor does one that came back, or that an earlier life left a ticket in")
  mutating func cameBack() {
    ledger.began(1)
    ledger.connected()
    _ = ledger.told(5, isStopped: false)
    ledger.began(2)
    #expect(ledger.told(6, isStopped: false) == nil)
    ledger = MarkLedger()
    ledger.doubt()
    ledger.connected()
    _ = ledger.told(5, isStopped: false)
    ledger.began(3)
    #expect(ledger.told(6, isStopped: false) == nil)
  }

  @Test("a counter that begins anew, or counts for somebody else, confirms nothing")
  mutating func foreign() {
    ledger.began(1)
    #expect(ledger.told(0, isStopped: false) == nil)
    #expect(ledger.told(1, isStopped: false) == nil)
    ledger.began(2)
    #expect(ledger.told(2, isStopped: false) == 2)
    #expect(ledger.told(4, isStopped: false) == nil)
  }

  @Test("without a counter nothing is confirmed")
  mutating func none() {
    ledger = MarkLedger()
    ledger.began(1)
    #expect(ledger.told(nil, isStopped: false) == nil)
  }
}
