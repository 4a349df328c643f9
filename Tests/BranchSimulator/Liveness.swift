import Branch
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

  /// Each sign of a counter shows what the hub's state says is called.
  private func findingOnSigns(_ node: NodeMachine) -> String? {
    // A box that knows of itself tells the hub when it lost records, and is told all calls anew.
    guard let hub = world.hub.process,
      !node.watch.callsMayBeLost || node.plan.identity != nil
    else { return nil }
    for (sign, plan) in zip(node.signs, node.plan.signs) where plan.showsCalls {
      let branch = hub.engine.memory.branches[node.plan.branch]
      let serving = plan.counter.flatMap { branch?.counters[$0]?.serving }
      let wanted = serving?.key.ticket.description ?? plan.idle[0]
      if sign.shown != wanted {
        return "\(node.plan.node): sign \(sign.id) shows \(sign.shown), called is \(wanted)"
      }
    }
    return nil
  }
}
