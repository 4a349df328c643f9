import Branch
import ESCPOS
import Testing

/// Neighbouring garbage put together: how it is cut depends on the pieces that came.
private func merged(_ values: [StatusValue]) -> [StatusValue] {
  values.reduce(into: []) { result, value in
    if case .garbage(let bytes) = value, case .garbage(let before)? = result.last {
      result[result.count - 1] = .garbage(before + bytes)
    } else {
      result.append(value)
    }
  }
}

@Suite struct StatusDecoderTests {
  private func decode(
    _ pieces: [[UInt8]], asked: [RealTimeQuery] = []
  ) -> [StatusValue] {
    var decoder = StatusDecoder()
    for query in asked { decoder.asked(query) }
    return merged(pieces.flatMap { decoder.feed($0) })
  }

  /// Whole, byte by byte and in every split into two pieces.
  private func expect(
    _ bytes: [UInt8], asked: [RealTimeQuery] = [], _ expected: [StatusValue],
    sourceLocation: SourceLocation = #_sourceLocation
  ) {
    #expect(decode([bytes], asked: asked) == expected, sourceLocation: sourceLocation)
    #expect(decode(bytes.map { [$0] }, asked: asked) == expected, sourceLocation: sourceLocation)
    for cut in 0...bytes.count {
      let pieces = [Array(bytes[..<cut]), Array(bytes[cut...])]
      #expect(decode(pieces, asked: asked) == expected, sourceLocation: sourceLocation)
    }
  }

  @Test("answers are matched with the questions in their order")
  func answers() {
    expect(
      hex("12 16 1e"), asked: [.printer, .offlineCause, .paper],
      [
        .realTime(.printer, 0x12), .realTime(.offlineCause, 0x16), .realTime(.paper, 0x1E),
      ])
  }

  @Test("an answer that nobody asked for is garbage")
  func unasked() {
    expect(hex("12 12"), asked: [.paper], [.realTime(.paper, 0x12), .garbage([0x12])])
  }

  @Test("Custom's six bytes are one answer, when they were asked for, also between others")
  func full() {
    let whole = FullStatus(paper: 0x24, user: 0x12, recoverable: 0x10, unrecoverable: 0x37)
    let bytes = hex("12 10 0f 24 12 10 37 1e 10 00 00 00")
    let expected: [StatusValue] = [
      .realTime(.offlineCause, 0x12), .full(whole), .realTime(.paper, 0x1E),
      .automatic(AutomaticStatus(0x10, 0, 0, 0)),
    ]
    func decode(_ pieces: [[UInt8]]) -> [StatusValue] {
      var decoder = StatusDecoder()
      decoder.asked(.offlineCause)
      decoder.askedFull()
      decoder.asked(.paper)
      return pieces.flatMap { decoder.feed($0) }
    }
    #expect(decode([bytes]) == expected)
    for cut in 0...bytes.count {
      #expect(decode([Array(bytes[..<cut]), Array(bytes[cut...])]) == expected)
    }
    expect(hex("10 0f 00 00"), [.automatic(AutomaticStatus(0x10, 0x0F, 0, 0))])
  }

  @Test("bits of Custom's full status are conditions")
  func fullConditions() {
    func told(_ paper: UInt8, _ user: UInt8, _ first: UInt8, _ second: UInt8)
      -> Set<DeviceCondition>
    {
      FullStatus(paper: paper, user: user, recoverable: first, unrecoverable: second).conditions
    }
    #expect(told(0, 0, 0, 0) == [])
    #expect(told(0x05, 0, 0, 0) == [.mediaEmpty])
    #expect(told(0x04, 0, 0, 0) == [.mediaLow] && told(0x40, 0, 0, 0) == [.mediaLow])
    #expect(told(0x20, 0, 0, 0) == [])
    #expect(told(0, 0x01, 0, 0) == [.coverOpen] && told(0, 0x02, 0, 0) == [.coverOpen])
    #expect(told(0, 0x6C, 0x22, 0) == [], "keys, spooling, a bad command: nothing stops")
    #expect(told(0, 0, 0x40, 0) == [.mediaJam] && told(0, 0, 0, 0x01) == [.mediaJam])
    #expect(told(0, 0, 0x08, 0) == [.other] && told(0, 0, 0, 0x80) == [.other])
  }

