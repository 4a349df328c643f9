public import Branch

/// The answer of Custom's printers to `DLE EOT 20`: `10 0F`, then paper, user, recoverable and
/// unrecoverable errors [Custom KPM210/216 user manual, DLE EOT; quobox/vkp80iii status.py, tried
/// on ROM 7.11].
public struct FullStatus: Hashable, Sendable {
  public static let length = 6
  static let head: [UInt8] = [0x10, 0x0F]

  public let paper: UInt8
  public let user: UInt8
  public let recoverable: UInt8
  public let unrecoverable: UInt8

  public init(paper: UInt8, user: UInt8, recoverable: UInt8, unrecoverable: UInt8) {
    self.paper = paper
    self.user = user
    self.recoverable = recoverable
    self.unrecoverable = unrecoverable
  }

  /// A ticket stands in the mouth of the printer.
  public var isTicketAtOutput: Bool { paper & 0x20 != 0 }

  ///     paper          01 out, 04 near its end, 20 ticket at the output, 40 counted to its end
  ///     user           01 head up, 02 cover open
  ///     recoverable    01 head too hot, 08 supply voltage, 40 paper jam, 80 mark not found
  ///     unrecoverable  01 cutter, 02 cutter cover open, 04 RAM, 08 EEPROM, 80 presenter's sensor
  public var conditions: Set<DeviceCondition> {
    var conditions: Set<DeviceCondition> = []
    if paper & 0x01 != 0 {
      conditions.insert(.mediaEmpty)
    } else if paper & 0x44 != 0 {
      conditions.insert(.mediaLow)
    }
    if user & 0x03 != 0 || unrecoverable & 0x02 != 0 { conditions.insert(.coverOpen) }
    if recoverable & 0x40 != 0 || unrecoverable & 0x01 != 0 { conditions.insert(.mediaJam) }
    if recoverable & 0x89 != 0 || unrecoverable & 0x8C != 0 { conditions.insert(.other) }
    return conditions
  }
}
