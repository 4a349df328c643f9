import Branch
import CommandLineKit
import LinuxIO
import QueueEngine

func showRatings(_ arguments: Arguments) throws -> ExitCode {
  let days = try arguments.integer("last-days", in: 1...36_500)
  let since = days.map { Clock.wall() + Span.minutes(-24 * 60) * Int64($0) }
  var memory = HubMemory()
  var figures = RatingFigures(since: since)
  let code = try eachRecord(arguments.required("data")) { record in
    guard memory.apply(record) else { return false }
    if record.kind == .fact, let stored = StoredFact(parsing: record.payload),
      let life = memory.lives[HubMemory.Life(node: stored.node, epoch: stored.epoch)]
    {
      figures.note(stored, branch: life.branch)
    }
    return true
  }
  let tallies = figures.tallies.sorted { $0.key < $1.key }
  if arguments.has("json") {
    tallies.forEach { Output.line(json($0.key, $0.value).compact) }
  } else {
    tallies.forEach { Output.line(text($0.key, $0.value)) }
  }
  if figures.uncounted > 0 {
    Output.line(
      "queuehub: \(figures.uncounted) ratings of more counters than can be counted", to: .error)
  }
  return code
}

private func json(_ key: RatingFigures.Key, _ tally: RatingFigures.Tally) -> OutputJSON {
  .object([
    OutputJSON.Member("branch", .string(key.branch.text)),
    OutputJSON.Member("counter", .optional(key.counter?.text)),
    OutputJSON.Member("question", .optional(key.question?.text)),
    OutputJSON.Member("count", .integer(Int64(tally.total))),
    OutputJSON.Member(
      "mean", tally.mean_permille.map { .number(Double($0) / 1000) } ?? .null),
    OutputJSON.Member("ratings", .array(tally.counts.map { .integer(Int64($0)) })),
    OutputJSON.Member("of_visits", .integer(Int64(tally.tied))),
    OutputJSON.Member("corrected", .integer(Int64(tally.corrected))),
    OutputJSON.Member(
      "reasons",
      .object(
        tally.reasons.sorted { $0.key < $1.key }.map {
          OutputJSON.Member($0.key, .integer(Int64($0.value)))
        })),
  ])
}

/// `main counter 1 courtesy: 12 ratings, mean 4.25 (0 1 2 2 7), 10 of visits, 2 corrected, noise 2`
private func text(_ key: RatingFigures.Key, _ tally: RatingFigures.Tally) -> String {
  var place = key.branch.text + (key.counter.map { " counter \($0)" } ?? " no counter")
  if let question = key.question { place += " \(question)" }
  let counts = tally.counts.map(String.init).joined(separator: " ")
  var words = ["\(tally.total) ratings"]
  if let mean = tally.mean_permille {
    let hundredths = (mean + 5) / 10
    words[0] += ", mean \(hundredths / 100).\(padded(hundredths % 100, to: 2)) (\(counts))"
  }
  if tally.tied > 0 { words.append("\(tally.tied) of visits") }
  if tally.corrected > 0 { words.append("\(tally.corrected) corrected") }
  for (reason, count) in tally.reasons.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
    // A node may write anything there.
    words.append("\(ReasonID(reason)?.text ?? OutputJSON.quoted(reason)) \(count)")
  }
  return "\(place): \(words.joined(separator: ", "))"
}
