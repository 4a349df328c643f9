import Branch
import JournalFormat
import JournalStore
import LinuxIO
import QueueEngine

/// Opens the hub's journal and folds it into an engine.
struct HubStore {
  let store: JournalStore
  let engine: QueueEngine
  let unreadable: Int

  static func open(_ settings: HubRuntime.Settings) throws(Problem) -> HubStore {
    var memory = HubMemory()
    var unreadable = 0
    var next: UInt64 = 1
    do throws(JournalError) {
      let store = try JournalStore.open(
        directory: settings.data,
        makeEpoch: { Epoch(max(1, Clock.wall().ms)) },
        replay: { record in
          if record.position > next { memory.lost(records: record.position - next) }
          next = record.position + 1
          if !memory.apply(record.durable) { unreadable += 1 }
        })
      if store.nextPosition > next { memory.lost(records: store.nextPosition - next) }
      memory.settleLosses(at: Clock.wall())
      let engine = QueueEngine(
        settings: QueueEngine.Settings(
          hub: settings.hub, heartbeat: settings.heartbeat, window: settings.window,
          ratingWindow: settings.ratingWindow),
        epoch: store.epoch, memory: memory)
      return HubStore(store: store, engine: engine, unreadable: unreadable)
    } catch {
      throw error.problemAtStart
    }
  }
}
