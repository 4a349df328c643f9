import Branch
import Configuration
import LinuxIO
import NodeRuntime
import QueueProtocol

extension Doctor {
  func checkHubs() {
    let owner = node.map {
      NodeMessage.SessionOwner(
        node: configuration.node, epoch: $0.epoch, boot: MachineIdentity.boot)
    }
    hubsUnheard = configuration.hub.addresses.count
    for address in configuration.hub.addresses.map(\.description) {
      let slot = open(late: HubCheck.timedOut(address, Self.limit))
      let check = HubCheck(loop: loop, address: address, owner: owner) { [unowned self] in
        hubEnded(slot, address, $0, $1)
      }
      keep(check) { check.close() }
      check.start()
    }
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
