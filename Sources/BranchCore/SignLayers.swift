import Branch

/// A message on a sign, from the least to the most urgent.
enum SignMessageLayer: Int, CaseIterable, Comparable {
  /// What an operator wants people to read while nobody is called. Below calls.
  case information
  /// What became of a press: a refusal, or a number without paper. Above calls.
  case answer
  /// What an operator wants everybody to read at once. Above all.
  case alert

  var isAboveCalls: Bool { self != .information }

  static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// What wants to stand on one sign, the urgent above the rest, each until its end:
///
///     idle text < information < call < answer < alert
///
/// The highest that stands is seen; its end reveals what is below. Which one that is at an instant
/// is a function of this value and the instant alone.
///
///     calls      |    A012 is called ............................................
///     answers    |                     NO PAPER       NO PAPER again
///     cover             (flash)        |---- 4 s ----|   <- the second one ends here, too
///     seen       | idle A012           NO PAPER      A012
///
/// A call that comes under such a cover begins to flash when it can be seen.
struct SignLayers: Hashable {
  struct Message: Hashable {
    var text: String
    var until: MonotonicTime
    /// Since when it and those that it replaced hide a call without a break.
    var hidesSince: MonotonicTime
  }

  struct Call: Hashable {
    var lines: [String]
    /// When it could be seen first; nil: it is none that is new.
    var seenFirst: MonotonicTime?
  }

  /// What calls are to those before them.
  enum News {
    /// A customer is to look.
    case new
    /// The newest is the same.
    case same
    /// The newest is over; older ones are left.
    case older
  }

  enum Top: Hashable {
    case idle
    case message(SignMessageLayer, text: String)
    case call(lines: [String], isFlashing: Bool)
  }

  /// One place for each of `SignMessageLayer`.
  private var messages: [Message?] = [nil, nil, nil]
  private(set) var call: Call?

  // MARK: changes

  /// - Parameter span: not positive: what stands in the layer ends.
  mutating func tell(
    _ text: String, _ layer: SignMessageLayer, for span: Span, now: MonotonicTime
  ) {
    guard span > Span(ms: 0) else {
      messages[layer.rawValue] = nil
      return coverChanged(now)
    }
    var message = Message(text: text, until: now + span, hidesSince: now)
    // A hammered key must not hide a call for ever; an operator may renew an alert.
    if layer == .answer, call != nil, let old = standing(layer, now) {
      message.hidesSince = old.hidesSince
      message.until = min(message.until, max(old.hidesSince + span, old.until))
    }
    messages[layer.rawValue] = message
    coverChanged(now)
  }

  /// - Parameter lines: none: nobody is called.
  mutating func called(_ lines: [String], _ news: News, now: MonotonicTime) {
    guard !lines.isEmpty else {
      call = nil
      return
    }
    if call == nil {
      for layer in messages.indices { messages[layer]?.hidesSince = now }
    }
    let seenFirst: MonotonicTime? =
      switch news {
      case .new: coverEnd(now)
      case .same: call?.seenFirst
      case .older: nil
      }
    call = Call(lines: lines, seenFirst: seenFirst)
  }

  /// A call that was not seen yet waits for the end of whatever is above it now.
  private mutating func coverChanged(_ now: MonotonicTime) {
    guard let first = call?.seenFirst, first > now else { return }
    let end = coverEnd(now)
    call?.seenFirst = end
  }

  /// When calls can be seen again; now when they can be.
  func coverEnd(_ now: MonotonicTime) -> MonotonicTime {
    let above = SignMessageLayer.allCases.filter(\.isAboveCalls)
    return above.compactMap { standing($0, now)?.until }.max() ?? now
  }

  // MARK: at an instant

  private func standing(_ layer: SignMessageLayer, _ now: MonotonicTime) -> Message? {
    messages[layer.rawValue].flatMap { $0.until > now ? $0 : nil }
  }

  func top(flash: Span, now: MonotonicTime) -> Top {
    for layer in SignMessageLayer.allCases.reversed() where layer.isAboveCalls {
      if let message = standing(layer, now) { return .message(layer, text: message.text) }
    }
    if let call {
      let isFlashing = call.seenFirst.map { $0 <= now && now < $0 + flash } ?? false
      return .call(lines: call.lines, isFlashing: isFlashing)
    }
    if let message = standing(.information, now) {
      return .message(.information, text: message.text)
    }
    return .idle
  }

  /// Ends that may change what is seen.
  func ends(flash: Span, after now: MonotonicTime) -> MonotonicTime? {
    var ends = SignMessageLayer.allCases.compactMap { standing($0, now)?.until }
    if let first = call?.seenFirst { ends += [first, first + flash] }
    return ends.filter { $0 > now }.min()
  }
}
