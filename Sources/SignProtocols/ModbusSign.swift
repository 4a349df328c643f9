public import Branch

// Pictures to Modbus frames.
extension ModbusSettings {
  /// Frames that show the picture, with what the sign should answer to each.
  public func frames(for picture: SignPicture, on line: SerialSettings) -> [SignFrame] {
    var frames: [SignFrame] = []
    if let brightness, let level = picture.level(of: brightness.levels) {
      frames += write(brightness.register, [UInt16(level)], line)
    }
    let (register, values) = registers(for: picture.text)
    return frames + write(register, values, line)
  }

  /// The write alone, by function 16 in one frame, so that it needs no silence within.
  func encode(_ shown: String) -> [UInt8] {
    let (register, values) = registers(for: shown)
    return Modbus.frame(unit: unit, .writeMultiple(register: register, values: values))
  }

  /// First register and values that show the text.
  func registers(for shown: String) -> (register: UInt16, values: [UInt16]) {
    switch text {
    case .characters(let register, let places):
      return (register, places.field(for: SignText.ascii(shown)).map(UInt16.init))
    case .number(let register, let max):
      // A register cannot be empty. No number, or one too large, is 0: better than a wrong one.
      let number = DisplayNumber(shown)
      let fits = number.map { !$0.isNegative && $0.decimals == 0 && $0.digits <= max } ?? false
      return (register, [UInt16(fits ? number?.digits ?? 0 : 0)])
    case .signedNumber(let register, let digits):
      let bound = (0..<digits).reduce(1) { power, _ in power * 10 }
      guard let number = DisplayNumber(shown), number.digits < bound, number.decimals < digits
      else { return (register, [0, 0]) }
      let head = UInt16(number.isNegative ? 0x1000 : 0) | UInt16(number.decimals) << 8
      return (register, [head | UInt16(number.digits >> 16), UInt16(number.digits & 0xFFFF)])
    }
  }

  private func write(_ register: UInt16, _ values: [UInt16], _ line: SerialSettings) -> [SignFrame]
  {
    // A pair that is one number must not be seen half written.
    let isWhole = if case .signedNumber = text { values.count > 1 } else { false }
    var frames: [SignFrame] = []
    if writesMultiple || isWhole {
      frames.append(frame(.writeMultiple(register: register, values: values), line))
    } else {
      frames += values.enumerated().map { index, value in
        frame(.writeSingle(register: register + UInt16(index), value: value), line)
      }
    }
    if readsBack, unit != Modbus.broadcast {
      let read = ModbusRequest.read(register: register, count: values.count)
      frames.append(frame(read, line, written: values))
    }
    return frames
  }

  private func frame(_ request: ModbusRequest, _ line: SerialSettings, written: [UInt16] = [])
    -> SignFrame
  {
    let silence_us = Modbus.silence_us(on: line)
    let bytes = Modbus.frame(unit: unit, request)
    // Nobody answers a broadcast, and everybody needs time to obey it (section 2.4.1).
    if unit == Modbus.broadcast {
      return SignFrame(bytes, silence_us: max(silence_us, answer_ms * 1000))
    }
    let question = ModbusQuestion(
      unit: unit, request: request, written: written, answer_ms: answer_ms)
    return SignFrame(bytes, silence_us: silence_us, question: .modbus(question))
  }
}

/// The number that a text begins with, or that a ticket has behind its letters: `A012` is 12,
/// `-3.5` is 35 with one decimal. nil when the text has no number.
struct DisplayNumber: Equatable {
  static let digits_max = 7
  static let decimals_max = 5

  let isNegative: Bool
  let digits: Int
  let decimals: Int

  init?(_ text: String) {
    let bytes = TextFitting.trimmed(SignText.ascii(text))
    let lead = bytes.prefix { !SignText.isDigit($0) }
    let whole = bytes.dropFirst(lead.count).prefix(while: SignText.isDigit)
    guard !whole.isEmpty else { return nil }
    let rest = bytes.dropFirst(lead.count + whole.count)
    var fraction: ArraySlice<UInt8> = []
    if rest.first == UInt8(ascii: ".") {
      let digits = rest.dropFirst().prefix(while: SignText.isDigit)
      if digits.count == rest.count - 1 { fraction = digits }
    }
    let all = SignText.string(whole + fraction)
    guard let digits = Int(all), all.utf8.drop(while: { $0 == 0x30 }).count <= Self.digits_max,
      fraction.count <= Self.decimals_max
    else { return nil }
    isNegative = lead == [UInt8(ascii: "-")]
    self.digits = digits
    decimals = fraction.count
  }
}