  @Test(
    "bytes with a wrong fixed bit are neither answers nor packets",
    arguments: [
      0x90, 0x11, 0x00, 0x92, 0x13, 0x02,
    ])
  func fixedBits(first: UInt8) {
    let bytes = [first, 0x00, 0x00, 0x00]
    expect(bytes, asked: [.paper], [.garbage(bytes)])
  }

  @Test("automatic packets and process ids are told from answers")
  func mixture() {
    let bytes = hex("10000000 37222020202100 12 1c000f00 3722 7e7e7e7e 00")
    expect(
      bytes, asked: [.paper],
      [
        .automatic(AutomaticStatus(0x10, 0, 0, 0)), .finished(ProcessID(job: 1)),
        .realTime(.paper, 0x12), .automatic(AutomaticStatus(0x1C, 0, 0x0F, 0)),
        .finished(ProcessID(job: ProcessID.count - 1)),
      ])
  }

  @Test("reading goes on behind broken packets")
  func resynchronises() {
    // A packet that ends early, an id with a wrong end, an id that never becomes one.
    expect(
      hex("1000 12 10000000"), asked: [.printer],
      [
        .garbage(hex("1000")), .realTime(.printer, 0x12),
        .automatic(AutomaticStatus(0x10, 0, 0, 0)),
      ])
    expect(
      hex("37222020202001 37222020202000"),
      [
        .garbage(hex("37222020202001")), .finished(ProcessID(job: 0)),
      ])
    expect(hex("372500"), [.cleared])
    expect(hex("37 3725 01 372500"), [.garbage(hex("37372501")), .cleared])
    expect(hex("3737222020202000"), [.garbage(hex("37")), .finished(ProcessID(job: 0))])
    expect(hex("3710000000"), [.garbage(hex("37")), .automatic(AutomaticStatus(0x10, 0, 0, 0))])
  }

  @Test("noise of any kind never traps, is given back in order, and is bounded")
  func noise() {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandom(seed: seed)
    for _ in 0..<300 {
      let bytes: [UInt8] = (0..<Int.random(in: 0...200, using: &random)).map { _ in
        Bool.random(using: &random)
          ? UInt8.random(in: 0...255, using: &random)
          : hex("10 12 37 22 20 00").randomElement(using: &random) ?? 0
      }
      let asked = RealTimeQuery.allCases
      let whole = decode([bytes], asked: asked)
      #expect(decode(bytes.map { [$0] }, asked: asked) == whole, "seed \(seed)")
      let cut = Int.random(in: 0...bytes.count, using: &random)
      #expect(
        decode([Array(bytes[..<cut]), Array(bytes[cut...])], asked: asked) == whole, "seed \(seed)")
      let said = whole.flatMap { value -> [UInt8] in
        switch value {
        case .realTime(_, let byte): [byte]
        case .full(let full):
          [0x10, 0x0F, full.paper, full.user, full.recoverable, full.unrecoverable]
        case .automatic(let status): status.bytes
        case .finished(let id): [0x37, 0x22] + id.bytes + [0]
        case .cleared: [0x37, 0x25, 0]
        case .garbage(let bytes): bytes
        }
      }
      // All but the beginning of a packet that may still come.
      #expect(bytes.starts(with: said) && bytes.count - said.count <= 6, "seed \(seed)")
    }
    var decoder = StatusDecoder()
    let flood = decoder.feed([UInt8](repeating: 0xFF, count: 1000))
    for case .garbage(let bytes) in flood { #expect(bytes.count <= StatusDecoder.garbage_max) }
    #expect(flood.count == 16)
  }

  @Test("a question without answer can be taken back, and questions are bounded")
  func pending() {
    var decoder = StatusDecoder()
    for _ in 0..<100 { decoder.asked(.printer) }
    #expect(decoder.pendingCount == StatusDecoder.pending_max)
    decoder.forgetPending()
    decoder.asked(.paper)
    let values = decoder.feed(hex("72"))
    #expect(values == [.realTime(.paper, 0x72)])
  }

