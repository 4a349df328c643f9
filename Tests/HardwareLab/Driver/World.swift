import CLinux
import Glibc

/// The guest: every virtual device with its cable, and the programs under test.
final class World {
  let branch: LabBranch
  let pump = Pump()
  let host = HostSide()
  private(set) var cables: [String: any Cable] = [:]
  private(set) var printers: [String: VirtualPrinter] = [:]
  private(set) var signs: [String: VirtualSign] = [:]
  private(set) var boxes: [String: any KeyBox] = [:]
  private var programs: [ProgramName: Program] = [:]
  /// Event numbers that boxes had when they were pulled.
  private var lastEventNumbers: [String: Int] = [:]
  private var occupiers: [Occupier] = []
  /// What a trap could not do; told by the step that waits for it.
  private var trapProblem: LabError?
  /// What the last technician's command said.
  var toolSaid = ""
  /// What each scanner typed whole, in order.
  var codesTyped: [String: [String]] = [:]
  /// Files that programs held open when they were counted.
  var filesCounted: [ProgramName: [String]] = [:]
  private(set) var trapsArmed = 0
  private(set) var trapsSprung = 0

  static let settle_ms: Int64 = 5000
  static let start_ms: Int64 = 20_000
  static let stop_ms: Int64 = 10_000
  static let press_ms: Int64 = 80

  init(_ branch: LabBranch) throws(LabError) {
    self.branch = branch
    let devices = LabDevice.standing(in: branch)
    for (bus, device) in devices.filter({ $0.isGadget && $0.partOf == nil }).enumerated() {
      let gadget = try Gadget(
        name: device.name, bus: bus, identity: device.identity, function: device.function,
        count: device.parts)
      let cable = HubPort(bus: bus)
      cables[device.name] = cable
      switch device.kind {
      case .printer:
        let record = try ByteRecord("/out/\(device.name).bin")
        printers[device.name] = VirtualPrinter(gadget, record: record)
      case .sign: try standUp(device, cable, .gadget(gadget.path))
      case .box:
        let names = [device.name] + devices.filter { $0.partOf == device.name }.map(\.name)
        for (name, path) in zip(names, gadget.paths) {
          boxes[name] = try VirtualBox(name: name, gadget, path: path)
          cables[name] = cables[device.name]
        }
      }
    }
    if let adapter = devices.first(where: \.isAdapter) { try standUpAdapter(adapter) }
    for device in devices.filter(\.sounds) {
      let box = try SoundingBox(name: device.name)
      cables[device.name] = box
      boxes[device.name] = box
    }
    printers.values.forEach { pump.watch($0) }
    boxes.values.forEach { pump.watch($0) }
    pump.watch(host)
    if let marks = MarkLine(Array(printers.values)) { pump.watch(marks) }
    for device in devices where device.partOf == nil {
      try settle(device.name)
      if device.isStranger { try unplug(device.name) }
    }
  }

  /// Signs on one line.
  private func standUp(
    _ device: LabDevice, _ cable: any Cable, _ wire: VirtualSign.Wire
  ) throws(LabError) {
    let boards = LabDevice.all.filter { $0.name == device.name || $0.partOf == device.name }
    let record = try ByteRecord("/out/\(device.name).bin")
    let line = VirtualSign(wire, boards: boards, record: record)
    pump.watch(line)
    for board in boards {
      signs[board.name] = line
      cables[board.name] = cable
    }
  }

  private func standUpAdapter(_ device: LabDevice) throws(LabError) {
    let hasPorts = try pump.run(for: Self.settle_ms) { () throws(LabError) in
      exists(Adapter.linePath) && exists(Monitor.path)
    }
    guard hasPorts else { throw LabError("the machine has no ports for an adapter") }
    let adapter = try Adapter(device, monitor: try Monitor())
    try standUp(device, adapter, .machine(Adapter.linePath))
  }

  // MARK: - Cables

  func plug(_ name: String) throws(LabError) {
    let cable = try cable(name)
    guard !cable.isPlugged else { throw LabError("\(name) is plugged in already") }
    signs[name]?.gainPower()
    try cable.set(plugged: true)
    try settle(name)
    if let number = cable.eventNumber { narrate("    \(name) is event\(number)") }
  }

  func unplug(_ name: String) throws(LabError) {
    let cable = try cable(name)
    guard cable.isPlugged else { throw LabError("\(name) is not plugged in") }
    lastEventNumbers[name] = cable.eventNumber
    try cable.set(plugged: false)
    printers[name]?.losePower()
    signs[name]?.losePower()
    guard try pump.run(for: Self.settle_ms, until: { () throws(LabError) in !cable.isPlugged })
    else { throw LabError("the host still sees \(name)") }
  }

