public import Branch

/// What is asked of a Modbus device, with the functions that signs know. Source: "MODBUS
/// Application Protocol Specification" V1.1b3, sections 6.3, 6.6, 6.12 and 7.
public enum ModbusRequest: Hashable, Sendable {
  /// Function 06, one register.
  case writeSingle(register: UInt16, value: UInt16)
  /// Function 16, registers in a row, 1 to 123.
  case writeMultiple(register: UInt16, values: [UInt16])
  /// Function 03, what registers in a row hold, 1 to 125.
  case read(register: UInt16, count: Int)

  public static let written_max = 123
  public static let read_max = 125

  var function: UInt8 {
    switch self {
    case .writeSingle: 0x06
    case .writeMultiple: 0x10
    case .read: 0x03
    }
  }

  /// Function and data, highest byte of each word first.
  var bytes: [UInt8] {
    switch self {
    case .writeSingle(let register, let value):
      return [function] + Modbus.words([register, value])
    case .writeMultiple(let register, let values):
      let head = Modbus.words([register, UInt16(values.count)])
      return [function] + head + [UInt8(values.count * 2)] + Modbus.words(values)
    case .read(let register, let count):
      return [function] + Modbus.words([register, UInt16(count)])
    }
  }

  /// First register.
  var register: UInt16 {
    switch self {
    case .writeSingle(let register, _), .writeMultiple(let register, _), .read(let register, _):
      register
    }
  }
}

/// The serial form of Modbus: unit, function and data, checksum. Source: "MODBUS over Serial Line
/// Specification and Implementation Guide" V1.02, section 2.5.1.
public enum Modbus {
  /// Everybody on the line takes it, nobody answers.
  public static let broadcast: UInt8 = 0
  /// Devices of their own.
  public static let units: ClosedRange<UInt8> = 1...247
  public static let frameBytes_max = 256

  /// A whole frame; its checksum goes lowest byte first.
  public static func frame(unit: UInt8, _ request: ModbusRequest) -> [UInt8] {
    closed([unit] + request.bytes)
  }

  static func closed(_ bytes: [UInt8]) -> [UInt8] {
    let sum = CRC16.modbus.value(bytes)
    return bytes + [UInt8(sum & 0xFF), UInt8(sum >> 8)]
  }

  /// Whether its checksum is right.
  public static func isSound(_ frame: some Collection<UInt8>) -> Bool {
    frame.count > 2 && Array(frame) == closed(Array(frame.dropLast(2)))
  }

  static func words(_ values: [UInt16]) -> [UInt8] {
    values.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
  }

  static func values(_ bytes: some Sequence<UInt8>) -> [UInt16] {
    let bytes = Array(bytes)
    return stride(from: 0, to: bytes.count - 1, by: 2).map {
      UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1])
    }
  }

  /// Frames are told apart by silence: 3.5 characters, rounded up, or 1,750 µs above 19,200 baud
  /// (section 2.5.1.1).
  public static func silence_us(on line: SerialSettings) -> Int {
    guard line.baud <= 19_200 else { return 1_750 }
    let bits = 1 + line.dataBits + (line.parity == .none ? 0 : 1) + line.stopBits
    let halves_us = bits * 7 * 1_000_000
    return (halves_us + 2 * line.baud - 1) / (2 * line.baud)
  }

  /// What an exception code means (section 7 of the application protocol).
  public static func meaning(ofException code: UInt8) -> String {
    switch code {
    case 1: "it does not know this function"
    case 2: "it has no such register"
    case 3: "it cannot take this value"
    case 4: "it failed while it obeyed"
    case 5: "it needs more time"
    case 6: "it is busy"
    case 8: "its memory has an error"
    default: "exception \(code)"
    }
  }
}
