import Branch
import QueueEngine
import QueueProtocol

extension HubRuntime {
  /// One batch of the engine: the lines leave when the records are durable.
  struct Batch {
    var records: [DurableRecord] = []
    var lines: [(session: SessionID, line: Line)] = []
    var hangUps: [SessionID] = []

    /// In place of an empty batch rather than behind it: then nothing is copied.
    mutating func add(_ output: QueueEngine.Output) {
      if records.isEmpty { records = output.records } else { records += output.records }
      lines += output.lines
      hangUps += output.hangUps
    }
  }
}
