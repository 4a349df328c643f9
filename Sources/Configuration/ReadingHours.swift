import Branch
import PositionedJSON

/// Times of the day and hours of the week.
extension ConfigurationReader {
  private static let days = [
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
  ]

  func readHours(_ reader: ObjectReader) -> OpeningHours? {
    let week = Self.days.map { reader.optional($0)?.stretches() ?? [] }
    let exceptions = reader.optional("exceptions")?
      .members(count_max: OpeningHours.exceptions_max)
    var special: [ServiceDay: [OpeningHours.Stretch]] = [:]
    for (member, field) in exceptions ?? [] {
      guard let day = ServiceDay(member.key) else {
        field.report(
          code: "date", "\(quoted(member.key)) is no day of the calendar",
          cure: "Write it as \"2026-12-24\".")
        continue
      }
      special[day] = field.stretches() ?? []
    }
    return OpeningHours(week: week, exceptions: special)
  }

  /// A constant, or a list of times of the day from which on another value holds.
  func readBrightness(_ field: JSONField) -> DailyBrightness? {
    let range = SignPicture.brightness_percent
    guard field.value.elements != nil else {
      return field.integer(in: range).map { DailyBrightness([.init(from_minute: 0, percent: $0)]) }
    }
    var steps: [DailyBrightness.Step] = []
    for element in field.elements(count_max: DailyBrightness.steps_max) ?? [] {
      let step = element.object { reader -> DailyBrightness.Step? in
        let from = reader.required("from", example: "\"20:00\"")?.minuteOfDay(max: 1439)
        let percent = reader.required("percent", example: "30")?.integer(in: range)
        guard let from, let percent else { return nil }
        return DailyBrightness.Step(from_minute: from, percent: percent)
      }
      guard let step else { continue }
      if let last = steps.last, last.from_minute >= step.from_minute {
        element.report(
          code: "time-order", "it begins before the one above it, or with it",
          cure: "Put them in the order of the day.")
        continue
      }
      steps.append(step)
    }
    if field.value.elements?.isEmpty == true {
      field.report(code: "missing", "the list is empty", cure: "Give a number, or one time.")
    }
    return steps.isEmpty ? nil : DailyBrightness(steps)
  }
}

extension JSONField {
  /// `["08:00-12:00", "13:00-16:00"]`
  fileprivate func stretches() -> [OpeningHours.Stretch]? {
    guard let fields = elements(count_max: OpeningHours.stretches_max) else { return nil }
    var stretches: [OpeningHours.Stretch] = []
    for field in fields {
      guard let stretch = field.stretch() else { continue }
      if let last = stretches.last, last.upperBound > stretch.lowerBound {
        field.report(
          code: "time-order", "it begins before the one ahead of it ends",
          cure: "Put them in the order of the day, without overlap.")
        continue
      }
      stretches.append(stretch)
    }
    return stretches
  }

  private func stretch() -> OpeningHours.Stretch? {
    guard let text = text(length: 1...32) else { return nil }
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    if parts.count == 2, let from = Self.minute(parts[0]), let to = Self.minute(parts[1]),
      from < to
    {
      return from..<to
    }
    report(
      code: "time", "\(quoted(text)) is no part of a day",
      cure: "Write from and to as \"08:00-12:30\", to \"24:00\" at most.")
    return nil
  }

  /// `08:00`, in minutes since midnight.
  fileprivate func minuteOfDay(max: Int) -> Int? {
    guard let text = text(length: 1...32) else { return nil }
    if let minute = Self.minute(text[...]), minute <= max { return minute }
    report(
      code: "time", "\(quoted(text)) is no time of the day",
      cure: "Write it as \"08:00\", up to \"23:59\".")
    return nil
  }

  private static func minute(_ text: Substring) -> Int? {
    let bytes = Array(text.utf8)
    guard bytes.count == 5, bytes[2] == UInt8(ascii: ":"),
      [0, 1, 3, 4].allSatisfy({ (48...57).contains(bytes[$0]) })
    else { return nil }
    let digits = bytes.map { Int($0) - 48 }
    let (hour, minute) = (digits[0] * 10 + digits[1], digits[3] * 10 + digits[4])
    guard minute < 60, hour < 24 || hour == 24 && minute == 0 else { return nil }
    return hour * 60 + minute
  }
}
