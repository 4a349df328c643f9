import Branch
import Configuration
import LinuxIO
import NodeRuntime
import QueueProtocol

extension Doctor {
  func checkHubs() {
    let owner = NodeMessage.SessionOwner(
      node: configuration.node, epoch: node?.epoch, boot: node == nil ? nil : MachineIdentity.boot)
    hubsUnheard = configuration.hub.addresses.count
    for address in configuration.hub.addresses.map(\.description) {
      let slot = open(late: HubCheck.timedOut(address, Self.limit))
      let check = HubCheck(loop: loop, address: address, owner: owner, isRunning: node != nil) {
        [unowned self] line, session, store in
        hubEnded(slot, address, compared(line, store), session)
      }
      keep(check) { check.close() }
      check.start()
    }
  }

  /// The second of two hubs with stores of their own is wrong, whichever of them that is.
  private func compared(_ line: CheckLine, _ store: Epoch?) -> CheckLine {
    guard let store else { return line }
    guard let first = hubStore else {
      hubStore = (store, line.name)
      return line
    }
    return first.store == store ? line : HubCheck.otherStore(line, than: first.address)
  }

  /// A node has a session with one of its hubs: the others are no worse for having none.
  private func hubEnded(
    _ slot: Int, _ address: String, _ line: CheckLine, _ session: HubCheck.Session
  ) {
    hubsUnheard -= 1
    if session == .absent {
      hubsWithout.append((slot, line, address))
      expect(slot, late: HubCheck.withoutSession(address))
    } else {
      close(slot, line)
    }
    if session == .stands { hasSession = true }
    guard hasSession || hubsUnheard == 0 else { return }
    for hub in hubsWithout {
      close(hub.slot, hasSession ? hub.line : HubCheck.withoutSession(hub.address))
    }
    hubsWithout = []
  }
}
