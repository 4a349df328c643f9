import Branch
import CommandLineKit
import JournalStore
import LinuxIO
import QueueEngine
import QueueProtocol

/// Reads the store record by record, without a lock, and tells what is wrong with it.
/// - Parameter body: false for a record that it cannot read.
/// - Returns: a failure when records are lost.
func eachRecord(
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
  fileprivate var text: String { fact.text(identity: "\(node)/\(epoch)/\(seq)") }
}

func showState(_ arguments: Arguments) throws -> ExitCode {
  var memory = HubMemory()
  let code = try eachRecord(arguments.required("data")) { memory.apply($0) }
  let now = Clock.wall()
  if arguments.has("json") {
    Output.line(memory.json(at: now).compact)
  } else {
    memory.describe(at: now).forEach { Output.line($0) }
  }
  return code
}

extension HubMemory {
  fileprivate func json(at now: WallTime) -> OutputJSON {
    .object([
      OutputJSON.Member("facts", .integer(Int64(factCount))),
      OutputJSON.Member(
        "branches",
        .array(
          branches.sorted { $0.key < $1.key }.map { id, branch in
            .object([
              OutputJSON.Member("branch", .string(id.text)),
              OutputJSON.Member("services", .array(branch.servicesJSON(at: now))),
              OutputJSON.Member("booked", .integer(Int64(bookings.count(of: id)))),
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

  fileprivate func describe(at now: WallTime) -> [String] {
    var lines: [String] = []
    for (id, branch) in branches.sorted(by: { $0.key < $1.key }) {
      let booked = bookings.count(of: id)
      lines.append("branch \(id)" + (booked > 0 ? ", \(booked) booked" : ""))
      for (id, service) in branch.services.sorted(by: { $0.key < $1.key }) {
        let waiting = service.inOrder(at: now).map(\.marked).joined(separator: " ")
        let minutes =
          branch.newWait(id, at: now).map { ", about \(($0.ms + 59_999) / 60_000) min" } ?? ""
        lines.append(
          "  service \(id) (\(service.prefix)): "
            + "\(waiting.isEmpty ? "nobody waits" : waiting)\(minutes)")
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
  /// Of a customer who comes now, without priority.
  fileprivate func newWait(_ service: ServiceID, at now: WallTime) -> Span? {
    let ahead = services[service]?.ahead(isPriority: false, appointment: nil, at: now) ?? 0
    return wait(for: service, ahead: ahead, at: now)
  }

  fileprivate func servicesJSON(at now: WallTime) -> [OutputJSON] {
    services.sorted { $0.key < $1.key }.map { id, service in
      .object([
        OutputJSON.Member("service", .string(id.text)),
        OutputJSON.Member("prefix", .string(service.prefix)),
        OutputJSON.Member("name", .string(service.name)),
        OutputJSON.Member("wait_ms", newWait(id, at: now).map { .integer($0.ms) } ?? .null),
        OutputJSON.Member(
          "waiting",
          .array(
            service.inOrder(at: now).map { visit in
              .object([
                OutputJSON.Member("ticket", .string(visit.key.ticket.description)),
                OutputJSON.Member("day", .string(visit.key.day.description)),
                OutputJSON.Member("issued_at", .string(visit.issuedAt.description)),
                OutputJSON.Member("priority", .bool(visit.isPriority)),
                OutputJSON.Member("appointment", .optional(visit.appointment?.description)),
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

extension Visit {
  /// `A012`, with `!` for priority and `@` for an appointment.
  fileprivate var marked: String {
    key.ticket.description + (isPriority ? "!" : "") + (appointment == nil ? "" : "@")
  }
}
