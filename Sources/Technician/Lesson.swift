import Branch
public import DeviceProfiles
public import TerminalInput

/// A technician teaches a box: one press at a time, each gets a name. Pure: gestures and typed
/// lines go in, words for the person come out.
///
///     pressing ──gesture──▶ naming ──line──▶ pressing ──empty line──▶ done
///        │  └──line (a name)──▶ awaiting its press ──gesture──▶ pressing
///        └──gesture of a scanner──▶ what is printed? ──line──▶ pressing
public struct Lesson {
  private enum State {
    case pressing
    /// A press waits for its name.
    case naming(KeyStroke)
    /// A name waits for its press.
    case awaiting(KeyName, action: String?)
    case printed(ScanGuess)
    case done
  }

  public static let keys_max = TerminalProfile.codes_max

  public private(set) var keys: [TaughtProfile.TaughtKey] = []
  public private(set) var scanner: ScannerSettings?
  /// Longest time in which a contact was seen to bounce, microseconds.
  public private(set) var bounce_us: Int64 = 0
  public private(set) var remarks: [String] = []
  private var state = State.pressing

  public init() {}

  public var isDone: Bool { if case .done = state { true } else { false } }
  /// A name was given, and its press has to come.
  public var awaitsPress: Bool { if case .awaiting = state { true } else { false } }
  /// Nothing was learned so far.
  public var isEmpty: Bool { keys.isEmpty && scanner == nil }

  /// What the person is asked for now.
  public var prompt: String {
    switch state {
    case .pressing where isEmpty:
      return "Press a button, or type a name for the next one: "
    case .pressing:
      return "Press the next button, or Enter to end: "
    case .naming: return "Its name [\(suggestion)]: "
    case .awaiting(let name, _): return "Press the button for \(name): "
    case .printed: return "What is printed under the code, or which keyboard? (Enter: unknown) "
    case .done: return ""
    }
  }

  // MARK: Presses

  /// What a hand did. Gives what to tell.
  public mutating func heard(_ gesture: HandGesture) -> [String] {
    switch (state, gesture.kind) {
    case (.done, _): []
    case (.naming, _): ["First the name of the one before."]
    case (.printed, _): ["First what is printed under the code before."]
    case (_, .typed): typed(gesture)
    case (_, .several):
      ["Several keys one after the other: \(Self.names(gesture)). One at a time, please."]
    case (_, .tap(let code)): pressed(.press(code), gesture) + noise(gesture)
    case (_, .held(let code)): pressed(.long(code), gesture) + noise(gesture)
    case (_, .together(let pair)): pressed(.chord(pair), gesture) + noise(gesture)
    }
  }

  private mutating func noise(_ gesture: HandGesture) -> [String] {
    guard gesture.bounces > 0 else { return [] }
    bounce_us = max(bounce_us, gesture.bounce_us)
    let ms = (gesture.bounce_us + 999) / 1000
    let times = gesture.bounces == 1 ? "once" : "\(gesture.bounces) times"
    return ["Its contact bounced \(times), up to \(ms) ms; debounceMs allows for it."]
  }

  private mutating func pressed(_ stroke: KeyStroke, _ gesture: HandGesture) -> [String] {
    let words = Self.words(stroke, gesture)
    if let known = keys.first(where: { $0.stroke == stroke }) {
      return ["\(words): that is \(known.name) already."]
    }
    guard keys.count < Self.keys_max else { return ["It has too many keys for a profile."] }
    if case .awaiting(let name, let action) = state {
      state = .pressing
      return ["\(words)."] + add(stroke, name, action)
    }
    state = .naming(stroke)
    return ["\(words)."]
  }

  private static func words(_ stroke: KeyStroke, _ gesture: HandGesture) -> String {
    let name = LinuxKeys.written(stroke)
    let codes = stroke.codes.map { String($0) }.joined(separator: "+")
    switch stroke {
    case .press: return "\(name) (code \(codes))"
    case .long:
      let repeats = gesture.repeats > 0 ? ", with repeats that kioskd passes over" : ""
      return "\(name) (code \(codes)), held for \(gesture.held_us / 1000) ms\(repeats)"
    case .chord: return "\(name) (codes \(codes)), pressed together"
    }
  }

  private static func names(_ gesture: HandGesture) -> String {
    let all = gesture.touches.prefix(8).map { LinuxKeys.written($0.code) }
    return all.joined(separator: ", ") + (gesture.touches.count > 8 ? "…" : "")
  }

  private mutating func add(_ stroke: KeyStroke, _ name: KeyName, _ action: String?) -> [String] {
    keys.append(TaughtProfile.TaughtKey(stroke: stroke, name: name, action: action))
    return []
  }

  // MARK: Scanners

