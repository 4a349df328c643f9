import Branch
import JournalStore
import LinuxIO

/// What the log says of a journal that cannot be written or read. Either is tried again all the
/// time (a write every few seconds, a read with each connection), and told once a minute.
struct JournalReports {
  private let log: (LogLevel, String) -> Void
  private var writes = JournalTrouble()
  private var reads = JournalTrouble()

  init(log: @escaping (LogLevel, String) -> Void) { self.log = log }

  mutating func writeFailed(_ problem: Problem) {
    if writes.failed(problem, now: Clock.monotonic()) { log(.error, "journal: \(problem)") }
  }

  mutating func wrote() {
    if writes.ended() { log(.notice, "the journal can be written again") }
  }

  mutating func readFailed(_ problem: Problem) {
    if reads.failed(problem, now: Clock.monotonic()) { log(.error, "journal: \(problem)") }
  }

  mutating func read() {
    if reads.ended() { log(.notice, "the journal can be read again") }
  }
}
