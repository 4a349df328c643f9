/// A Modbus sign's side of the line, as strict as the specification: for virtual signs, tests and
/// the lab. Registers that were never written hold 0.
public struct ModbusDevice: Sendable {
  public let unit: UInt8
  /// Registers that it has; others are refused.
  public let registers: ClosedRange<UInt16>
  public private(set) var held: [UInt16: UInt16] = [:]
  /// Bytes that were no request.
  public private(set) var noise = 0
  private var buffer: [UInt8] = []

  public init(unit: UInt8, registers: ClosedRange<UInt16> = 0...UInt16.max) {
    self.unit = unit
    self.registers = registers
  }

  /// What these registers hold.
  public func values(from register: UInt16, count: Int) -> [UInt16] {
    (0..<count).map { held[register &+ UInt16(truncatingIfNeeded: $0)] ?? 0 }
  }

  /// The frames that it answers with. A silence between requests is not needed: their lengths tell
  /// where they end.
  public mutating func feed(_ bytes: some Sequence<UInt8>) -> [[UInt8]] {
    var answers: [[UInt8]] = []
    for byte in bytes {
      buffer.append(byte)
      while let frame = nextFrame() {
        if let answer = obey(frame) { answers.append(answer) }
      }
    }
    return answers
  }

  private mutating func nextFrame() -> [UInt8]? {
    while buffer.count > 1 {
      guard let length = requestLength() else {
        dropFirst()
        continue
      }
      if buffer.count < length { return nil }
      let frame = Array(buffer.prefix(length))
      if Modbus.isSound(frame) {
        buffer.removeFirst(length)
        return frame
      }
      dropFirst()
    }
    return nil
  }

  private mutating func dropFirst() {
    buffer.removeFirst()
    noise += 1
  }

  /// nil: no request begins like this.
  private func requestLength() -> Int? {
    guard buffer[0] == Modbus.broadcast || Modbus.units.contains(buffer[0]) else { return nil }
    switch buffer[1] {
    case 0x03, 0x06: return 8
    case 0x10:
      guard buffer.count > 6 else { return 9 }
      return buffer[6] > 0 && buffer[6] <= 2 * ModbusRequest.written_max ? 9 + Int(buffer[6]) : nil
    default: return nil
    }
  }

  private mutating func obey(_ frame: [UInt8]) -> [UInt8]? {
    guard frame[0] == unit || frame[0] == Modbus.broadcast else { return nil }
    let answer = answer(frame)
    return frame[0] == unit ? Modbus.closed([unit] + answer) : nil
  }

  /// Function and data of the answer.
  private mutating func answer(_ frame: [UInt8]) -> [UInt8] {
    let function = frame[1]
    let register = UInt16(frame[2]) << 8 | UInt16(frame[3])
    let word = Int(frame[4]) << 8 | Int(frame[5])
    let count = function == 0x06 ? 1 : word
    let count_max = function == 0x03 ? ModbusRequest.read_max : ModbusRequest.written_max
    guard (1...count_max).contains(count), function != 0x10 || Int(frame[6]) == 2 * count else {
      return [function | 0x80, 3]
    }
    guard registers.contains(register), Int(register) + count - 1 <= Int(registers.upperBound)
    else { return [function | 0x80, 2] }
    switch function {
    case 0x03:
      return [function, UInt8(2 * count)] + Modbus.words(values(from: register, count: count))
    case 0x06: held[register] = UInt16(word)
    default:
      for (index, value) in Modbus.values(frame[7..<7 + 2 * count]).enumerated() {
        held[register + UInt16(index)] = value
      }
    }
    return Array(frame[1..<6])
  }
}

extension ModbusText {
  /// What a sign with these registers shows.
  public func shown(by device: ModbusDevice) -> String {
    switch self {
    case .characters(let register, let places):
      let held = device.values(from: register, count: places.places_max)
      return places.shown(held.map { UInt8(truncatingIfNeeded: $0) })
    case .number(let register, _): return String(device.values(from: register, count: 1)[0])
    case .signedNumber(let register, _):
      let held = device.values(from: register, count: 2)
      let decimals = Int(held[0] >> 8 & 0x0F)
      let number = Int(held[0] & 0xFF) << 16 | Int(held[1])
      var digits = String(number)
      digits = String(repeating: "0", count: max(0, decimals + 1 - digits.utf8.count)) + digits
      let whole = String(digits.dropLast(decimals))
      let sign = held[0] & 0x1000 == 0 ? "" : "-"
      return sign + whole + (decimals == 0 ? "" : "." + digits.suffix(decimals))
    }
  }
}
