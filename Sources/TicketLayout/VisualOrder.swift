/// Text in the order in which a printer strikes it, from left to right, though it is written from
/// right to left: the Unicode bidirectional algorithm (Unicode Standard Annex 9) for paragraphs
/// without explicit directional marks.
struct VisualOrder {
  private let text: [Unicode.Scalar]
  private var kinds: [BidiClass]
  /// Even: from left to right.
  private let baseLevel: UInt8
  private(set) var levels: [UInt8]

  /// nil when nothing in the text runs from right to left.
  init?(_ text: [Unicode.Scalar]) {
    guard text.contains(where: BidiClass.turns) else { return nil }
    self.text = text
    kinds = text.map(BidiClass.init)
    levels = []
    // P2, P3: the first letter decides.
    baseLevel = kinds.first(where: \.isStrong).map { $0 == .leftToRight ? 0 : 1 } ?? 0
    resolveMarksAndNumbers()
    resolveBrackets()
    resolveNeutrals()
    assignLevels()
  }

  private var base: BidiClass { baseLevel == 0 ? .leftToRight : .rightToLeft }

  /// The scalars of a line, given by its range, as they stand on paper.
  func line(_ range: Range<Int>) -> [Unicode.Scalar] {
    var lineLevels = Array(levels[range])
    // L1: blanks at the end of the line stay there.
    var end = range.upperBound
    while end > range.lowerBound, BidiClass(text[end - 1]) == .space {
      end -= 1
      lineLevels[end - range.lowerBound] = baseLevel
    }
    var places = Array(range)
    // L2: from the highest level down, what is at it or above is turned around.
    let highest = lineLevels.max() ?? 0
    var orderedLevels = lineLevels
    for level in stride(from: highest, to: 0, by: -1) {
      var start = 0
      while start < places.count {
        guard orderedLevels[start] >= level else {
          start += 1
          continue
        }
        let stop = orderedLevels[start...].firstIndex { $0 < level } ?? places.count
        places[start..<stop].reverse()
        orderedLevels[start..<stop].reverse()
        start = stop
      }
    }
    // L4: brackets open to the other side.
    return zip(places, orderedLevels).map { $1 % 2 == 1 ? Mirror.image(text[$0]) : text[$0] }
  }

  // MARK: rules W

  private mutating func resolveMarksAndNumbers() {
    var previous = base
    var strong = base
    for place in kinds.indices {
      // W1
      if kinds[place] == .mark { kinds[place] = previous }
      previous = kinds[place]
      // W2
      if kinds[place].isStrong { strong = kinds[place] }
      if kinds[place] == .europeanNumber, strong == .arabicLetter { kinds[place] = .arabicNumber }
    }
    // W3
    for place in kinds.indices where kinds[place] == .arabicLetter { kinds[place] = .rightToLeft }
    joinSeparators()
    joinTerminators()
    strong = base
    for place in kinds.indices {
      switch kinds[place] {
      // W6
      case .europeanSeparator, .europeanTerminator, .commonSeparator: kinds[place] = .other
      case .leftToRight, .rightToLeft: strong = kinds[place]
      // W7
      case .europeanNumber where strong == .leftToRight: kinds[place] = .leftToRight
      default: break
      }
    }
  }

  /// W4: one separator between two numbers of a kind belongs to them.
  private mutating func joinSeparators() {
    guard kinds.count > 2 else { return }
    for place in 1..<kinds.count - 1 {
      let (before, after) = (kinds[place - 1], kinds[place + 1])
      guard before == after else { continue }
      switch (kinds[place], before) {
      case (.europeanSeparator, .europeanNumber), (.commonSeparator, .europeanNumber),
        (.commonSeparator, .arabicNumber):
        kinds[place] = before
      default: break
      }
    }
  }

  /// W5: currency and percent signs beside a number belong to it.
  private mutating func joinTerminators() {
    var start = 0
    while start < kinds.count {
      guard kinds[start] == .europeanTerminator else {
        start += 1
        continue
      }
      let stop = kinds[start...].firstIndex { $0 != .europeanTerminator } ?? kinds.count
      let touchesNumber =
        (start > 0 && kinds[start - 1] == .europeanNumber)
        || (stop < kinds.count && kinds[stop] == .europeanNumber)
      if touchesNumber { for place in start..<stop { kinds[place] = .europeanNumber } }
      start = stop
    }
  }

  // MARK: rules N

  /// Numbers count as right-to-left here.
  private func direction(_ place: Int) -> BidiClass? {
    switch kinds[place] {
    case .leftToRight: .leftToRight
    case .rightToLeft, .europeanNumber, .arabicNumber: .rightToLeft
    default: nil
    }
  }

  /// Brackets that may be open at once (BD16).
  private static let openBrackets_max = 63

  private func bracketPairs() -> [(open: Int, close: Int)] {
    var open: [(place: Int, closing: Unicode.Scalar)] = []
    var pairs: [(open: Int, close: Int)] = []
    for place in text.indices where kinds[place] == .other {
      if let closing = Mirror.closing(text[place]) {
        guard open.count < Self.openBrackets_max else { break }
        open.append((place, closing))
      } else if Mirror.isClosing(text[place]),
        let match = open.lastIndex(where: { $0.closing == text[place] })
      {
        pairs.append((open[match].place, place))
        open.removeSubrange(match...)
      }
    }
    return pairs.sorted { $0.open < $1.open }
  }

  /// N0: a pair of brackets takes one direction, that of what it holds.
  private mutating func resolveBrackets() {
    for pair in bracketPairs() {
      let inside = (pair.open + 1..<pair.close).compactMap(direction)
      guard let first = inside.first else { continue }
      var result = base
      if !inside.contains(base) {
        let before = (0..<pair.open).reversed().lazy.compactMap(direction).first ?? base
        result = before == first ? first : base
      }
      kinds[pair.open] = result
      kinds[pair.close] = result
      for place in [pair.open, pair.close] {
        // Marks behind a bracket follow it.
        var next = place + 1
        while next < text.count, BidiClass(text[next]) == .mark {
          kinds[next] = result
          next += 1
        }
      }
    }
  }

  /// N1, N2: what stands between two of one direction takes it, else that of the paragraph.
  private mutating func resolveNeutrals() {
    var start = 0
    while start < kinds.count {
      guard kinds[start].isNeutral else {
        start += 1
        continue
      }
      let stop = kinds[start...].firstIndex { !$0.isNeutral } ?? kinds.count
      let before = start > 0 ? direction(start - 1) ?? base : base
      let after = stop < kinds.count ? direction(stop) ?? base : base
      for place in start..<stop { kinds[place] = before == after ? before : base }
      start = stop
    }
  }

  /// I1, I2.
  private mutating func assignLevels() {
    levels = kinds.map { kind in
      switch kind {
      case .leftToRight: baseLevel % 2 == 0 ? baseLevel : baseLevel + 1
      case .rightToLeft: baseLevel % 2 == 0 ? baseLevel + 1 : baseLevel
      default: baseLevel % 2 == 0 ? baseLevel + 2 : baseLevel + 1
      }
    }
  }
}
