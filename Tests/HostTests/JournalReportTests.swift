import Branch
import Testing

@testable import NodeRuntime

@Suite("What is told of a journal that cannot be read or written")
struct JournalReportTests {
  private final class Lines { var all: [String] = [] }

  private static let problem = Problem(
    code: "journal-io", what: "cannot read", cause: "EIO", cure: "Look at the disk.")

  @Test("once, however often it is tried; and that it works again, once")
  func once() {
    let lines = Lines()
    var reports = JournalReports { level, text in lines.all.append("\(level) \(text)") }
    for _ in 0..<100 { reports.readFailed(Self.problem) }
    #expect(lines.all == ["error journal: \(Self.problem)"])
    for _ in 0..<100 { reports.read() }
    #expect(lines.all.count == 2)
    #expect(lines.all.last == "notice the journal can be read again")
    reports.readFailed(Self.problem)
    #expect(lines.all.count == 3, "a new trouble is told at once")
  }

  @Test("of reads and writes each by itself, and of each kind of trouble")
  func each() {
    let lines = Lines()
    var reports = JournalReports { _, text in lines.all.append(text) }
    let full = Problem(code: "journal-full", what: "full", cause: "ENOSPC", cure: "Make room.")
    for _ in 0..<10 {
      reports.readFailed(Self.problem)
      reports.writeFailed(Self.problem)
      reports.writeFailed(full)
    }
    #expect(lines.all.count == 3)
    reports.wrote()
    reports.wrote()
    #expect(lines.all.last == "the journal can be written again")
    #expect(lines.all.count == 4)
  }
}
