import Branch
import CommandLineKit
import JournalStore
import QueueEngine
import QueueProtocol

/// Reads the store record by record, without a lock, and tells what is wrong with it.
/// - Parameter body: false for a record that it cannot read.
/// - Returns: a failure when records are lost.
private func eachRecord(
  _ directory: String, _ body: (DurableRecord) -> Bool
) throws -> ExitCode {
  do {
    var records = try JournalInspection.records(directory: directory)
    var unreadable = 0
    while let record = try records.next() {
      if !body(record.durable) { unreadable += 1 }
    }
    if records.isAbsent { throw JournalInspection.absent(directory) }
    for finding in records.report.findings {
      Output.line("queuehub: \(finding.problem)", to: .error)
    }
    if unreadable > 0 {
      Output.line("queuehub: \(unreadable) records are not of this version", to: .error)
    }
    return unreadable > 0 || records.report.hasLoss ? .failure : .success
  } catch let error as JournalError {
    throw error.problem
  }
}

func listFacts(_ arguments: Arguments) throws -> ExitCode {
  try eachRecord(arguments.required("data")) { record in
    guard record.kind == .fact else { return true }
    guard let stored = StoredFact(parsing: record.payload) else { return false }
    Output.line(arguments.has("json") ? stored.json : stored.text)
    return true
  }
}

extension StoredFact {
  fileprivate var text: String {
    let rest = fact.fields.dropFirst().map { Line("X", [], [$0]).description.dropFirst(2) }
    return "\(fact.at) \(node)/\(epoch)/\(seq) \(fact.kind.rawValue) "
      + rest.joined(separator: " ")
  }
}

func showState(_ arguments: Arguments) throws -> ExitCode {
  var memory = HubMemory()
  let code = try eachRecord(arguments.required("data")) { memory.apply($0) }
  if arguments.has("json") {
    Output.line(memory.json.compact)
  } else {
    memory.describe().forEach { Output.line($0) }
  }
  return code
}

extension HubMemory {
  fileprivate var json: OutputJSON {
    .object([
      OutputJSON.Member("facts", .integer(Int64(factCount))),
      OutputJSON.Member(
        "branches",
        .array(
          branches.sorted { $0.key < $1.key }.map { id, branch in
            .object([
              OutputJSON.Member("branch", .string(id.text)),
              OutputJSON.Member("services", .array(branch.servicesJSON)),
              OutputJSON.Member("counters", .array(branch.countersJSON)),
            ])
          })),
      OutputJSON.Member(
        "nodes",
        .array(
          current.sorted { $0.key < $1.key }.map { node, epoch in
            let life = lives[Life(node: node, epoch: epoch)]
            return .object([
              OutputJSON.Member("node", .string(node.text)),
              OutputJSON.Member("epoch", .integer(Int64(epoch))),
              OutputJSON.Member("acked", .integer(Int64(life?.mark ?? 0))),
              OutputJSON.Member("commands_waiting", .integer(Int64(life?.outbox.count ?? 0))),
            ])
          })),
    ])
  }

  fileprivate func describe() -> [String] {
    var lines: [String] = []
    for (id, branch) in branches.sorted(by: { $0.key < $1.key }) {
      lines.append("branch \(id)")
      for (id, service) in branch.services.sorted(by: { $0.key < $1.key }) {
        let waiting = service.waiting.map(\.key.ticket.description).joined(separator: " ")
        lines.append(
          "  service \(id) (\(service.prefix)): \(waiting.isEmpty ? "nobody waits" : waiting)")
      }
      for (id, counter) in branch.counters.sorted(by: { $0.key < $1.key }) {
        lines.append("  counter \(id): \(counter.serving?.key.ticket.description ?? "free")")
      }
    }
    for (node, epoch) in current.sorted(by: { $0.key < $1.key }) {
      let life = lives[Life(node: node, epoch: epoch)]
      lines.append(
        "node \(node): epoch \(epoch), \(life?.mark ?? 0) facts, "
          + "\(life?.outbox.count ?? 0) commands waiting")
    }
    lines.append("\(factCount) facts")
    return lines
  }
}

extension BranchState {
  fileprivate var servicesJSON: [OutputJSON] {
    services.sorted { $0.key < $1.key }.map { id, service in
      .object([
        OutputJSON.Member("service", .string(id.text)),
        OutputJSON.Member("prefix", .string(service.prefix)),
        OutputJSON.Member("name", .string(service.name)),
        OutputJSON.Member(
          "waiting",
          .array(
            service.waiting.map { visit in
              .object([
                OutputJSON.Member("ticket", .string(visit.key.ticket.description)),
                OutputJSON.Member("day", .string(visit.key.day.description)),
                OutputJSON.Member("issued_at", .string(visit.issuedAt.description)),
              ])
            })),
      ])
    }
  }

  fileprivate var countersJSON: [OutputJSON] {
    counters.sorted { $0.key < $1.key }.map { id, counter in
      .object([
        OutputJSON.Member("counter", .string(id.text)),
        OutputJSON.Member("serving", .optional(counter.serving?.key.ticket.description)),
        OutputJSON.Member("called_at", .optional(counter.serving?.calledAt?.description)),
      ])
    }
  }
}
