public import Branch
import DeviceProfiles
public import TerminalInput

/// What `kioskd keys` says of a hand's doings that presses alone do not show.
public enum HandHint {
  /// nil: an ordinary press, which was shown already.
  ///
  /// - Parameter knows: whether this stroke has a meaning, so that it was shown.
  public static func text(_ gesture: HandGesture, knows: (KeyStroke) -> Bool) -> String? {
    let bounced =
      gesture.bounces == 0
      ? "" : "; contact closed again \(times(gesture.bounces)), up to \(ms(gesture.bounce_us)) ms"
    switch gesture.kind {
    case .tap(let code):
      return gesture.bounces == 0 ? nil : LinuxKeys.written(code) + " tapped" + bounced
    case .held(let code):
      let repeats = gesture.repeats == 0 ? "" : ", \(gesture.repeats) repeats passed over"
      let hint = knows(.long(code)) ? "" : "; a profile can have \(LinuxKeys.written(code)):long"
      return "\(LinuxKeys.written(code)) held for \(ms(gesture.held_us)) ms\(repeats)\(hint)"
        + bounced
    case .together(let pair):
      let name = LinuxKeys.written(.chord(pair))
      let gap = ms(gesture.touches[1].down_us - gesture.touches[0].down_us)
      let hint = knows(.chord(pair)) ? "" : "; a profile can have \(name)"
      return "\(name) together, \(gap) ms apart\(hint)" + bounced
    case .typed: return typed(gesture)
    case .several:
      let span = ms(gesture.touches.last?.down_us ?? 0)
      return "\(gesture.touches.count) presses in \(span) ms" + bounced
    }
  }

  private static func typed(_ gesture: HandGesture) -> String {
    let guess = ScanGuess(gesture)
    let span = ms(gesture.edges.last?.down_us ?? 0)
    let readings = KeyboardLayout.allCases.compactMap { layout in
      guess.readings[layout].map { "\(layout.rawValue) \"\($0)\"" }
    }
    return "\(gesture.edges.count) keys in \(span) ms, as a scanner types: "
      + (readings.isEmpty ? "no keyboard reads them" : readings.joined(separator: ", "))
  }

  private static func ms(_ us: Int64) -> Int64 { us / 1000 }
  private static func times(_ count: Int) -> String { count == 1 ? "once" : "\(count) times" }
}
