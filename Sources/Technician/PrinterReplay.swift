import Branch
public import Captures
public import DeviceProfiles
import ESCPOS
import PrinterEmulator
import StarPRNT
import TicketPreview

/// What a printer of a profile made of the bytes that went to it, and what its own bytes mean.
public struct PrinterReplay {
  private enum Ear {
    case escpos(StatusDecoder)
    case star(StarStatusDecoder)
  }

  private var emulator: any PaperPrinter
  private var ear: Ear
  private var faults = 0
  private var lines: [ReplayLine] = []

  public init(_ profile: PrinterProfile) {
    emulator = emulatedPrinter(of: profile)
    ear = profile.language == .escpos ? .escpos(StatusDecoder()) : .star(StarStatusDecoder())
  }

  /// Everything that it shows, in order.
  public static func lines(of capture: Capture, _ profile: PrinterProfile) -> [ReplayLine] {
    var replay = PrinterReplay(profile)
    for entry in capture.entries {
      switch entry.event {
      case .bytes(.out, let bytes): replay.takeOut(bytes, entry.time_us)
      case .bytes(.in, let bytes): replay.takeIn(bytes, entry.time_us)
      case .note(let text): replay.say(entry.time_us, "note", text)
      case .input, .keysDown, .end: break
      }
    }
    replay.emulator.tearOff()
    replay.settle(capture.entries.last?.time_us ?? 0)
    return replay.lines
  }

  private mutating func say(_ time_us: Int64, _ word: String, _ text: String) {
    lines.append(ReplayLine(time_us, word, text))
  }

  // MARK: to the printer

  private mutating func takeOut(_ bytes: [UInt8], _ time_us: Int64) {
    noteQuestions(bytes, time_us)
    emulator.receive(bytes)
    settle(time_us)
  }

  private mutating func settle(_ time_us: Int64) {
    // What the real one said stands in the capture.
    _ = emulator.takeAnswers()
    for fault in emulator.faults.dropFirst(faults) { say(time_us, "fault", "\(fault)") }
    faults = emulator.faults.count
    for ticket in emulator.takeTickets() {
      let ticket = ticket.lettersRead(width_px: emulator.width_px)
      say(time_us, "ticket", ticket.cut.map { "cut \($0.rawValue)" } ?? "not cut")
      for line in ticket.plainText.split(separator: "\n") {
        say(time_us, "", "| " + CheckLine.printable(String(line)))
      }
      for text in ticket.qrTexts { say(time_us, "", "| QR code: " + CheckLine.printable(text)) }
      for text in ticket.barcodes { say(time_us, "", "| barcode: " + CheckLine.printable(text)) }
    }
  }

  /// A question goes out in a piece of its own: `DLE EOT n`, several in a row.
  private mutating func noteQuestions(_ bytes: [UInt8], _ time_us: Int64) {
    guard case .escpos(var decoder) = ear, bytes.count % 3 == 0 else { return }
    let triples = stride(from: 0, to: bytes.count, by: 3).map { Array(bytes[$0..<$0 + 3]) }
    guard triples.allSatisfy({ $0[0] == 0x10 && $0[1] == 0x04 }) else { return }
    // What was not answered before is not waited for any more.
    decoder.forgetPending()
    var names: [String] = []
    for triple in triples {
      if let query = RealTimeQuery(rawValue: triple[2]) {
        decoder.asked(query)
        names.append("\(query)")
      } else if triple == StatusRequest.full.bytes {
        decoder.askedFull()
        names.append("full")
      }
    }
    ear = .escpos(decoder)
    say(time_us, "ask", names.joined(separator: ", "))
  }

  // MARK: from the printer

  private mutating func takeIn(_ bytes: [UInt8], _ time_us: Int64) {
    switch ear {
    case .escpos(var decoder):
      for value in decoder.feed(bytes) { tell(value, time_us) }
      ear = .escpos(decoder)
    case .star(var decoder):
      for value in decoder.feed(bytes) { tell(value, time_us) }
      ear = .star(decoder)
    }
  }

  private mutating func tell(_ value: StatusValue, _ time_us: Int64) {
    switch value {
    case .realTime(let query, _): say(time_us, "status", "\(query): \(Self.conditions(value))")
    case .full: say(time_us, "status", "full: \(Self.conditions(value))")
    case .automatic: say(time_us, "status", "by itself: \(Self.conditions(value))")
    case .finished(let id): say(time_us, "printed", "all before \(hexText(id.bytes))")
    case .cleared: say(time_us, "cleared", "its buffers are empty")
    case .garbage(let bytes): say(time_us, "noise", hexText(bytes))
    }
  }

  private mutating func tell(_ value: StarValue, _ time_us: Int64) {
    switch value {
    case .status(let status): say(time_us, "status", Self.text(status.conditions))
    case .finished(let mark): say(time_us, "printed", "all before mark \(mark)")
    case .garbage(let bytes): say(time_us, "noise", hexText(bytes))
    }
  }

  /// What this one answer says.
  private static func conditions(_ value: StatusValue) -> String {
    var status = PrinterStatus()
    _ = status.note(value)
    return text(status.conditions)
  }

  private static func text(_ conditions: Set<DeviceCondition>) -> String {
    conditions.isEmpty
      ? "nothing wrong" : conditions.map(\.rawValue).sorted().joined(separator: ", ")
  }

  private func hexText(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
  }
}
