import Glibc

/// Does one step of a scenario; throws what went wrong, in words for the log.
struct StepRunner {
  let world: World

  func run(_ action: Action) throws(LabError) {
    switch action {
    case .press(let box, let key):
      try world.box(box).hold(key, pump: world.pump)
      try world.pump.run(for: World.press_ms)
      // A trap may have pulled it meanwhile.
      if try world.cable(box).isPlugged {
        try world.box(box).release(key, pump: world.pump)
      } else {
        try world.release(box)
      }
    case .hold(let box, let key): try world.box(box).hold(key, pump: world.pump)
    case .release(let box): try world.release(box)
    case .plug(let device): try world.plug(device)
    case .unplug(let device): try world.unplug(device)
    case .renumber(let device): try world.renumber(device)
    case .paper(let printer, let out): try self.printer(printer).setPaper(out: out)
    case .stall(let printer, let stalls): try self.printer(printer).isStalled = stalls
    case .start(let program): try world.start(program)
    case .kill(let program): try world.end(program, signal: SIGKILL)
    case .stop(let program): try world.end(program, signal: SIGTERM)
    case .wait(let span_ms): try world.pump.run(for: span_ms)
    case .trap(let device, let bytes, let action):
      try world.arm(device, bytes: bytes, action)
    case .host(let action): try host(action)
    case .tool(let code, let arguments): try ToolRunner(world: world).run(arguments, exit: code)
    case .terminal(let action): try TerminalSteps(world: world).run(action)
    case .expect(let expectation): try Judge(world: world).demand(expectation)
    }
  }

  private func host(_ action: HostAction) throws(LabError) {
    switch action {
    case .listen(let box): try world.host.listen(to: try world.cable(box))
    case .light(let box, let lamp): try world.host.light(lamp, of: try world.cable(box))
    case .print(let printer, let text):
      try world.host.write(HostSide.ticket(text), to: try node(of: printer, "/dev/usb/lp"))
    case .show(let sign, let text):
      let link = LabDevice.all.first { $0.name == sign }?.serialLink ?? ""
      try world.host.write(HostSide.alphaFrame(text), to: link)
    }
  }

  private func node(of device: String, _ prefix: String) throws(LabError) -> String {
    let nodes = try world.cable(device).nodes
    guard let node = nodes.first(where: { $0.hasPrefix(prefix) }) else {
      throw LabError("\(device) has no \(prefix)N, only \(nodes)")
    }
    return node
  }

  private func printer(_ name: String) throws(LabError) -> VirtualPrinter {
    guard let printer = world.printers[name] else { throw LabError("no printer \(name)") }
    return printer
  }
}
