import Branch
import Captures
import DeviceProfiles
import SignProtocols
import TerminalInput

extension FuzzTarget {
  /// Captures of every form. What is read is written and read again as it was, and replayed: as
  /// keys of a box with a scanner, or as the traffic of a sign.
  static let captures = FuzzTarget(name: "captures") { bytes in
    guard let capture = try? Capture.read(file: "fuzz", bytes: bytes) else { return }
    let times = capture.entries.map(\.time_us)
    always(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 }, "time goes back")
    always((times.last ?? 0) <= Capture.time_us_max, "it is longer than a week")
    let text = capture.header.text + capture.entries.map(\.line).joined()
    let again = try? Capture.read(file: "again", bytes: Array(text.utf8))
    always(again?.header == capture.header, "another header comes back:\n\(text)")
    always(again?.entries == capture.entries, "other entries come back:\n\(text)")
    if let line = SerialSettings(line: capture.header.line) {
      always(line.description == capture.header.line, "\(line) is written otherwise")
    }
    switch capture.header.kind {
    case .evdev: replayKeys(capture)
    case .serial, .printer: replayBytes(capture)
    }
  }

  private static func replayKeys(_ capture: Capture) {
    let rules = TerminalRules(
      strokes: [.press(2), .long(2), .press(3)] + (KeyPair(3, 4).map { [.chord($0)] } ?? []),
      scanner: ScannerSettings(layout: .be), debounce: .milliseconds(30),
      lockout: .milliseconds(500), longPress: .milliseconds(1000))
    let lines = KeyReplay.lines(of: capture, KeyReplay(rules) { _ in (nil, nil) })
    always(lines.count <= 4 * capture.entries.count + 16, "more is told than happened")
    watchHand(capture)
  }

  /// What a teacher makes of the same events.
  private static func watchHand(_ capture: Capture) {
    var hand = HandWatch()
    for entry in capture.entries {
      guard case .input(let record) = entry.event else { continue }
      let now = MonotonicTime(ms: entry.time_us / 1000)
      guard let gesture = hand.feed(record.event(at: entry.time_us), at: now) else { continue }
      always(!gesture.touches.isEmpty, "a gesture of nothing")
      always(gesture.touches.allSatisfy { $0.held_us >= 0 }, "a key came up before it went down")
      if gesture.kind == .typed { _ = ScanGuess(gesture).matches(printed: "A012") }
    }
  }

  private static func replayBytes(_ capture: Capture) {
    guard let line = try? SerialSettings() else { return }
    let signs: [SignProtocol] = [.alpha(AlphaSettings())]
    for sign in signs {
      let profile = SignProfile(
        id: fuzzedProfile, name: "fuzz", serial: line, columns: 8, signProtocol: sign)
      _ = SignReplay.lines(of: capture, profile)
    }
    always(ByteReplay.lines(of: capture).count <= capture.entries.count, "more than happened")
  }

  private static let fuzzedProfile: ProfileID = {
    guard let id = ProfileID("fuzz") else { preconditionFailure("fuzz is an id") }
    return id
  }()
}
