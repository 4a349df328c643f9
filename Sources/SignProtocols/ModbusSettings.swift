/// How a Modbus sign takes what it shows.
public enum ModbusText: Hashable, Sendable {
  /// One register a place, from the left, each with the ASCII code of its character.
  case characters(register: UInt16, FrameText)
  /// One register with a number of 16 bits, which the sign makes into digits: 0 to `max`.
  case number(register: UInt16, max: Int)
  /// Two registers, which are written together. The first: sign in the highest four bits, places
  /// behind the point in the next four, then the highest 8 of 24 bits; the second has the others.
  case signedNumber(register: UInt16, digits: Int)

  /// Digits that 24 bits can always have.
  public static let digits = 1...7

  /// Registers that hold it.
  public var registers: Range<Int> {
    switch self {
    case .characters(let register, let places):
      Int(register)..<Int(register) + places.places_max
    case .number(let register, _): Int(register)..<Int(register) + 1
    case .signedNumber(let register, _): Int(register)..<Int(register) + 2
    }
  }
}

/// Whom frames are for, and how a sign's registers are used. Every value is checked here once, so
/// that encoding cannot fail.
public struct ModbusSettings: Hashable, Sendable {
  public static let answers_ms = 20...5_000
  public static let brightnessLevels = 0...65_535
  /// How signs of this protocol are told apart; 0 is everybody.
  public static let addressFormat = AddressFormat(form: .byte, digits: 1)

  /// A register that makes it brighter or darker.
  public struct Brightness: Hashable, Sendable {
    public let register: UInt16
    public let levels: ClosedRange<Int>

    /// - Precondition: the levels are among `brightnessLevels`.
    public init(register: UInt16, levels: ClosedRange<Int>) {
      precondition(brightnessLevels.contains(levels.lowerBound) && levels.upperBound <= 65_535)
      self.register = register
      self.levels = levels
    }
  }

  public let unit: UInt8
  public let text: ModbusText
  public let brightness: Brightness?
  /// Function 16 for several registers, or 06 for each.
  public let writesMultiple: Bool
  /// The registers are read behind each write.
  public let readsBack: Bool
  /// How long an answer may take, and how long everybody has after a broadcast.
  public let answer_ms: Int

  /// - Precondition: the unit is 0 or one of `Modbus.units`; places fit into one request; a signed
  ///   number has `ModbusText.digits`; `answer_ms` is one of `answers_ms`.
  public init(
    unit: UInt8, text: ModbusText, brightness: Brightness? = nil, writesMultiple: Bool = true,
    readsBack: Bool = true, answer_ms: Int = 200
  ) {
    precondition(unit == Modbus.broadcast || Modbus.units.contains(unit))
    precondition(Self.answers_ms.contains(answer_ms))
    switch text {
    case .characters(let register, let places):
      precondition((1...ModbusRequest.written_max).contains(places.places_max))
      precondition(Int(register) + places.places_max <= 65_536)
    case .number(_, let max): precondition((1...65_535).contains(max))
    case .signedNumber(let register, let digits):
      precondition(register < 65_535 && ModbusText.digits.contains(digits))
    }
    self.unit = unit
    self.text = text
    self.brightness = brightness
    self.writesMultiple = writesMultiple
    self.readsBack = readsBack
    self.answer_ms = answer_ms
  }

  /// The same for the sign with this address; nil for one that Modbus does not have.
  public func addressed(_ address: [UInt8]) -> ModbusSettings? {
    guard address.count == 1, let unit = address.first,
      unit == Modbus.broadcast || Modbus.units.contains(unit)
    else { return nil }
    return ModbusSettings(
      unit: unit, text: text, brightness: brightness, writesMultiple: writesMultiple,
      readsBack: readsBack, answer_ms: answer_ms)
  }
}
