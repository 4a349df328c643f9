import Branch
import BranchCore
import QueueEngine

/// What has to have come true some minutes after the last fault.
struct Liveness {
  unowned let world: World

  /// What has not; nil when all has.
  var finding: String? {
    let nodes = world.nodes.filter { !isShutOut($0) }
    for node in world.nodes where isShutOut(node) {
      if let finding = findingOnTwin(node) { return finding }
    }
    for node in nodes {
      if let finding = finding(node) ?? findingOnSigns(node) { return finding }
    }
    guard let hub = world.hub.process else { return "the hub does not run" }
    if hub.sessions.count != nodes.count {
      return "the hub has \(hub.sessions.count) sessions with \(nodes.count) nodes"
    }
    for node in nodes {
      guard let life = node.watch.life,
        let state = hub.engine.memory.lives[HubMemory.Life(node: life.node, epoch: life.epoch)]
      else { return "the hub does not know \(node.plan.node)" }
      if !state.outbox.isEmpty { return "\(state.outbox.count) commands wait for \(life.node)" }
      if !state.stale.isEmpty { return "\(life.node) was not told of its counters" }
    }
    return world.checker.endFinding
  }

  /// Another box goes on with its journal, and the hub has heard that one.
  private func isShutOut(_ node: NodeMachine) -> Bool {
    node.watch.life.map(world.checker.hub.isShutOut) ?? false
  }

  /// It is kept out and says so; its customers are answered all the same.
  private func findingOnTwin(_ node: NodeMachine) -> String? {
    if node.process?.core.isLinked == true { return "\(node.name) has a session, and is a twin" }
    if !node.watch.wasToldOfTwin { return "\(node.name) was not told that it is a twin" }
    return findingAlone(node)
  }

  private func finding(_ node: NodeMachine) -> String? {
    if let process = node.process, !process.core.isLinked { return "\(node.name) has no session" }
    return findingAlone(node)
  }

  private func findingAlone(_ node: NodeMachine) -> String? {
    let name = node.name
    guard let process = node.process else { return "\(name) does not run" }
    if !node.watch.isAtRest { return "\(name) still owes answers" }
    if !process.core.memory.open.isEmpty { return "\(name) has open tickets" }
    if !process.waiting.records.isEmpty { return "\(name) still writes" }
    return nil
  }

  /// Each sign shows what the hub's state says is called, and nothing blinks any more.
  private func findingOnSigns(_ node: NodeMachine) -> String? {
    // A box that knows of itself tells the hub when it lost records, and is told all calls anew.
    guard let hub = world.hub.process,
      !node.watch.callsMayBeLost || node.plan.identity != nil
    else { return nil }
    let branch = hub.engine.memory.branches[node.plan.branch]
    for (sign, plan) in zip(node.signs, node.plan.signs) where plan.showsCalls {
      let name = "\(node.plan.node): sign \(sign.id)"
      if sign.isFlashing { return "\(name) still flashes" }
      guard let counter = plan.counter else {
        let serving = (branch?.counters ?? [:]).compactMap { counter, state in
          state.serving.map { (counter, $0.key.ticket) }
        }
        if let finding = wrongList(on: sign, plan, serving) { return "\(name) \(finding)" }
        continue
      }
      let serving = branch?.counters[counter]?.serving
      let wanted = serving?.key.ticket.description ?? idleText(plan, node)
      if sign.shown != wanted { return "\(name) shows \(sign.shown), called is \(wanted)" }
    }
    return nil
  }

  /// A main sign lists customers who are served, each once, as many as it has room for.
  private func wrongList(
    on sign: SimulatedSign, _ plan: SignPlan, _ serving: [(CounterID, TicketNumber)]
  ) -> String? {
    let lines = serving.map { counter, ticket in
      let arrow = ["1": "< ", "2": "> "][counter.text] ?? ""
      return "\(ticket) \(arrow)\(counter)"
    }
    let count = min(lines.count, plan.board.calls_max)
    let isRight =
      sign.rows.count == count && Set(sign.rows).count == count
      && sign.rows.allSatisfy(lines.contains)
    if count > 0 ? isRight : sign.rows == plan.idle { return nil }
    return "lists \(sign.rows), called are \(lines)"
  }

  /// What stands there by the clock while nobody is called.
  private func idleText(_ plan: SignPlan, _ node: NodeMachine) -> String {
    guard let hours = plan.hours, let process = node.process else { return plan.idle[0] }
    var now = node.now
    now.wall = process.core.corrected(now.wall, now.monotonic)
    if hours.isOpen(at: now.local) { return plan.idle[0] }
    let turn = Int(now.wall.ms / plan.turn.ms)
    return plan.closed[turn % plan.closed.count]
  }
}
