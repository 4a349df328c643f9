/// One `struct input_event` of the kernel (linux/input.h).
public struct InputEvent: Hashable, Sendable {
  /// Of the clock that the reader chose, CLOCK_REALTIME if none; in captures whatever it was.
  public let seconds: Int64
  /// 0..<1,000,000.
  public let microseconds: Int64
  public let type: UInt16
  public let code: UInt16
  public let value: Int32

  public init(
    seconds: Int64 = 0, microseconds: Int64 = 0, type: UInt16, code: UInt16, value: Int32
  ) {
    self.seconds = seconds
    self.microseconds = microseconds
    self.type = type
    self.code = code
    self.value = value
  }

  /// A key: value 1 went down, 0 came up, 2 auto-repeat.
  public static func key(_ code: UInt16, _ value: Int32, at time: InputTime = .zero) -> InputEvent {
    InputEvent(
      seconds: time.seconds, microseconds: time.microseconds, type: EventType.key, code: code,
      value: value)
  }

  /// The end of what happened at one moment.
  public static func report(at time: InputTime = .zero) -> InputEvent {
    InputEvent(
      seconds: time.seconds, microseconds: time.microseconds, type: EventType.sync,
      code: EventCode.report, value: 0)
  }

  public static func led(_ code: UInt16, isOn: Bool) -> InputEvent {
    InputEvent(type: EventType.led, code: code, value: isOn ? 1 : 0)
  }

  /// A sound: SND_BELL is on for any value but 0, SND_TONE is a frequency in hertz.
  public static func sound(_ code: UInt16, _ value: Int32) -> InputEvent {
    InputEvent(type: EventType.sound, code: code, value: value)
  }

  /// Bytes of a record where `long` has 64 bits: two 8-byte halves of the time, type, code, value.
  public static let recordBytes = 24

  /// The record as the kernel writes it, little-endian.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    func append(_ value: some FixedWidthInteger) {
      withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    }
    append(seconds)
    append(microseconds)
    append(type)
    append(code)
    append(value)
    return bytes
  }

  /// nil when these 24 bytes cannot be a record: a type that does not exist (EV_MAX 0x1F), a key
  /// code above KEY_MAX 0x2FF or with another value than 0, 1, 2, a report that
  /// does not exist, or an impossible time.
  init?(record: ArraySlice<UInt8>) {
    precondition(record.count == Self.recordBytes)
    func load<Value: FixedWidthInteger>(_ offset: Int, _: Value.Type) -> Value {
      record.withUnsafeBytes {
        Value(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Value.self))
      }
    }
    seconds = load(0, Int64.self)
    microseconds = load(8, Int64.self)
    type = load(16, UInt16.self)
    code = load(18, UInt16.self)
    value = load(20, Int32.self)
    guard (0..<Self.seconds_max).contains(seconds), (0..<1_000_000).contains(microseconds),
      type <= EventType.last
    else { return nil }
    if type == EventType.key {
      guard code <= EventCode.keyLast, (0...2).contains(value) else { return nil }
    }
    if type == EventType.sync {
      // A report's value is 1 when the kernel repeats a held key (drivers/input/input.c), else 0.
      guard code <= EventCode.dropped, (0...1).contains(value) else { return nil }
    }
  }

  /// The year 2514: a larger time is no time.
  static let seconds_max: Int64 = 1 << 34
}

/// A time stamp of an event.
public struct InputTime: Hashable, Sendable {
  public let seconds: Int64
  public let microseconds: Int64
  public static let zero = InputTime(seconds: 0, microseconds: 0)

  public init(seconds: Int64, microseconds: Int64) {
    self.seconds = seconds
    self.microseconds = microseconds
  }
}

/// Event types (linux/input-event-codes.h).
public enum EventType {
  public static let sync: UInt16 = 0x00
  public static let key: UInt16 = 0x01
  public static let absolute: UInt16 = 0x03
  public static let misc: UInt16 = 0x04
  public static let switches: UInt16 = 0x05
  public static let led: UInt16 = 0x11
  public static let sound: UInt16 = 0x12
  public static let last: UInt16 = 0x1F
}

/// Event codes (linux/input-event-codes.h).
public enum EventCode {
  /// SYN_REPORT
  public static let report: UInt16 = 0
  /// SYN_DROPPED: the kernel's buffer overflowed and events are missing.
  public static let dropped: UInt16 = 3
  /// MSC_SCAN, what the device itself calls the key
  public static let scan: UInt16 = 4
  /// KEY_CAPSLOCK
  public static let capsLockKey: UInt16 = 58
  /// LED_CAPSL
  public static let capsLockLED: UInt16 = 1
  /// KEY_MAX
  public static let keyLast: UInt16 = 0x2FF
  /// LED_MAX; the sounds end earlier.
  public static let otherLast: UInt16 = 0x0F
}

/// The records of one press and release, each with its report: what a writer of a FIFO, a virtual
/// terminal or a test sends.
public func inputEventBytes(code: UInt16, at time: InputTime = .zero) -> [UInt8] {
  inputEventBytes(code: code, value: 1, at: time) + inputEventBytes(code: code, value: 0, at: time)
}

/// The records of one change of a key (1 down, 0 up, 2 repeat) and its report.
public func inputEventBytes(code: UInt16, value: Int32, at time: InputTime = .zero) -> [UInt8] {
  InputEvent.key(code, value, at: time).bytes + InputEvent.report(at: time).bytes
}
