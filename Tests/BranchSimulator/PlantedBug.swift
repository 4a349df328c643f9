/// Mistakes that the shells around the cores can be told to make, one at a time, so that the checks
/// are seen to fail. Each is one that somebody could make, and that DESIGN §3 forbids.
public enum PlantedBug: String, CaseIterable, Sendable {
  /// The hub's lines leave before their records are durable (rule 2).
  case hubSpeaksBeforeFlush
  /// The hub takes a fact that it has, when it came again after a minute (rule 2).
  case timeWindowInsteadOfMarks
  /// The hub starts without the facts of its nodes, and so without their marks (rule 2).
  case hubForgetsMarks
  /// The hub starts without the commands that were not acknowledged.
  case hubForgetsOutbox
  /// The hub starts without knowing which codes had their number.
  case hubForgetsCodes
  /// The hub starts without knowing which visits were rated.
  case hubForgetsRatings
  /// The hub does not look at the time up to which a request may be carried out (rule 4).
  case hubIgnoresDeadlines
  /// The hub keeps connections that are replaced or say nothing any more (rule 10).
  case hubNeverHangsUp
  /// The hub does not hear that a node has lost records, perhaps a call (rule 6).
  case hubIgnoresDamage
  /// The hub does not look where a node's journal has been, nor who speaks for the node.
  case hubTakesTwins
  /// Boxes cannot be told from one another by their hardware (rule 5).
  case boxesLookAlike
  /// The node keeps a clerk's requests and says them again in the next session (rule 4).
  case staleRequestsRepeated
  /// The node's effects do not wait for their records (rule 2).
  case effectsBeforeDurable
  /// The node acknowledges commands before they are durable.
  case commandsAcknowledgedEarly
  /// The node starts without knowing which numbers of its blocks it has issued (rule 5).
  case issuedNumbersForgotten
  /// The node starts without knowing what customers rated last.
  case ratingsForgotten
  /// A node that lost a record goes on with the numbers it seems to have left (rule 5).
  case numbersKeptAfterDamage
  /// An interrupted ticket is sent to the printer once more (rule 3).
  case unconfirmedReprinted
  /// A document that a spooler did not answer for counts as not taken (rule 3).
  case unansweredCountsAsNotSent
  /// A sign that comes back is not written (rule 6).
  case signForgottenAfterReplug
  /// A flush that failed is repeated on the same file (rule 8).
  case failedFlushRepeated
  /// A torn tail is not cut: new records are written behind it (rule 9).
  case tornTailKept
  /// The node forgets to wake up for some deadlines (rule 1).
  case deadlinesForgotten
}
