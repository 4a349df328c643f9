public import Branch
public import DeviceProfiles
public import TerminalInput

/// Something that a replay shows, and when in the recording it happened.
public struct ReplayLine: Hashable, Sendable, CustomStringConvertible {
  public let time_us: Int64
  public let text: String

  public init(_ time_us: Int64, _ text: String) {
    self.time_us = time_us
    self.text = text
  }

  public init(_ time_us: Int64, _ word: String, _ text: String) {
    self.init(time_us, Self.padded(word, 9) + " " + text)
  }

  /// `     1.024  press     KEY_1`
  public var description: String {
    let seconds = String(time_us / 1_000_000)
    let blanks = String(repeating: " ", count: max(0, 6 - seconds.utf8.count))
    return "\(blanks)\(seconds).\(Branch.padded(Int(time_us / 1000 % 1000), to: 3))  \(text)"
  }

  static func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
  }
}

/// How a node would read the events of a capture: the real reader, on the recording's own clock.
public struct KeyReplay {
  /// Name in the profile and action of a stroke, as far as they are known.
  public typealias Meaning = (KeyStroke) -> (key: String?, action: String?)

  private var reader: TerminalReader
  private let meaning: Meaning
  private var lines: [ReplayLine] = []
  /// When the key state was asked for, until it is answered.
  private var askedAt_us: Int64?

  public init(_ rules: TerminalRules, meaning: @escaping Meaning) {
    reader = TerminalReader(rules)
    self.meaning = meaning
  }

  /// With all keys of a profile, and their usual actions.
  public init(_ profile: TerminalProfile) {
    self.init(TerminalRules(profile)) { stroke in
      let key = profile.key(stroke: stroke)
      return (key?.name.text, key?.action?.description)
    }
  }

  /// Everything that it shows, in order.
  public static func lines(of capture: Capture, _ replay: KeyReplay) -> [ReplayLine] {
    var replay = replay
    for (index, entry) in capture.entries.enumerated() {
      replay.take(entry, isFirst: index == 0)
    }
    replay.finish(at: capture.entries.last?.time_us ?? 0)
    return replay.lines
  }

  private mutating func take(_ entry: Capture.Entry, isFirst: Bool) {
    let now = Self.moment(entry.time_us)
    if case .keysDown(let held) = entry.event {
      if askedAt_us != nil { answerState(held, entry.time_us) } else { reader.adopt(held) }
      return
    }
    if let askedAt_us { answerState([], askedAt_us) }
    passTime(until: now)
    switch entry.event {
    case .input(let record):
      tell(reader.feed(record.event(at: entry.time_us), at: now), entry.time_us)
    case .note(let text): lines.append(ReplayLine(entry.time_us, "note", text))
    case .bytes, .keysDown, .end: break
    }
  }

  /// Deadlines that lie before the next event.
  private mutating func passTime(until now: MonotonicTime) {
    while let deadline = reader.deadline, deadline < now {
      tell(reader.timePassed(deadline), Self.time_us(deadline))
      if reader.deadline == deadline { return }
    }
  }

  /// What is decided by time alone is waited for.
  private mutating func finish(at time_us: Int64) {
    if let askedAt_us { answerState([], askedAt_us) }
    while let deadline = reader.deadline {
      let at = max(deadline, Self.moment(time_us))
      tell(reader.timePassed(at), Self.time_us(at))
      if reader.deadline == deadline { return }
    }
  }

  private mutating func answerState(_ held: Set<UInt16>, _ time_us: Int64) {
    askedAt_us = nil
    let stamp_us = time_us + InputRecord.stamp_us
    let stamp = InputTime(seconds: stamp_us / 1_000_000, microseconds: stamp_us % 1_000_000)
    tell(reader.keyState(held, at: Self.moment(time_us), stamp: stamp), time_us)
  }

  private mutating func tell(_ outcomes: [TerminalReader.Outcome], _ time_us: Int64) {
    for outcome in outcomes {
      switch outcome {
      case .pressed(let press): lines.append(line(press.stroke, time_us))
      case .burst(let stroke, let count):
        lines.append(
          ReplayLine(time_us, "burst", "\(LinuxKeys.written(stroke)) \(count) more, locked out"))
      case .scanned(let code): lines.append(ReplayLine(time_us, "scan", "\"\(code)\""))
      case .scanDropped(let fault, let count):
        let length = count == 1 ? "1 character" : "\(count) characters"
        lines.append(ReplayLine(time_us, "dropped", "a code of \(length): \(fault)"))
      case .needsKeyState:
        askedAt_us = time_us
        lines.append(ReplayLine(time_us, "lost", "events were dropped by the kernel"))
      case .allUp: break
      }
    }
  }

  private func line(_ stroke: KeyStroke, _ time_us: Int64) -> ReplayLine {
    let word =
      switch stroke {
      case .press: "press"
      case .long: "long"
      case .chord: "chord"
      }
    let (key, action) = meaning(stroke)
    let name = ReplayLine.padded(LinuxKeys.written(stroke), 18)
    return ReplayLine(
      time_us, word, "\(name) \(ReplayLine.padded(key ?? "-", 12)) \(action ?? "-")")
  }

  /// Stamps are one second later, see `InputRecord.event`.
  private static func moment(_ time_us: Int64) -> MonotonicTime {
    MonotonicTime(ms: time_us / 1000 + 1000)
  }

  private static func time_us(_ moment: MonotonicTime) -> Int64 { (moment.ms - 1000) * 1000 }
}