  @Test("requests are the bytes that manuals give")
  func requests() {
    #expect(StatusRequest.realTime(.paper).bytes == hex("100404"))
    #expect(StatusRequest.enableAutomaticStatus.bytes == hex("1d610e"))
    #expect(StatusRequest.disableAutomaticStatus.bytes == hex("1d6100"))
    #expect(StatusRequest.clearAfterError.bytes == hex("100502"))
    #expect(
      StatusRequest.processID(ProcessID(job: 1)).bytes == hex("1d284806003030 20202021"))
  }
}

@Suite struct PrinterStatusTests {
  private func conditions(_ values: StatusValue...) -> Set<DeviceCondition> {
    var status = PrinterStatus()
    for value in values { _ = status.note(value) }
    return status.conditions
  }

  @Test("each bit of an answer is a condition")
  func realTimeBits() {
    #expect(conditions(.realTime(.printer, 0x12)) == [])
    #expect(conditions(.realTime(.printer, 0x1A)) == [.offline])
    #expect(conditions(.realTime(.offlineCause, 0x16)) == [.coverOpen])
    #expect(conditions(.realTime(.offlineCause, 0x32)) == [.mediaEmpty])
    #expect(conditions(.realTime(.offlineCause, 0x52)) == [.other])
    #expect(conditions(.realTime(.errorCause, 0x1A)) == [.mediaJam])
    #expect(conditions(.realTime(.errorCause, 0x32)) == [.other])
    #expect(conditions(.realTime(.paper, 0x12)) == [])
    #expect(conditions(.realTime(.paper, 0x1E)) == [.mediaLow])
    #expect(conditions(.realTime(.paper, 0x72)) == [.mediaEmpty])
    #expect(conditions(.realTime(.paper, 0x7E)) == [.mediaEmpty])
  }

  @Test("packets as an independent emulator sends them are understood")
  func packets() {
    #expect(AutomaticStatus(0x10, 0, 0, 0).conditions == [])
    #expect(AutomaticStatus(0x1C, 0, 0x0F, 0).conditions == [.offline, .mediaEmpty])
    #expect(AutomaticStatus(0x14, 0, 0x03, 0).conditions == [.mediaLow])
    #expect(AutomaticStatus(0x3C, 0, 0, 0).conditions == [.offline, .coverOpen])
    #expect(AutomaticStatus(0x18, 0x08, 0, 0).conditions == [.offline, .mediaJam])
  }

  @Test("a newer answer replaces what an older one said of the same part")
  func replaces() {
    let out = StatusValue.automatic(AutomaticStatus(0x18, 0, 0x0F, 0))
    let fine = StatusValue.automatic(AutomaticStatus(0x10, 0, 0, 0))
    #expect(conditions(out, .realTime(.paper, 0x12)) == [.offline])
    #expect(conditions(.realTime(.paper, 0x72), .realTime(.printer, 0x1A), fine) == [])
    #expect(conditions(.realTime(.paper, 0x72), .realTime(.printer, 0x12)) == [.mediaEmpty])
    #expect(conditions(out, .realTime(.paper, 0x12), .realTime(.printer, 0x12)) == [])
    var status = PrinterStatus()
    let changes = [status.note(out), status.note(out), status.note(.garbage([1]))]
    #expect(changes == [true, false, false])
  }

  @Test("the port status of USB is understood")
  func portStatus() {
    #expect(PrinterStatus.conditions(portStatus: 0x18) == [])
    #expect(PrinterStatus.conditions(portStatus: 0x38) == [.mediaEmpty])
    #expect(PrinterStatus.conditions(portStatus: 0x30) == [.mediaEmpty])
    #expect(PrinterStatus.conditions(portStatus: 0x08) == [.offline])
    #expect(PrinterStatus.conditions(portStatus: 0x10) == [.other])
    var status = PrinterStatus()
    let becameEmpty = status.note(portStatus: 0x38)
    #expect(becameEmpty && status.conditions == [.mediaEmpty])
    let becameFull = status.note(portStatus: 0x18)
    #expect(becameFull && status.conditions == [])
  }
}
