import Branch
import CommandLineKit
import JournalFormat
import JournalStore

/// Tells what stands in a journal and what is wrong with it. Exit code 1 when records are lost.
func verifyJournal(_ arguments: Arguments) throws -> ExitCode {
  let directory = arguments.operands[0]
  do {
    let report = try JournalInspection.verify(directory: directory)
    if report.segments.isEmpty, report.setAside.isEmpty {
      throw JournalInspection.absent(directory)
    }
    for segment in report.segments {
      let facts = segment.facts.map { "facts \($0.lowerBound) to \($0.upperBound)" } ?? "no facts"
      Output.line(
        "\(segment.file): \(segment.records) records, \(facts), \(segment.used_bytes) of "
          + "\(segment.file_bytes) bytes")
    }
    for finding in report.contents.findings { Output.line("\(finding.problem)", to: .error) }
    for name in report.setAside { Output.line("set aside earlier: \(name)") }
    Output.line(
      "\(directory): \(report.segments.count) segments, \(report.contents.records) records, "
        + (report.contents.hasLoss ? "DAMAGED" : "sound"))
    return report.contents.hasLoss ? .failure : .success
  } catch let error as JournalError {
    throw error.problem
  }
}

/// Prints all records that can be read: position, kind, number, text. Exit code 1 when others are
/// lost.
func showJournal(_ arguments: Arguments) throws -> ExitCode {
  let directory = arguments.operands[0]
  do {
    var records = try JournalInspection.records(directory: directory)
    var count = 0
    while let record = try records.next() {
      count += 1
      let text = String(decoding: record.payload, as: UTF8.self)
      let number = record.kind == .fact ? " \(record.seq)" : ""
      let name = "\(record.kind)"
      Output.line("\(record.position) \(name)\(number) \(printable(text))")
    }
    for finding in records.report.findings { Output.line("\(finding.problem)", to: .error) }
    if count == 0 { throw JournalInspection.absent(directory) }
    return records.report.hasLoss ? .failure : .success
  } catch let error as JournalError {
    throw error.problem
  }
}

/// A checkpoint has several lines, and a damaged text may hold anything.
private func printable(_ text: String) -> String {
  var out = ""
  for scalar in text.unicodeScalars {
    if scalar == "\n" {
      out += " | "
    } else if scalar.value < 0x20 || scalar.value == 0x7F {
      out += "\u{FFFD}"
    } else {
      out.unicodeScalars.append(scalar)
    }
  }
  return out
}
