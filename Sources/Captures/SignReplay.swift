import Branch
public import DeviceProfiles
import SignProtocols

/// What a sign of a profile made of the bytes that went to it, and what its own bytes mean.
public struct SignReplay {
  private enum Sign {
    case alpha(AlphaDecoder)
    case frame(FrameDecoder)
    case modbus(ModbusDevice, ModbusText)
    case display(CustomerDisplayDecoder)
  }

  private var sign: Sign
  private let answer: FrameAnswer?
  private var words: SignAnswerReader?
  /// What a sign that obeys would answer, and what came of it so far.
  private var expected: [[UInt8]] = []
  private var came: [UInt8] = []
  private var shown: String?
  private var lines: [ReplayLine] = []

  public init(_ profile: SignProfile) {
    var answer: FrameAnswer?
    switch profile.signProtocol {
    case .alpha: sign = .alpha(AlphaDecoder())
    case .frame(let description):
      sign = .frame(FrameDecoder(description))
      answer = description.conversation.answer
    case .modbus(let settings):
      sign = .modbus(ModbusDevice(unit: settings.unit), settings.text)
    case .customerDisplay(let display): sign = .display(CustomerDisplayDecoder(display))
    }
    self.answer = answer
  }

  /// Everything that it shows, in order.
  public static func lines(of capture: Capture, _ profile: SignProfile) -> [ReplayLine] {
    var replay = SignReplay(profile)
    let echoes = CaptureEcho.lengths(capture.entries) { replay.isAnsweredByCopy($0) }
    for (place, entry) in capture.entries.enumerated() {
      switch entry.event {
      case .bytes(.out, let bytes): replay.takeOut(bytes, entry.time_us)
      case .bytes(.in, let bytes):
        let echoed = echoes[place] ?? 0
        if echoed > 0 { replay.say(entry.time_us, "echo", "\(echoed) bytes, as they were sent") }
        if echoed < bytes.count { replay.takeIn(Array(bytes.dropFirst(echoed)), entry.time_us) }
      case .note(let text): replay.say(entry.time_us, "note", text)
      case .input, .keysDown, .end: break
      }
    }
    return replay.lines
  }

  /// As Modbus function 06 is ("MODBUS Application Protocol", 6.6).
  private func isAnsweredByCopy(_ bytes: [UInt8]) -> Bool {
    switch sign {
    case .modbus: bytes.count > 1 && bytes[1] == 0x06
    case .frame: answer?.accepts == bytes || answer?.refuses == bytes
    case .alpha, .display: false
    }
  }

  private mutating func say(_ time_us: Int64, _ word: String, _ text: String) {
    lines.append(ReplayLine(time_us, word, text))
  }

  // MARK: to the sign

  private mutating func takeOut(_ bytes: [UInt8], _ time_us: Int64) {
    if let answer { words = SignAnswerReader(.words(answer)) }
    switch sign {
    case .alpha(var decoder):
      for event in decoder.feed(bytes) { tell(event, time_us) }
      sign = .alpha(decoder)
    case .frame(var decoder):
      for event in decoder.feed(bytes) { tell(event, time_us) }
      sign = .frame(decoder)
    case .modbus(var device, let form):
      let noise = device.noise
      expected += device.feed(bytes)
      if device.noise > noise {
        say(time_us, "fault", "\(device.noise - noise) bytes that are no request")
      }
      let text = form.shown(by: device)
      if text != shown {
        shown = text
        say(time_us, "show", "\"\(text)\"")
      }
      sign = .modbus(device, form)
    case .display(var decoder):
      for event in decoder.feed(bytes) { tell(event, time_us) }
      sign = .display(decoder)
    }
  }

