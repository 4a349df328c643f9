import TerminalInput

/// What an input device has to be able to do, so that a recording can be played on it.
public struct InputForm: Hashable, Sendable {
  /// Codes by their type, `EventType.key` and others.
  public private(set) var codes: [UInt16: Set<UInt16>] = [:]
  /// From the least to the greatest value that was recorded of each axis.
  public private(set) var axes: [UInt16: ClosedRange<Int32>] = [:]

  /// What the recorder found the device able to do, and all that it did.
  public init(_ capture: Capture) {
    for ability in capture.header.abilities { add(ability) }
    let held = InputPlay.heldAtFirst(capture)
    if !held.isEmpty { codes[EventType.key, default: []].formUnion(held) }
    for group in InputPlay.groups(of: capture) {
      for record in group.records where record.type != EventType.sync {
        codes[record.type, default: []].insert(record.code)
        if record.type == EventType.absolute { widen(record.code, record.value) }
      }
    }
  }

  private mutating func widen(_ axis: UInt16, _ value: Int32) {
    let range = axes[axis] ?? value...value
    // Older kernels refuse an axis that cannot move.
    let least = min(range.lowerBound, value, Int32.max - 1)
    axes[axis] = least...max(range.upperBound, value, least + 1)
  }

  /// `keys 1-14 16 28`, as `CaptureSource` writes it; what is no such list tells nothing.
  private mutating func add(_ ability: String) {
    let words = ability.split(separator: " ")
    let types = ["keys": EventType.key, "LEDs": EventType.led, "sounds": EventType.sound]
    guard let type = words.first.flatMap({ types[String($0)] }) else { return }
    let last = type == EventType.key ? EventCode.keyLast : EventCode.otherLast
    for word in words.dropFirst() {
      let ends = word.split(separator: "-").compactMap { UInt16($0) }
      guard let first = ends.first, let end = ends.last, first <= end, end <= last else { continue }
      codes[type, default: []].formUnion(first...end)
    }
  }
}

/// A recording of an input device as a device would have to send it again.
public enum InputPlay {
  /// What happened at one moment; the last record is its report.
  public struct Group: Hashable, Sendable {
    public let time_us: Int64
    public let records: [InputRecord]
  }

  public static let report = InputRecord(
    type: EventType.sync, code: EventCode.report, value: 0)

  /// Keys, wheels, axes, scan codes and switches.
  private static let fromDevice: ClosedRange<UInt16> = EventType.key...EventType.switches

  /// Keys that were down before anything happened.
  public static func heldAtFirst(_ capture: Capture) -> Set<UInt16> {
    for entry in capture.entries {
      switch entry.event {
      case .keysDown(let held): return held
      case .input: return []
      case .bytes, .note, .end: continue
      }
    }
    return []
  }

  /// What follows on `heldAtFirst`. Lamps, sounds and the like are left out: they were the host's.
  /// Keys that were down when they were read anew go down, and others come up, as they must have
  /// meanwhile.
  public static func groups(of capture: Capture) -> [Group] {
    var groups: [Group] = []
    var open: [InputRecord] = []
    var down = heldAtFirst(capture)
    var time_us: Int64 = 0
    func close() {
      guard !open.isEmpty, let report else { return }
      groups.append(Group(time_us: time_us, records: open + [report]))
      open = []
    }
    for entry in capture.entries {
      switch entry.event {
      case .input(let record) where record.type == EventType.sync:
        if record.code == EventCode.report { close() }
      case .input(let record):
        guard fromDevice.contains(record.type) else { continue }
        if record.type == EventType.key {
          if record.value == 0 { down.remove(record.code) } else { down.insert(record.code) }
        }
        if open.isEmpty { time_us = entry.time_us }
        open.append(record)
      case .keysDown(let held):
        close()
        time_us = entry.time_us
        open = changes(from: down, to: held)
        down = held
        close()
      case .bytes, .note, .end: break
      }
    }
    close()
    return groups
  }

  /// Records that bring keys from one state to another, without a report.
  public static func changes(from old: Set<UInt16>, to new: Set<UInt16>) -> [InputRecord] {
    old.subtracting(new).sorted()
      .compactMap { InputRecord(type: EventType.key, code: $0, value: 0) }
      + new.subtracting(old).sorted()
      .compactMap { InputRecord(type: EventType.key, code: $0, value: 1) }
  }
}
