import Branch
import CommandLineKit
import Glibc
import JournalFormat
import JournalStore
import QueueProtocol

/// Prints all facts that can be read. Exit code 1 when there may have been others.
func exportJournal(_ arguments: Arguments) throws -> ExitCode {
  let directory = arguments.operands[0]
  do {
    let report = try JournalInspection.verify(directory: directory)
    guard let epoch = report.epoch else { throw JournalInspection.absent(directory) }
    var records = try JournalInspection.records(directory: directory)
    var unreadable = 0
    while let record = try records.next() {
      guard record.kind == .fact else { continue }
      guard let fact = try? Fact(parsing: record.payload) else {
        unreadable += 1
        continue
      }
      Output.line(
        arguments.has("json")
          ? fact.json(identity: "\"epoch\":\(epoch),\"seq\":\(record.seq)")
          : fact.text(identity: "\(epoch)/\(record.seq)"))
    }
    tellLosses(report.contents.findings)
    if unreadable > 0 { throw foreignFacts(directory, unreadable) }
    return report.contents.hasLoss ? .failure : .success
  } catch let error as JournalError {
    throw error.problem
  }
}

private func tellLosses(_ findings: [JournalFinding]) {
  for finding in findings where finding.isLoss { Output.line("\(finding.problem)", to: .error) }
}

private func foreignFacts(_ directory: String, _ count: Int) -> Problem {
  Problem(
    code: "no-facts-of-a-node", what: "\(count) facts in \(directory) cannot be read",
    cause: "a queue service or a later version wrote them",
    cure: "For the store of a queue service: queuehub facts --data \(directory).")
}

/// Writes a sound copy beside a journal that is not in use.
func repairJournal(_ arguments: Arguments) throws -> ExitCode {
  let directory = arguments.operands[0]
  let target = arguments.required("to")
  if case .heldBy(let pid) = JournalUse.of(directory: directory) {
    throw Problem(
      code: "journal-in-use", what: "cannot copy \(directory)",
      cause: "process \(pid) writes to it",
      cure: "Stop it (systemctl stop, or kill \(pid)), or give a copy of the directory.")
  }
  try refuseWithin(directory, target)
  do {
    let report = try JournalRepair.copy(directory: directory, to: target)
    for finding in report.findings { Output.line("\(finding.problem)", to: .error) }
    let copy = try JournalInspection.verify(directory: target).contents
    guard copy.records == report.records, copy.lastFactSeq == report.lastFactSeq else {
      throw Problem(
        code: "journal-copy", what: "the copy in \(target) is not whole",
        cause: "\(copy.records) of \(report.records) records can be read back from it",
        cure: "Remove it, and write it to another disk.")
    }
    let facts = report.facts == 0 ? "no facts" : "\(report.facts) facts up to \(report.lastFactSeq)"
    Output.line(
      "\(target): \(report.segments) segments, \(report.records) records, \(facts), "
        + (report.hasLoss ? "some records of the source are LOST" : "nothing lost"))
    return report.hasLoss ? .failure : .success
  } catch let error as JournalError {
    throw error.problem
  }
}

/// The source is only read, and a new name in its directory would be a change.
private func refuseWithin(_ directory: String, _ target: String) throws {
  func resolved(_ path: String) -> String? {
    guard let known = realpath(path, nil) else { return nil }
    defer { free(known) }
    return String(cString: known)
  }
  let trimmed = String(target.reversed().drop { $0 == "/" }.reversed())
  let parent = trimmed.lastIndex(of: "/").map { String(trimmed[..<$0]) } ?? "."
  guard let source = resolved(directory), let place = resolved(parent.isEmpty ? "/" : parent) else {
    return
  }
  if "\(place)/".hasPrefix("\(source)/") {
    throw Problem(
      code: "journal-not-empty", what: "cannot write a copy to \(target)",
      cause: "it lies within the journal itself", cure: "Give a directory elsewhere.")
  }
}
