public import Branch

/// What is known of one printer from all its answers so far, as conditions.
///
/// Answers overlap: a packet tells everything at once, a `DLE EOT` answer one part. A newer answer
/// replaces what older ones said about the same part, so that no condition outlives its cause.
public struct PrinterStatus: Hashable, Sendable {
  private var automatic: Set<DeviceCondition> = []
  private var realTime: [RealTimeQuery: Set<DeviceCondition>] = [:]
  private var port: Set<DeviceCondition> = []

  public init() {}

  public var conditions: Set<DeviceCondition> {
    realTime.values.reduce(automatic.union(port)) { $0.union($1) }
  }

  /// Returns whether the conditions changed.
  public mutating func note(_ value: StatusValue) -> Bool {
    let before = conditions
    switch value {
    case .realTime(let query, let byte):
      realTime[query] = query.conditions(byte)
      automatic.subtract(query.subjects)
    case .automatic(let status):
      automatic = status.conditions
      realTime.removeAll(keepingCapacity: true)
    case .full(let status):
      automatic = status.conditions
      realTime.removeAll(keepingCapacity: true)
    case .finished, .cleared, .garbage: break
    }
    return conditions != before
  }

  /// A packet of another language tells everything at once. Returns whether the conditions changed.
  public mutating func note(packet: Set<DeviceCondition>) -> Bool {
    let before = conditions
    automatic = packet
    realTime.removeAll(keepingCapacity: true)
    return conditions != before
  }

  /// GET_PORT_STATUS. Returns whether the conditions changed.
  public mutating func note(portStatus: UInt8) -> Bool {
    let before = conditions
    port = Self.conditions(portStatus: portStatus)
    return conditions != before
  }

  /// Bits of GET_PORT_STATUS: 08 not-error, 10 selected, 20 paper empty [Linux usblp]. An error
  /// bit that paper explains is not told twice.
  public static func conditions(portStatus: UInt8) -> Set<DeviceCondition> {
    var conditions: Set<DeviceCondition> = []
    if portStatus & 0x20 != 0 { conditions.insert(.mediaEmpty) }
    if portStatus & 0x10 == 0 { conditions.insert(.offline) }
    if portStatus & 0x08 == 0 && conditions.isEmpty { conditions.insert(.other) }
    return conditions
  }
}

extension RealTimeQuery {
  /// The conditions that an answer to this query affirms or denies.
  var subjects: Set<DeviceCondition> {
    switch self {
    case .printer: [.offline]
    case .offlineCause: [.coverOpen]
    case .errorCause: [.mediaJam, .other]
    case .paper: [.mediaEmpty, .mediaLow]
    }
  }

  /// Bits of an answer [Bixolon SRP-350 manual p. 8]:
  ///
  ///     printer       08 offline
  ///     offlineCause  04 cover open, 20 stopped at paper end, 40 error
  ///     errorCause    04 mechanical, 08 cutter, 20 unrecoverable, 40 recovers by itself
  ///     paper         0C near end, 60 end
  func conditions(_ byte: UInt8) -> Set<DeviceCondition> {
    var conditions: Set<DeviceCondition> = []
    func add(_ mask: UInt8, _ condition: DeviceCondition) {
      if byte & mask != 0 { conditions.insert(condition) }
    }
    switch self {
    case .printer: add(0x08, .offline)
    case .offlineCause:
      add(0x04, .coverOpen)
      add(0x20, .mediaEmpty)
      add(0x40, .other)
    case .errorCause:
      // What stops a cutter or a mechanism is paper, as a rule.
      add(0x0C, .mediaJam)
      add(0x60, .other)
    case .paper:
      if byte & 0x60 != 0 { conditions.insert(.mediaEmpty) } else { add(0x0C, .mediaLow) }
    }
    return conditions
  }
}

extension AutomaticStatus {
  /// Byte 1: 08 offline, 20 cover. Byte 2: 04 mechanical, 08 cutter, 20 unrecoverable, 40
  /// recovers by itself. Byte 3: 03 near end, 0C end [Samsung STP-103 p. 44; TM-U220A; Epson GS a].
  public var conditions: Set<DeviceCondition> {
    var conditions: Set<DeviceCondition> = []
    func add(_ mask: UInt32, _ condition: DeviceCondition) {
      if packed & mask != 0 { conditions.insert(condition) }
    }
    add(0x0800_0000, .offline)
    add(0x2000_0000, .coverOpen)
    add(0x000C_0000, .mediaJam)
    add(0x0060_0000, .other)
    if packed & 0x0C00 != 0 { conditions.insert(.mediaEmpty) } else { add(0x0300, .mediaLow) }
    return conditions
  }
}
