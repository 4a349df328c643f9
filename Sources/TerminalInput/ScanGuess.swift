public import Branch
public import DeviceProfiles

/// How a scanner that nobody knows yet is set up, from one code that it typed.
public struct ScanGuess: Hashable, Sendable {
  /// A setting under which the code reads as it is printed.
  public struct Match: Hashable, Sendable {
    public let layout: KeyboardLayout
    /// What it typed before what is printed.
    public let prefix: String

    public init(layout: KeyboardLayout, prefix: String) {
      self.layout = layout
      self.prefix = prefix
    }
  }

  /// The key that came last, as far as it is one that ends codes.
  public let suffix: ScannerSettings.Suffix
  /// Longest time between two keys, microseconds.
  public let gap_us: Int64
  /// What the code would be under each layout that can read all of it.
  public let readings: [KeyboardLayout: String]

  /// - Parameter gesture: of kind `typed`.
  public init(_ gesture: HandGesture) {
    let downs = gesture.edges.filter { !Key.modifiers.contains($0.code) }
    let last = downs.last?.code ?? 0
    let suffix: ScannerSettings.Suffix =
      Key.enters.contains(last) ? .enter : last == Key.tab ? .tab : .none
    self.suffix = suffix
    gap_us = zip(downs, downs.dropFirst()).map { $1.down_us - $0.down_us }.max() ?? 0
    let events = Self.events(gesture)
    var readings: [KeyboardLayout: String] = [:]
    for layout in KeyboardLayout.allCases {
      readings[layout] = Self.read(events, ScannerSettings(layout: layout, suffix: suffix))
    }
    self.readings = readings
  }

  /// The settings under which the code is what a person reads on it, the most usual first. With an
  /// empty text: all that make a usual code of it. The name of a layout chooses that.
  public func matches(printed: String) -> [Match] {
    if let layout = KeyboardLayout(rawValue: printed), readings[layout] != nil {
      return [Match(layout: layout, prefix: "")]
    }
    if printed.isEmpty {
      let all = KeyboardLayout.allCases.filter { readings[$0] != nil }
      let usual = all.filter { Self.isUsual(readings[$0] ?? "") }
      return (usual.isEmpty ? all : usual).map { Match(layout: $0, prefix: "") }
    }
    return KeyboardLayout.allCases.compactMap { layout in
      guard let reading = readings[layout] else { return nil }
      guard reading.hasSuffix(printed) else { return nil }
      let prefix = String(reading.dropLast(printed.count))
      guard ScannerSettings.prefixLength.contains(prefix.unicodeScalars.count) else { return nil }
      return Match(layout: layout, prefix: prefix)
    }
  }

  /// What stands in most codes: letters, digits, and what divides them.
  private static func isUsual(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      switch scalar {
      case "A"..."Z", "a"..."z", "0"..."9", "-", ".", "/", ":", "_": true
      default: false
      }
    }
  }

  /// A pause between two characters that is surely longer than the scanner's own.
  public var timeout: Span {
    let needed = Span(ms: gap_us * 3 / 1000)
    return min(max(needed, ScannerSettings.timeout_standard), ScannerSettings.timeout.upperBound)
  }

  /// Edges in the order in which they came.
  private static func events(_ gesture: HandGesture) -> [(time_us: Int64, event: InputEvent)] {
    let edges = gesture.edges.flatMap { touch in
      [
        (touch.down_us, InputEvent.key(touch.code, 1)),
        (touch.down_us + touch.held_us, InputEvent.key(touch.code, 0)),
      ]
    }
    // A key that comes up as another goes down was up first, but its own way down is before it.
    return edges.enumerated().sorted { one, other in
      (one.element.0, one.offset) < (other.element.0, other.offset)
    }.map { ($0.element.0, $0.element.1) }
  }

  private static func read(
    _ events: [(time_us: Int64, event: InputEvent)], _ settings: ScannerSettings
  ) -> String? {
    var reader = ScannerReader(settings)
    // All at one moment: the time between characters is judged elsewhere.
    let now = MonotonicTime(ms: 0)
    var outcomes = events.flatMap { reader.feed($0.event, at: now) }
    if let deadline = reader.deadline { outcomes += reader.timePassed(deadline) }
    for outcome in outcomes {
      switch outcome {
      case .scanned(let code): return code
      case .dropped: return nil
      case .allUp, .needsKeyState: continue
      }
    }
    return nil
  }
}