  private mutating func tell(_ event: AlphaDecoder.Event, _ time_us: Int64) {
    switch event {
    case .frame(let frame):
      let to = "to \(Self.text(frame.address))"
      switch frame.command {
      case .show(let label, _, _, let text):
        say(time_us, "show", "\"\(text)\" file \(Self.text([label])) \(to)")
      case .showParts(let label, _, _, let parts):
        let texts = parts.compactMap { if case .text(let text) = $0 { text } else { nil } }
        say(time_us, "show", "\"\(texts.joined())\" file \(Self.text([label])) \(to)")
      case .releasePriority: say(time_us, "release", "the priority file \(to)")
      case .string(let label, let text):
        say(time_us, "string", "\"\(text)\" file \(Self.text([label])) \(to)")
      case .memory(let files): say(time_us, "memory", "\(files.count) files \(to)")
      case .newAddress(let address): say(time_us, "address", "\(Self.text(address)) \(to)")
      case .tone: say(time_us, "beep", to)
      case .other(let command, let data):
        say(time_us, "command", "\(Self.text([command])) with \(data.count) bytes \(to)")
      }
    case .fault(let fault): say(time_us, "fault", "\(fault)")
    }
  }

  private mutating func tell(_ event: FrameDecoder.Event, _ time_us: Int64) {
    switch event {
    case .shown(let text): say(time_us, "show", "\"\(text)\"")
    case .line(let line, let text): say(time_us, "show", "\"\(text)\" on line \(line + 1)")
    case .word(let word): say(time_us, "word", Capture.Event.hex(word.bytes))
    case .fault(.noise(let count)): say(time_us, "fault", "\(count) bytes outside of a frame")
    case .fault(.badChecksum(let given, let computed)):
      let sums = "\(Capture.Event.hex(given)), and should be \(Capture.Event.hex(computed))"
      say(time_us, "fault", "the checksum is \(sums)")
    }
  }

  private mutating func tell(_ event: CustomerDisplayEvent, _ time_us: Int64) {
    switch event {
    case .shown(let rows):
      say(time_us, "show", rows.map { "\"\($0)\"" }.joined(separator: " "))
    case .brightness(let level): say(time_us, "light", "\(level)")
    case .initialised: say(time_us, "begin", "initialised, dark")
    case .fault(let byte): say(time_us, "fault", "byte \(Capture.Event.hex([byte]))")
    }
  }

  // MARK: from the sign

  private mutating func takeIn(_ bytes: [UInt8], _ time_us: Int64) {
    if case .modbus = sign { return takeModbus(bytes, time_us) }
    guard var reader = words else {
      return say(
        time_us, "answer", "\(bytes.count) bytes that nobody asked for: \(Capture.Event.hex(bytes))"
      )
    }
    for answer in reader.feed(bytes) {
      say(time_us, "answer", answer == .accepted ? "accepted" : "refused")
    }
    words = reader
  }

  /// Answers come in the order of the requests, and are as long as those of a sign that obeys; an
  /// exception has five bytes ("MODBUS Application Protocol", 7).
  private mutating func takeModbus(_ bytes: [UInt8], _ time_us: Int64) {
    came += bytes
    while let wanted = expected.first {
      let isException = came.count > 1 && came[1] == wanted[1] | 0x80
      guard came.count >= (isException ? 5 : wanted.count) else { return }
      expected.removeFirst()
      let frame = Array(came.prefix(isException ? 5 : wanted.count))
      came.removeFirst(frame.count)
      if isException, Modbus.isSound(frame) {
        say(time_us, "answer", "refused: \(Modbus.meaning(ofException: frame[2]))")
      } else if frame == wanted {
        say(time_us, "answer", wanted[1] == 0x03 ? "it holds what was written" : "accepted")
      } else {
        let pair = "\(Capture.Event.hex(frame)), and should be \(Capture.Event.hex(wanted))"
        say(time_us, "answer", pair)
      }
    }
    guard !came.isEmpty else { return }
    say(time_us, "answer", "\(came.count) bytes that nobody asked for: \(Capture.Event.hex(came))")
    came = []
  }

  private static func text(_ bytes: [UInt8]) -> String { Capture.Event.printable(bytes) }
}

/// Bytes as they are, where nobody knows the device.
public enum ByteReplay {
  public static func lines(of capture: Capture) -> [ReplayLine] {
    capture.entries.compactMap { entry in
      switch entry.event {
      case .bytes(let direction, let bytes):
        let hex = ReplayLine.padded(Capture.Event.hex(bytes), 3 * Capture.chunk_bytes_max - 1)
        return ReplayLine(
          entry.time_us, direction.rawValue, "\(hex)  \(Capture.Event.printable(bytes))")
      case .note(let text): return ReplayLine(entry.time_us, "note", text)
      case .input, .keysDown, .end: return nil
      }
    }
  }
}
