public import Branch
import DeviceProfiles
import PositionedJSON

/// The object `feedback` of a terminal: what its keys for ratings and reasons do.
public struct FeedbackConfiguration: Hashable, Sendable {
  /// Asked one after the other on the same keys; empty: one question without a name, or those that
  /// the keys name.
  public var questions: [Question]
  /// Another press within this time is the same customer's who changed her mind; 0: never.
  public var correct: Span
  /// How long the next question waits for its answer.
  public var next: Span
  /// How long a rating waits for its reason.
  public var reason: Span
  /// Ratings up to this one have a reason.
  public var reasonUpTo: Int
  /// What the terminal's sign asks then; empty: nothing.
  public var reasonText: String
  /// What it says at the end; empty: nothing.
  public var thanks: String

  /// What is asked, and what the sign says; empty: nothing.
  public struct Question: Hashable, Sendable {
    public let id: QuestionID
    public let text: String

    public init(id: QuestionID, text: String = "") {
      self.id = id
      self.text = text
    }
  }

  public static let standard = FeedbackConfiguration(
    questions: [], correct: Settings.correct.standard, next: Settings.nextQuestion.standard,
    reason: Settings.reason.standard, reasonUpTo: Settings.reasonUpTo.standard, reasonText: "",
    thanks: "")
}

/// An element of `clerks`.
public struct ClerkConfiguration: Hashable, Sendable {
  public let id: ClerkID
  public let pin: PINHash
}

extension ConfigurationReader {
  func readFeedback(_ reader: ObjectReader) -> FeedbackConfiguration? {
    var seen: Set<QuestionID> = []
    let list = reader.optional("questions")?.elements(count_max: Settings.questions_max) ?? []
    var questions: [FeedbackConfiguration.Question] = []
    for field in list {
      guard let question = field.object(readQuestion) else { continue }
      questions.append(question)
      guard !seen.insert(question.id).inserted else { continue }
      field.report(
        code: "doubled-id", "\(quoted(question.id.text)) is the id of another question already",
        cure: "Give each its own id.")
    }
    return FeedbackConfiguration(
      questions: questions, correct: reader.seconds(Settings.correct),
      next: reader.seconds(Settings.nextQuestion), reason: reader.seconds(Settings.reason),
      reasonUpTo: reader.integer(Settings.reasonUpTo),
      reasonText: reader.optional("reasonText")?.text(length: Settings.promptLength) ?? "",
      thanks: reader.optional("thanks")?.text(length: Settings.promptLength) ?? "")
  }

  private func readQuestion(_ reader: ObjectReader) -> FeedbackConfiguration.Question? {
    let id = reader.required("id", example: "\"courtesy\"")?.name(QuestionTag.self)
    let text = reader.optional("text")?.text(length: Settings.promptLength)
    return id.map { FeedbackConfiguration.Question(id: $0, text: text ?? "") }
  }

  func readClerk(_ reader: ObjectReader) -> ClerkConfiguration? {
    let id = reader.required("id", example: "\"anna\"")?.name(ClerkTag.self)
    let pin = reader.required("pin", example: "what kioskd pin prints")?.pinHash()
    guard let id, let pin else { return nil }
    return ClerkConfiguration(id: id, pin: pin)
  }

  /// The PIN alone says who is there.
  func checkPINs(_ clerks: [ClerkConfiguration], _ reader: ObjectReader) {
    var owners: [PINHash: ClerkID] = [:]
    for clerk in clerks {
      guard let other = owners.updateValue(clerk.id, forKey: clerk.pin) else { continue }
      reader.optional("clerks")?.report(
        code: "doubled-pin", "\(quoted(clerk.id.text)) has the PIN of \(quoted(other.text))",
        cure: "Give each clerk a PIN of their own.")
    }
    let recipes = Set(clerks.map(\.pin.recipe))
    if recipes.count > Settings.recipes_max {
      reader.optional("clerks")?.report(
        code: "pin-recipes", "the PINs have \(recipes.count) salts, and each costs a log-on time",
        cure: "Make them with kioskd pin --config FILE, which takes the salt of the others.")
    }
  }
}

extension ConfigurationReader {
  /// Keys that call at a counter that needs a clerk are in vain where nobody can log on.
  func checkClerkCounters(
    _ counters: [CounterConfiguration], _ terminals: [TerminalConfiguration],
    _ reader: ObjectReader
  ) {
    for (place, element) in (reader.optional("counters")?.value.elements ?? []).enumerated() {
      guard let counter = counters.first(where: { $0.id.text == element["id"]?.string }),
        counter.needsClerk, let written = element["needsClerk"]
      else { continue }
      let actions = terminals.flatMap { $0.actions(at: counter.id) }
      guard actions.contains(where: \.isCall), !actions.contains(.logOn) else { continue }
      reader.field.findings.report(
        at: written.start, field: "counters[\(place)].needsClerk", code: "no-log-on",
        message: "no key logs a clerk on at counter \(quoted(counter.id.text))",
        cure: "Give a key of its keypad the action \"log-on\", or leave needsClerk out.")
    }
  }
}

extension TerminalConfiguration {
  /// What its keys ask for at this counter.
  fileprivate func actions(at id: CounterID) -> [TerminalAction] {
    strokeActions.values.compactMap { action in
      if case .at(let other, let inner) = action { return other == id ? inner : nil }
      return counter == id ? action : nil
    }
  }
}

extension TerminalAction {
  fileprivate var isCall: Bool {
    switch self {
    case .next, .recall, .noShow, .end: true
    default: false
    }
  }
}

extension JSONField {
  fileprivate func pinHash() -> PINHash? {
    guard let text = text(length: 1...256) else { return nil }
    if let hash = PINHash(text) { return hash }
    // Somebody may have written the PIN itself: the message does not repeat it.
    report(
      code: "pin", "this is no hash of a PIN", cure: "Run kioskd pin, and put here what it prints.")
    return nil
  }
}

extension TerminalConfiguration {
  /// Keys on which a clerk types. Keys with a digit on them are that digit then, whatever they mean
  /// else, and Enter ends the PIN; keys that the configuration calls digits are those.
  public var pinKeys: (digits: [UInt16: Int], enter: Set<UInt16>) {
    var digits: [UInt16: Int] = [:]
    var enter: Set<UInt16> = []
    for code in profile.keys.flatMap(\.codes) {
      guard let name = LinuxKeys.name(of: code) else { continue }
      for digit in 0...9 where name == "KEY_\(digit)" || name == "KEY_KP\(digit)" {
        digits[code] = digit
      }
      if name == "KEY_ENTER" || name == "KEY_KPENTER" { enter.insert(code) }
    }
    for (stroke, action) in strokeActions {
      if case .press(let code) = stroke, case .digit(let digit) = action { digits[code] = digit }
    }
    return (digits, enter)
  }
}
