/// A calendar day at the branch, from midnight to midnight of its zone. Ticket numbers start anew.
public struct ServiceDay: Hashable, Sendable, Comparable, CustomStringConvertible {
  public let year: Int
  public let month: Int
  public let day: Int

  /// Days since 1970-01-01 to a proleptic Gregorian date.
  public init(daysSince1970: Int64) {
    // Civil-from-days over 400-year eras that start on 1 March, so that leap days come last.
    let shifted = daysSince1970 + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
    year = Int(yearOfEra + era * 400) + (month <= 2 ? 1 : 0)
  }

  /// `2026-11-22`; nil for any other form or for a day that no calendar has.
  public init?(_ text: some StringProtocol) {
    let day = Array(text.utf8).withUnsafeBytes { ServiceDay(bytes: $0) }
    guard let day else { return nil }
    self = day
  }

  /// The same for the bytes of a text.
  public init?(bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 10, bytes[4] == UInt8(ascii: "-"), bytes[7] == UInt8(ascii: "-") else {
      return nil
    }
    func number(_ range: Range<Int>) -> Int? {
      var value = 0
      for index in range {
        guard (48...57).contains(bytes[index]) else { return nil }
        value = value * 10 + Int(bytes[index]) - 48
      }
      return value
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10),
      (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    self.year = year
    self.month = month
    self.day = day
    // Every month has 28 days; whether it has more the calendar says.
    guard day <= 28 || ServiceDay(daysSince1970: daysSince1970) == self else { return nil }
  }

  public var daysSince1970: Int64 {
    let shiftedYear = Int64(month <= 2 ? year - 1 : year)
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let shiftedMonth = Int64(month > 2 ? month - 3 : month + 9)
    let dayOfYear = (153 * shiftedMonth + 2) / 5 + Int64(day) - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  public var next: ServiceDay { ServiceDay(daysSince1970: daysSince1970 + 1) }

  public var description: String {
    "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))"
  }

  /// Appends what `description` says.
  public func append(to bytes: inout [UInt8]) {
    appendDecimal(Int64(year), to: &bytes, width: 4)
    bytes.append(UInt8(ascii: "-"))
    appendDecimal(Int64(month), to: &bytes, width: 2)
    bytes.append(UInt8(ascii: "-"))
    appendDecimal(Int64(day), to: &bytes, width: 2)
  }

  public static func < (left: Self, right: Self) -> Bool {
    (left.year, left.month, left.day) < (right.year, right.month, right.day)
  }
}

/// What a clock on the branch's wall shows.
public struct LocalTime: Hashable, Sendable {
  public let day: ServiceDay
  /// Milliseconds since local midnight, 0..<86,400,000.
  public let msOfDay: Int64

  public init(_ instant: WallTime, zoneOffsetSeconds: Int32) {
    let shifted = instant.ms + Int64(zoneOffsetSeconds) * 1000
    let days = (shifted >= 0 ? shifted : shifted - 86_399_999) / 86_400_000
    day = ServiceDay(daysSince1970: days)
    msOfDay = shifted - days * 86_400_000
  }

  /// `14:05`
  public var hourMinute: String {
    "\(padded(Int(msOfDay / 3_600_000), to: 2)):\(padded(Int(msOfDay / 60_000 % 60), to: 2))"
  }
}

extension WallTime: CustomStringConvertible {
  /// ISO 8601 in UTC with milliseconds, `2026-11-22T14:05:09.123Z`.
  public var description: String {
    let time = LocalTime(self, zoneOffsetSeconds: 0)
    let seconds = padded(Int(time.msOfDay / 1000 % 60), to: 2)
    return "\(time.day)T\(time.hourMinute):\(seconds).\(padded(Int(time.msOfDay % 1000), to: 3))Z"
  }
}

/// Decimal digits with leading zeros; longer numbers are not cut.
public func padded(_ number: Int, to width: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
