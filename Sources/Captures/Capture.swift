public import TerminalInput

/// What went over one device's wire, with the time of each piece; see CAPTURES.md.
public struct Capture: Hashable, Sendable {
  public static let version = 1
  /// A recorder stops there, and a reader takes no more.
  public static let file_bytes_max = 16 << 20
  public static let line_bytes_max = 1024
  public static let entries_max = 400_000
  /// A week.
  public static let time_us_max: Int64 = 7 * 86_400 * 1_000_000
  /// Bytes on one line.
  public static let chunk_bytes_max = 32

  public enum Kind: String, Hashable, Sendable, CaseIterable {
    /// `input_event` records of buttons, keypads and scanners.
    case evdev
    /// Bytes of a serial line.
    case serial
    /// Bytes to a printer and its answers.
    case printer
  }

  public enum Direction: String, Hashable, Sendable, CaseIterable {
    /// From the device.
    case `in`
    /// To the device.
    case out
  }

  public enum Event: Hashable, Sendable {
    /// A record of the device; its own time stamp is that of the entry.
    case input(InputRecord)
    /// Keys that are down, read anew: at the beginning, and after events were lost.
    case keysDown(Set<UInt16>)
    /// 1 to `chunk_bytes_max` bytes.
    case bytes(Direction, [UInt8])
    /// What the recorder has to say: opened, lost, events dropped.
    case note(String)
    /// The recording ended as it should, for this reason.
    case end(String)
  }

  public struct Entry: Hashable, Sendable {
    /// Since the recording began, 0...`time_us_max`, never less than that of the entry before.
    public let time_us: Int64
    public let event: Event

    public init(_ time_us: Int64, _ event: Event) {
      self.time_us = time_us
      self.event = event
    }
  }

  public let header: CaptureHeader
  public let entries: [Entry]
  /// What a reader had to pass over; not a mistake.
  public let remarks: [String]

  public init(header: CaptureHeader, entries: [Entry], remarks: [String] = []) {
    self.header = header
    self.entries = entries
    self.remarks = remarks
  }

  /// Whether its recorder came to its end; otherwise it was cut off.
  public var isWhole: Bool {
    if case .end? = entries.last?.event { true } else { false }
  }
}

/// Type, code and value of an `input_event`.
public struct InputRecord: Hashable, Sendable {
  /// 0...`EventType.last`
  public let type: UInt16
  /// Of a key, `EventCode.keyLast` at most.
  public let code: UInt16
  public let value: Int32

  /// nil when the kernel would not send such a record, see `InputEvent`.
  public init?(type: UInt16, code: UInt16, value: Int32) {
    guard type <= EventType.last else { return nil }
    if type == EventType.key {
      guard code <= EventCode.keyLast, (0...2).contains(value) else { return nil }
    }
    if type == EventType.sync { guard code <= EventCode.dropped else { return nil } }
    self.type = type
    self.code = code
    self.value = value
  }

  public init?(_ event: InputEvent) {
    self.init(type: event.type, code: event.code, value: event.value)
  }

  /// Added to the time of an entry, because a stamp of zero means that there is none.
  static let stamp_us: Int64 = 1_000_000

  /// As the device would send it at this time of the recording.
  public func event(at time_us: Int64) -> InputEvent {
    let stamp_us = time_us + Self.stamp_us
    return InputEvent(
      seconds: stamp_us / 1_000_000, microseconds: stamp_us % 1_000_000, type: type, code: code,
      value: value)
  }
}
