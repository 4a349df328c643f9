import Branch
import QueueProtocol

/// The local records of a hub's journal, in the grammar of the line protocol.
enum HubJournal {
  static func node(
    _ life: HubMemory.Life, branch: BranchID, commands: UInt64, at: WallTime
  ) -> DurableRecord {
    record(
      "NODE", life,
      [
        Field("branch", branch.text), Field("commands", String(commands)),
        Field("at", String(at.ms)),
      ])
  }

  static func declaration(_ message: NodeMessage, branch: BranchID) -> DurableRecord {
    var line = message.line
    line.fields.append(Field("branch", branch.text))
    return DurableRecord(.local, payload: Array(line.encoded().dropLast()))
  }

  /// Nobody declares the service any more, and there is need of its place.
  static func forgotten(_ service: ServiceID, branch: BranchID) -> DurableRecord {
    let fields = [Field("service", service.text), Field("branch", branch.text)]
    return DurableRecord(
      .local, payload: Array(Line("FORGET", [], fields).encoded().dropLast()))
  }

  static func command(_ life: HubMemory.Life, _ number: UInt64, _ command: HubCommand)
    -> DurableRecord
  {
    record("CMD", life, [Field("n", String(number)), Field("text", command.text)])
  }

  static func acknowledged(_ life: HubMemory.Life, _ number: UInt64) -> DurableRecord {
    record("ACKED", life, [Field("n", String(number))])
  }

  private static func record(_ verb: String, _ life: HubMemory.Life, _ fields: [Field])
    -> DurableRecord
  {
    let identity = [Field("node", life.node.text), Field("epoch", String(life.epoch))]
    return DurableRecord(
      .local, payload: Array(Line(verb, [], identity + fields).encoded().dropLast()))
  }
}
