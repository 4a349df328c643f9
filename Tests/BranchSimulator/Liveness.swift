import Branch
import QueueEngine

/// What has to have come true some minutes after the last fault.
struct Liveness {
  unowned let world: World

  /// What has not; nil when all has.
  var finding: String? {
    for node in world.nodes {
      if let finding = finding(node) ?? findingOnSigns(node) { return finding }
    }
    guard let hub = world.hub.process else { return "the hub does not run" }
    if hub.sessions.count != world.nodes.count {
      return "the hub has \(hub.sessions.count) sessions with \(world.nodes.count) nodes"
    }
    for node in world.nodes {
      guard let life = node.watch.life,
        let state = hub.engine.memory.lives[HubMemory.Life(node: life.node, epoch: life.epoch)]
      else { return "the hub does not know \(node.plan.node)" }
      if !state.outbox.isEmpty { return "\(state.outbox.count) commands wait for \(life.node)" }
      if !state.stale.isEmpty { return "\(life.node) was not told of its counters" }
    }
    return world.checker.endFinding
  }

  private func finding(_ node: NodeMachine) -> String? {
    let name = node.plan.node
    guard let process = node.process else { return "\(name) does not run" }
    if !process.core.isLinked { return "\(name) has no session" }
    if !node.watch.isAtRest { return "\(name) still owes answers" }
    if !process.core.memory.open.isEmpty { return "\(name) has open tickets" }
    if !process.waiting.records.isEmpty { return "\(name) still writes" }
    return nil
  }

  /// Each sign of a counter shows what the hub's state says is called.
  private func findingOnSigns(_ node: NodeMachine) -> String? {
    guard let hub = world.hub.process, !node.watch.callsMayBeLost else { return nil }
    for (sign, plan) in zip(node.signs, node.plan.signs) where plan.showsCalls {
      let branch = hub.engine.memory.branches[node.plan.branch]
      let serving = plan.counter.flatMap { branch?.counters[$0]?.serving }
      let wanted = serving?.key.ticket.description ?? plan.idle
      if sign.shown != wanted {
        return "\(node.plan.node): sign \(sign.id) shows \(sign.shown), called is \(wanted)"
      }
    }
    return nil
  }
}
