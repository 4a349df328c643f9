public import Branch
import Glibc
import LinuxIO
import Synchronization

extension LogLevel {
  var word: String { "\(self)" }
}

/// The log of a running service: standard error, one record a line, made for journald and readable
/// without it. Never waits for journald: a stuck log must not keep a customer waiting.
public final class Log: Sendable {
  /// Longest text of one record, in Unicode scalars; the rest is cut.
  public static let text_max = 2_000

  private let threshold: LogLevel
  private let descriptor: CInt
  private let isJournal: Bool
  private let dropped = Atomic<Int>(0)

  /// Records less important than `threshold` are not written.
  public convenience init(threshold: LogLevel = .info) {
    let stream = getenv("JOURNAL_STREAM").map { String(cString: $0) }
    self.init(
      descriptor: StandardStream.error.rawValue, threshold: threshold, journalStream: stream)
  }

  /// `journalStream` is the variable JOURNAL_STREAM, `device:inode` of the socket that systemd
  /// gave the service. It is compared with the descriptor, because children and redirected runs
  /// inherit the variable but not the socket (systemd.exec(5)).
  init(descriptor: CInt, threshold: LogLevel, journalStream: String?) {
    self.descriptor = descriptor
    self.threshold = threshold
    var status = stat()
    let isOpen = fstat(descriptor, &status) == 0
    isJournal = isOpen && journalStream == "\(status.st_dev):\(status.st_ino)"
  }

  public func error(_ text: @autoclosure () -> String) { record(.error, text()) }
  public func warning(_ text: @autoclosure () -> String) { record(.warning, text()) }
  public func notice(_ text: @autoclosure () -> String) { record(.notice, text()) }
  public func info(_ text: @autoclosure () -> String) { record(.info, text()) }
  public func debug(_ text: @autoclosure () -> String) { record(.debug, text()) }

  /// A problem with its cause and cure.
  public func problem(_ problem: Problem, _ level: LogLevel = .error) {
    record(level, problem.description)
  }

  /// Writes one record, whatever stands in the text: controls are escaped, so that noise from a
  /// device or a peer can neither forge a second record nor steer a terminal.
  public func record(_ level: LogLevel, _ text: @autoclosure () -> String) {
    guard level <= threshold else { return }
    let missed = dropped.exchange(0, ordering: .relaxed)
    if missed > 0, !put(.warning, "\(missed) log records were lost: journald took no more") {
      dropped.add(missed, ordering: .relaxed)
    }
    if !put(level, text()) { dropped.add(1, ordering: .relaxed) }
  }

  private func put(_ level: LogLevel, _ text: String) -> Bool {
    let line = Self.escaped(text)
    // `<4>text` is a level for journald (sd-daemon(3)); it adds the time itself.
    if isJournal { return sendWithoutWaiting("<\(level.rawValue)>\(line)\n") }
    return Output.writeAll("\(Clock.wall()) \(level.word): \(line)\n", to: descriptor) == nil
  }

  private func sendWithoutWaiting(_ line: String) -> Bool {
    var line = line
    return line.withUTF8 { bytes in
      send(descriptor, bytes.baseAddress, bytes.count, CInt(MSG_DONTWAIT) | CInt(MSG_NOSIGNAL))
        == bytes.count
    }
  }

  static func escaped(_ text: String) -> String {
    var line = ""
    for (index, scalar) in text.unicodeScalars.enumerated() {
      if index == text_max { return line + "…" }
      switch scalar {
      case "\n": line += "\\n"
      case "\u{00}"..."\u{1F}", "\u{7F}"..."\u{9F}": line += "\\x" + padded(hex: scalar.value)
      default: line.unicodeScalars.append(scalar)
      }
    }
    return line
  }

  private static func padded(hex value: UInt32) -> String {
    (value < 16 ? "0" : "") + String(value, radix: 16)
  }
}