  /// The host has made the device's nodes, and the device side is ready.
  func settle(_ name: String) throws(LabError) {
    let cable = try cable(name)
    let device = LabDevice.all.first { $0.name == name }
    // A printer may have been taken away from usblp; udev links a sign's line a moment later.
    let nodes_min =
      device?.kind == .printer || device?.sounds == true ? 1 : 1 + (device?.parts ?? 1)
    let link = device?.kind == .sign ? device?.serialLink : nil
    let isThere = try pump.run(for: Self.settle_ms) { () throws(LabError) in
      cable.nodes.count >= nodes_min && (link.map(exists) ?? true)
        && self.printers[name]?.isConnected != false
        && self.signs[name]?.descriptor != -1
    }
    guard isThere else { throw LabError("the host does not see \(name): \(cable.nodes)") }
  }

  func renumber(_ name: String) throws(LabError) {
    if let adapter = try cable(name) as? Adapter { return try renumber(adapter) }
    guard let old = lastEventNumbers[name], try !cable(name).isPlugged else {
      throw LabError("renumber needs a box that was unplugged before")
    }
    while !exists("/sys/class/input/event\(old)") { occupiers.append(try Occupier()) }
    narrate("    event\(old) is taken by something else now")
  }

  private func renumber(_ adapter: Adapter) throws(LabError) {
    let stranger = try adapter.plugStranger()
    guard try pump.run(for: Self.settle_ms, until: { () throws(LabError) in stranger.isPlugged })
    else { throw LabError("another adapter does not get \(stranger.terminal)") }
    narrate("    \(stranger.terminal) is taken by another adapter now")
  }

  func cable(_ name: String) throws(LabError) -> any Cable {
    guard let cable = cables[name] else { throw LabError("there is no \(name)") }
    return cable
  }

  func setCable(_ name: String, _ cable: any Cable) { cables[name] = cable }

  // MARK: - Hands

  func release(_ name: String) throws(LabError) {
    let box = try box(name)
    if try cable(name).isPlugged {
      try box.release(pump: pump)
    } else {
      box.releaseUnplugged()
    }
  }

  func box(_ name: String) throws(LabError) -> any KeyBox {
    guard let box = boxes[name] else { throw LabError("there is no box \(name)") }
    return box
  }

  // MARK: - Programs

  func program(_ name: ProgramName) throws(LabError) -> Program {
    if let program = programs[name] { return program }
    let program = try Program(
      name: name.rawValue, arguments: name.arguments(in: branch), log: "/out/\(name.rawValue).log")
    programs[name] = program
    return program
  }

  func start(_ name: ProgramName) throws(LabError) {
    let program = try program(name)
    try program.start()
    let isReady = try pump.run(for: Self.start_ms) { () throws(LabError) in
      try program.isReady()
    }
    guard isReady else { throw LabError("\(name) did not say READY=1 in \(Self.start_ms) ms") }
  }

  func end(_ name: ProgramName, signal: Int32) throws(LabError) {
    let program = try program(name)
    try program.signal(signal)
    let hasEnded = try pump.run(for: Self.stop_ms) { () throws(LabError) in !program.isRunning }
    guard hasEnded else { throw LabError("\(name) ignores signal \(signal)") }
  }

  // MARK: - Traps

  func arm(_ device: String, bytes: Int, _ action: TrapAction) throws(LabError) {
    let trap = ByteTrap(left_bytes: bytes, pulls: action == .pull) { [unowned self] in
      self.spring(action, at: device)
    }
    if let printer = printers[device] {
      printer.trap = trap
    } else if let sign = signs[device] {
      sign.trap = trap
    } else {
      throw LabError("there is no \(device)")
    }
    trapsArmed += 1
  }

  /// Runs inside the pump, so it only starts what a step would wait for.
  private func spring(_ action: TrapAction, at device: String) {
    narrate("    \(device): the trap springs")
    do throws(LabError) {
      switch action {
      case .pull:
        try cable(device).set(plugged: false)
        printers[device]?.losePower()
        signs[device]?.losePower()
      case .paperOut: printers[device]?.setPaper(out: true)
      case .stall: printers[device]?.isStalled = true
      case .kill(let name): try program(name).signal(SIGKILL)
      }
      trapsSprung += 1
    } catch { trapProblem = error }
  }

  func allTrapsSprung() throws(LabError) -> Bool {
    if let trapProblem { throw trapProblem }
    guard trapsArmed > 0 else { throw LabError("no trap was armed") }
    return trapsSprung == trapsArmed
  }
}

extension ProgramName {
  static let hubData = "/data/hub"

  func arguments(in branch: LabBranch) -> [String] {
    switch self {
    case .hub: ["queuehub", "run", "--data", Self.hubData, "--listen", "127.0.0.1:7557"]
    case .kioskd: ["kioskd", "run", "--config", branch.configuration]
    }
  }
}
