import CLinux
import Glibc

/// Does what a `TerminalAction` says.
struct TerminalSteps {
  let world: World

  func run(_ action: TerminalAction) throws(LabError) {
    switch action {
    case .rebind(let box): try rebind(box)
    case .swap(let one, let other): try swap(one, other)
    case .scan(let scanning):
      try hand(scanning.scanner).type(scanning, ended: true)
      world.codesTyped[scanning.scanner, default: []].append(scanning.code)
    case .scanHalf(let scanning): try hand(scanning.scanner).type(scanning, ended: false)
    case .scanMany(let scanner, let prefix, let count, let span_ms):
      try scanMany(scanner, prefix, count, span_ms)
    case .book(let code, let service):
      try BookingDesk.book(code, service, branch: "lab", pump: world.pump)
    case .freeze(let program, let isFrozen):
      try world.program(program).signal(isFrozen ? SIGSTOP : SIGCONT)
    case .countFiles(let program):
      world.filesCounted[program] = try world.program(program).openFiles()
      narrate("    \(program) has \(world.filesCounted[program]?.count ?? 0) files open")
    }
  }

  // MARK: - Ports

  /// The host takes the device's configuration away and sets it again (Linux, Documentation/usb/
  /// authorization.rst): its drivers see it go and come, at a tenth of a replug's time.
  private func rebind(_ box: String) throws(LabError) {
    guard let port = try world.cable(box) as? HubPort, let device = port.device else {
      throw LabError("\(box) is not plugged in")
    }
    try writeFile("\(device)/authorized", "0")
    let isGone = try world.pump.run(for: World.settle_ms) { () throws(LabError) in
      port.eventNumber == nil
    }
    guard isGone else { throw LabError("the host does not give \(box) up") }
    try writeFile("\(device)/authorized", "1")
    try world.settle(box)
  }

  private func swap(_ one: String, _ other: String) throws(LabError) {
    let boxes = [try virtualBox(one), try virtualBox(other)]
    let cables = [try world.cable(one), try world.cable(other)]
    guard !cables.contains(where: \.isPlugged) else {
      throw LabError("boxes change their ports while both are unplugged")
    }
    for box in boxes { box.letGo() }
    for box in boxes { try box.gadget.leavePort() }
    let ports = boxes.map(\.gadget.bus)
    for (box, port) in zip(boxes, ports.reversed()) { try box.gadget.take(port: port) }
    world.setCable(one, cables[1])
    world.setCable(other, cables[0])
    for box in boxes { try reopen(box) }
  }

  /// The gadget's node was made anew.
  private func reopen(_ box: VirtualBox) throws(LabError) {
    guard
      try world.pump.run(for: World.settle_ms, until: { () throws(LabError) in exists(box.path) })
    else { throw LabError("\(box.name) has no node \(box.path) at its new port") }
    try box.open()
  }

  private func virtualBox(_ name: String) throws(LabError) -> VirtualBox {
    guard let box = try world.box(name) as? VirtualBox else {
      throw LabError("\(name) hangs on no port")
    }
    return box
  }

  // MARK: - Codes

  private func hand(_ scanner: String) throws(LabError) -> ScannerHand {
    guard let device = LabDevice.all.first(where: { $0.name == scanner }) else {
      throw LabError("there is no \(scanner)")
    }
    return ScannerHand(device: device, box: try virtualBox(scanner), pump: world.pump)
  }

  /// At an even pace; a guest that takes a quarter longer is too busy to prove anything.
  private func scanMany(
    _ scanner: String, _ prefix: String, _ count: Int, _ span_ms: Int64
  ) throws(LabError) {
    var hand = try hand(scanner)
    // The rate is the matter; a slow host has to come after.
    hand.pace_ms = 2
    let start = monotonic_ms()
    for number in 1...count {
      let digits = String(number)
      let code = prefix + String(repeating: "0", count: 4 - digits.utf8.count) + digits
      try hand.type(Scanning(scanner: scanner, code: code), ended: true)
      world.codesTyped[scanner, default: []].append(code)
      let due = start + span_ms * Int64(number) / Int64(count)
      try world.pump.run(for: max(0, due - monotonic_ms()))
    }
    let took_ms = monotonic_ms() - start
    narrate("    \(count) codes in \(took_ms) ms")
    guard took_ms <= span_ms * 5 / 4 else {
      throw LabError("the host took \(count) codes in \(took_ms) ms, not in \(span_ms) ms")
    }
  }
}
