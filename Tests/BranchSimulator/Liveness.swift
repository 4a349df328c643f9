import Branch
import QueueEngine

/// What has to have come true some minutes after the last fault.
struct Liveness {
  unowned let world: World

  func check() {
    for node in world.nodes { check(node) }
    guard let hub = world.hub.process else { return world.fail("the hub does not run") }
    if hub.sessions.count != world.nodes.count {
      world.fail("the hub has \(hub.sessions.count) sessions with \(world.nodes.count) nodes")
    }
    for (life, state) in hub.engine.memory.lives
    where world.nodes.contains(where: { $0.watch.life?.epoch == life.epoch }) {
      if !state.outbox.isEmpty {
        world.fail("\(state.outbox.count) commands wait for \(life.node)")
      }
      if !state.stale.isEmpty { world.fail("\(life.node) was not told of its counters") }
    }
  }

  private func check(_ node: NodeMachine) {
    let name = node.plan.node
    guard let process = node.process else { return world.fail("\(name) does not run") }
    if !process.core.isLinked { world.fail("\(name) has no session") }
    if !node.watch.isAtRest { world.fail("\(name) still owes answers") }
    if !process.core.memory.open.isEmpty { world.fail("\(name) has open tickets") }
    if !process.waiting.records.isEmpty { world.fail("\(name) still writes") }
    checkSigns(node)
  }

  /// Each sign of a counter shows what the hub's state says is called.
  private func checkSigns(_ node: NodeMachine) {
    guard let hub = world.hub.process, !node.watch.callsMayBeLost else { return }
    for (sign, plan) in zip(node.signs, node.plan.signs) where plan.showsCalls {
      let branch = hub.engine.memory.branches[node.plan.branch]
      let serving = plan.counter.flatMap { branch?.counters[$0]?.serving }
      let wanted = serving?.key.ticket.description ?? plan.idle
      if sign.shown != wanted {
        world.fail(
          "\(node.plan.node): sign \(sign.id) shows \"\(sign.shown)\", called is \(wanted)")
      }
    }
  }
}