  private mutating func typed(_ gesture: HandGesture) -> [String] {
    let guess = ScanGuess(gesture)
    let keys = gesture.edges.count
    let ms = (gesture.edges.last?.down_us ?? 0) / 1000
    guard !guess.readings.isEmpty else {
      return ["\(keys) keys in \(ms) ms, but no keyboard reads them as a code. Scan another one."]
    }
    state = .printed(guess)
    let end =
      switch guess.suffix {
      case .enter: "and Enter at the end"
      case .tab: "and Tab at the end"
      case .none: "and no key at the end"
      }
    return ["\(keys) keys in \(ms) ms, \(end): that is a scanner."]
      + Self.readings(guess).map { "  " + $0 }
  }

  /// `us, uk: "A012"`
  private static func readings(_ guess: ScanGuess) -> [String] {
    var texts: [String] = []
    for layout in KeyboardLayout.allCases {
      if let text = guess.readings[layout], !texts.contains(text) { texts.append(text) }
    }
    return texts.map { text in
      let layouts = KeyboardLayout.allCases.filter { guess.readings[$0] == text }
      return "\(layouts.map(\.rawValue).joined(separator: ", ")): \"\(CheckLine.printable(text))\""
    }
  }

  private mutating func printed(_ text: String, _ guess: ScanGuess) -> [String] {
    let matches = guess.matches(printed: text)
    guard let first = matches.first else {
      return ["No keyboard makes that of what it typed. Type it as it is printed, or Enter."]
    }
    scanner = ScannerSettings(
      layout: first.layout, prefix: first.prefix, suffix: guess.suffix, timeout: guess.timeout)
    state = .pressing
    let others = matches.dropFirst().map(\.layout.rawValue).joined(separator: ", ")
    if text.isEmpty || !others.isEmpty {
      let why = text.isEmpty ? "nobody said what was printed" : "\(others) would read it alike"
      let remark = "scanner: layout \(first.layout.rawValue) is a guess, \(why)."
      remarks.removeAll { $0.hasPrefix("scanner: layout") }
      remarks.append(remark + " A code with letters and a dash tells more.")
    }
    let prefix = first.prefix.isEmpty ? "" : ", prefix \"\(first.prefix)\""
    return ["Keyboard \(first.layout.rawValue)\(prefix)."]
  }

  // MARK: Lines

  /// What the person typed, without the line's end. Gives what to tell.
  public mutating func typed(line: String) -> [String] {
    let words = line.split { $0 == " " || $0 == "\t" }.map(String.init)
    switch state {
    case .done: return []
    case .printed(let guess):
      return printed(words.joined(separator: " "), guess)
    case .awaiting(let name, _) where words.isEmpty:
      state = .pressing
      return ["\(name) is left out."]
    case .awaiting: return ["First its press, or Enter to leave it out."]
    case .pressing where words.isEmpty:
      state = .done
      return []
    case .pressing:
      guard let (name, action) = named(words) else { return Self.badName }
      state = .awaiting(name, action: action)
      return []
    case .naming(let stroke):
      if words == ["-"] {
        state = .pressing
        return ["Left out."]
      }
      guard let (name, action) = named(words.isEmpty ? [suggestion] : words) else {
        return Self.badName
      }
      state = .pressing
      return add(stroke, name, action)
    }
  }

  /// `button1`, `call next`, `great rate 5`.
  private func named(_ words: [String]) -> (KeyName, action: String?)? {
    guard let first = words.first, first != "-", let name = KeyName(first) else { return nil }
    switch words.dropFirst().joined(separator: " ") {
    case "": return (name, nil)
    case "next", "recall", "no-show", "end": return (name, "\"\(words[1])\"")
    case let text where text.hasPrefix("rate ") && words.count == 3:
      guard let rating = Int(words[2]), TerminalAction.ratings.contains(rating) else { return nil }
      return (name, "{\"rate\": \(rating)}")
    default: return nil
    }
  }

  private static let badName = [
    "A name has 1 to \(KeyName.length_max) of a-z A-Z 0-9 . _ - ; next, recall, no-show, end or "
      + "rate 1 to 5 may follow. \"-\" leaves the button out."
  ]

  /// A name that nobody has yet.
  private var suggestion: String {
    let taken = Set(keys.map(\.name.text))
    guard case .naming(let stroke) = state else { return "" }
    let base: String? =
      switch stroke {
      case .press: nil
      case .long(let code):
        keys.first { $0.stroke == .press(code) }.map { "\($0.name)-long" }
      case .chord(let pair):
        keys.first { $0.stroke == .press(pair.first) }.map { "\($0.name)-both" }
      }
    if let base, KeyName(base) != nil, !taken.contains(base) { return base }
    let numbers = (1...Self.keys_max + 1).map { "button\($0)" }
    return numbers.first { !taken.contains($0) } ?? "button"
  }
}
