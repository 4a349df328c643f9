import BranchSimulator
import Testing

@Suite("Mistakes that are planted are found")
struct PlantedBugTests {
  /// So many worlds at most until a mistake shows.
  static let seeds_max: UInt64 = 4_000
  /// What the failure of each speaks of: the check that is there for it, and no other one.
  static let words: [PlantedBug: [String]] = [
    .hubSpeaksBeforeFlush: ["before it is durable"],
    // Or it acknowledges what the node, taken at its word, has not sent again, and is not believed.
    .timeWindowInsteadOfMarks: ["stands twice", "never reached the hub"],
    .hubForgetsMarks: ["the hub's mark", "the hub said that it has"],
    .hubForgetsOutbox: ["is given twice", "commands wait"],
    .hubForgetsCodes: ["has two tickets"],
    .hubForgetsRatings: ["is rated twice"],
    .ratingsForgotten: ["is no correction of"],
    .hubIgnoresDeadlines: ["takes effect after"],
    .hubNeverHangsUp: ["sessions"],
    .hubIgnoresDamage: ["sign"],
    // Or a twin that was let in records anew what it did before.
    .hubTakesTwins: [
      "has other words", "never was durable", "issued twice", "answers what nobody pressed",
    ],
    // Or the hub lets the copy speak for the other, which then answers what nobody pressed there.
    .boxesLookAlike: [
      "issued twice", "not told that it is a twin", "answers what nobody pressed",
    ],
    .staleRequestsRepeated: ["takes effect after"],
    .effectsBeforeDurable: ["before its record is durable"],
    .commandsAcknowledgedEarly: ["before its record is durable"],
    // Or the box forgets with the number that its ticket has no end yet.
    .issuedNumbersForgotten: ["issued twice", "has no end"],
    .numbersKeptAfterDamage: ["issued twice"],
    .unconfirmedReprinted: ["printed twice"],
    .unansweredCountsAsNotSent: ["is void", "printed twice"],
    .signForgottenAfterReplug: ["sign"],
    .failedFlushRepeated: [
      "loss that no fault explains", "given twice", "gives fact number", "told to be missing",
    ],
    .tornTailKept: [
      "loss that no fault explains", "given twice", "gives fact number", "told to be missing",
    ],
    .deadlinesForgotten: ["has no session", "has no answer", "has no end", "still owes", "sign"],
  ]

  /// Those that show on a bad disk only.
  static let ofDisks: Set<PlantedBug> = [
    .hubIgnoresDamage, .numbersKeptAfterDamage, .failedFlushRepeated, .tornTailKept,
  ]

  @Test(
    "each in some of the first worlds, by the check that is there for it",
    arguments: PlantedBug.allCases)
  func found(bug: PlantedBug) throws {
    let words = try #require(Self.words[bug])
    let size = Self.ofDisks.contains(bug) ? WorldSize.rottenDisks : .short
    for seed in 1...Self.seeds_max {
      guard let failure = World(seed: seed, size: size, bug: bug).run().failure else { continue }
      #expect(words.contains { failure.contains($0) }, "seed \(seed): \(failure)")
      return
    }
    Issue.record("\(bug) was found in none of \(Self.seeds_max) worlds")
  }
}
