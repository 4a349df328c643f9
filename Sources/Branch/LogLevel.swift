/// How much a message matters; the raw value is the syslog priority (RFC 5424, 6.2.1).
public enum LogLevel: Int, Sendable, CaseIterable, Comparable {
  case error = 3
  case warning = 4
  case notice = 5
  case info = 6
  case debug = 7

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}
