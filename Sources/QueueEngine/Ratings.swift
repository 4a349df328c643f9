import Branch
import QueueProtocol

/// A visit that ended at a counter, as far as ratings need it.
struct EndedVisit: Hashable {
  var key: VisitKey
  var service: ServiceID
  var endedAt: WallTime
  var clerk: ClerkID?
  /// One a question: a visit is rated once, and after that corrected.
  var answers: [RatedQuestion] = []

  /// More are not remembered: a rating beyond them finds the visit unrated.
  static let answers_max = 16

  func answer(to question: QuestionID?) -> RatedQuestion? {
    answers.first { $0.question == question }
  }
}

/// The rating that counts for one question of a visit.
struct RatedQuestion: Hashable {
  var question: QuestionID?
  var rating: RatingName
  /// The number of the rating in whose place it stands.
  var corrects: Seq?
}

/// Which rating: its identity, and the number it had before its node had to give it a new one.
struct RatingName: Hashable {
  var life: HubMemory.Life
  var seq: Seq
  var was: Seq?

  init(_ stored: StoredFact) {
    life = HubMemory.Life(node: stored.node, epoch: stored.epoch)
    seq = stored.seq
    was = stored.fact.more["was"].flatMap { Seq($0) }
  }

  /// Whether a fact of that life means this one by the number. A number that was given anew means
  /// the fact that had it last, so `was` goes before.
  func isMeant(by number: Seq, of other: HubMemory.Life) -> Bool {
    life == other && (was ?? seq) == number
  }
}

extension Fact {
  /// What is rated; nil where the terminal asks one thing only.
  public var question: QuestionID? { more["question"].flatMap { QuestionID($0) } }
  /// The number of the rating in whose place this one stands.
  public var corrects: Seq? { more["corrects"].flatMap { Seq($0) } }
  /// The number of the rating that a reason is about.
  public var about: Seq? { more["about"].flatMap { Seq($0) } }
  public var clerk: ClerkID? { more["clerk"].flatMap { ClerkID($0) } }
}

extension BranchState.CounterState {
  /// Visits that ended here and may still be rated: a rating that was given during an outage comes
  /// when others have been served.
  static let ended_max = 4
  /// Ratings of visits before those that are still known to belong to one.
  static let formerlyRated_max = 16

  mutating func ended(_ visit: EndedVisit) {
    ended.append(visit)
    guard ended.count > Self.ended_max else { return }
    let names = ended.removeFirst().answers.map(\.rating)
    formerlyRated = (formerlyRated + names).suffix(Self.formerlyRated_max)
  }

  /// Folds in a rating of this visit: it is the one that counts for its question.
  mutating func rated(_ stored: StoredFact, _ key: VisitKey) {
    guard let place = ended.lastIndex(where: { $0.key == key }) else { return }
    let answer = RatedQuestion(
      question: stored.fact.question, rating: RatingName(stored), corrects: stored.fact.corrects)
    if let old = ended[place].answers.firstIndex(where: { $0.question == answer.question }) {
      // One that was corrected before it came: its node gave it a new number, see `RatingName`.
      guard !answer.rating.isCorrected(by: ended[place].answers[old]) else { return }
      ended[place].answers[old] = answer
    } else if ended[place].answers.count < EndedVisit.answers_max {
      ended[place].answers.append(answer)
    }
  }

  /// The visit to which this rating was tied.
  fileprivate func visit(ratedBy number: Seq, of life: HubMemory.Life) -> Int? {
    ended.lastIndex { visit in
      visit.answers.contains { $0.rating.isMeant(by: number, of: life) }
    }
  }

  fileprivate func isFormer(_ number: Seq, of life: HubMemory.Life) -> Bool {
    formerlyRated.contains { $0.isMeant(by: number, of: life) }
  }

  /// The last visit that had ended when a rating was given.
  fileprivate func visit(endedBefore at: WallTime, slack: Span) -> Int? {
    ended.lastIndex { $0.endedAt - at <= slack }
  }
}

extension RatingName {
  func isCorrected(by answer: RatedQuestion) -> Bool {
    answer.corrects.map { isMeant(by: $0, of: answer.rating.life) } ?? false
  }
}

extension QueueEngine {
  /// Writes the visit that just ended at the rating's counter into the rating; else it stays
  /// anonymous. Whether a second press was the same customer's is for the node to say, which saw
  /// the presses; whether another visit had ended between the two only the hub knows for certain,
  /// so it takes `corrects` out of a rating that belongs to another visit than what it names.
  func tie(_ stored: inout StoredFact, _ branch: BranchID) {
    guard stored.fact.ticket == nil, let id = stored.fact.counter,
      let counter = memory.branches[branch]?.counters[id], !counter.ended.isEmpty
    else { return }
    let name = RatingName(stored)
    let latest = counter.visit(endedBefore: stored.fact.at, slack: settings.clockSlack)
    if let corrected = stored.fact.corrects {
      let rated = counter.visit(ratedBy: corrected, of: name.life)
      // However late: the node has decided on the time.
      if let rated, rated == latest { return stored.fact.belong(to: counter.ended[rated]) }
      if rated != nil || counter.isFormer(corrected, of: name.life) {
        stored.fact.more.removeAll { $0.key == "corrects" }
      }
    }
    guard let latest,
      stored.fact.at - counter.ended[latest].endedAt <= settings.ratingWindow
    else { return }
    let answer = counter.ended[latest].answer(to: stored.fact.question)
    if answer.map(name.isCorrected) ?? true {
      stored.fact.belong(to: counter.ended[latest])
    }
  }

  /// A reason is of the visit to which its rating was tied.
  func tieReason(_ stored: inout StoredFact, _ branch: BranchID) {
    guard stored.fact.ticket == nil, let id = stored.fact.counter, let about = stored.fact.about,
      let counter = memory.branches[branch]?.counters[id],
      let rated = counter.visit(ratedBy: about, of: RatingName(stored).life)
    else { return }
    stored.fact.belong(to: counter.ended[rated])
  }
}

extension Fact {
  fileprivate mutating func belong(to visit: EndedVisit) {
    ticket = visit.key.ticket
    day = visit.key.day
    service = visit.service
    if let clerk = visit.clerk, more["clerk"] == nil {
      more.append(Field("clerk", clerk.text))
    }
  }
}
