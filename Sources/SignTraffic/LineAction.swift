public import Branch
public import SignProtocols

/// A board of a line: its frames, for its own address.
public struct SignBoard: Hashable, Sendable {
  public let id: SignID
  public let signProtocol: SignProtocol
  /// Silence that it needs between two frames.
  public let gap: Span

  public init(id: SignID, signProtocol: SignProtocol, gap: Span) {
    self.id = id
    self.signProtocol = signProtocol
    self.gap = gap
  }
}

/// What is to be done, and what became known.
public enum LineAction: Hashable, Sendable {
  /// Give these bytes to the line; `drained` has to follow when the kernel has all of them.
  case write([UInt8])
  /// A picture, or a look at one, came to its end.
  case ended(SignID, SignOutcome)
  /// The board does not do what it is told, in another way than before; nil: it does again.
  case health(SignID, Problem?)
  /// It had lost what it held. That is sent again.
  case lapsed(SignID, Problem)
  /// Bytes that nobody asked for.
  case noise(bytes: Int)
  /// The adapter heard what it sent, as it was sent.
  case echoed(bytes: Int)
  /// The adapter hears itself and should not, or the other way round; nil: it is as set up again.
  /// The signs are served as it was found.
  case setting(Problem?)
}

/// How a picture came to its end.
public enum SignOutcome: Hashable, Sendable {
  /// All frames went over the line; the board has no way to say more.
  case sent
  /// The board said that it took what it was sent.
  case accepted
  /// It holds what was written to it.
  case verified
  case failed(SignAnswer)
}

/// How often a board in trouble is tried.
public struct LinePatience: Hashable, Sendable {
  /// So many tries in a row, and the board counts as broken; 1 or more.
  public let tries_max: Int
  /// Between two of those tries: what disturbed a frame is over by then.
  public let pause: Span
  /// Pauses between looks at a broken board: the first one, doubled up to the last. A look takes
  /// the line for as long as an answer may take.
  public let looks: ClosedRange<Span>

  public init(
    tries_max: Int = 3, pause: Span = .milliseconds(100),
    looks: ClosedRange<Span> = Span.seconds(1)...Span.seconds(30)
  ) {
    precondition(tries_max > 0)
    self.tries_max = tries_max
    self.pause = pause
    self.looks = looks
  }

  func pause(failures: Int) -> Span {
    guard failures >= tries_max else { return pause }
    var span = looks.lowerBound
    for _ in tries_max..<failures where span < looks.upperBound { span = span * 2 }
    return min(span, looks.upperBound)
  }
}

/// What a technician is told.
extension SignAnswer {
  /// nil for an answer as it should be.
  /// - Parameter noise: bytes that came and were no answer.
  func problem(of id: SignID, noise: Int) -> Problem? {
    switch self {
    case .accepted, .verified, .noise: nil
    case .spoilt(let sent, let heard):
      Problem(
        code: "sign-collision", what: "what is sent to sign \(id) does not arrive on its line",
        cause: heard == 0
          ? "nothing was heard of the \(sent) bytes that were sent"
          : "\(heard) bytes were heard, which are not the \(sent) that were sent",
        cure: "Check that nobody else sends on this line, such as a second box or a sign that "
          + "speaks unasked, that A and B are not shorted, and the resistors at its ends.")
    case .differs(let difference): difference.problem(sign: id.text)
    case .refused(let code, let meaning):
      Problem(
        code: "sign-refused", what: "sign \(id) refuses what it is sent",
        cause: code == 0 ? meaning : "\(meaning) (code \(code))",
        cure: "Check that the profile is that of the sign; `kioskd sign-test` shows each answer.")
    case .silent where noise > 0:
      Problem(
        code: "sign-garbled", what: "sign \(id) does not answer as it should",
        cause: "\(noise) bytes came that are no answer",
        cure: "Check speed, bits and parity, and that no other device has its address.")
    case .silent:
      Problem(
        code: "sign-silent", what: "sign \(id) does not answer",
        cause: "nothing came in time",
        cure: "Check its power, its cable with A and B, its address, and speed and parity.")
    }
  }
}

extension SignDifference {
  /// What a board held once, and does not any more.
  func lapse(of id: SignID) -> Problem {
    let told = problem(sign: id.text)
    return Problem(
      code: "sign-lapsed", what: "sign \(id) lost what it showed", cause: told.cause,
      cure: "It is sent again; if this comes back, check the sign's power and cable.")
  }
}
