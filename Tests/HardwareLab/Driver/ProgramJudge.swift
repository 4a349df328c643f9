/// Conditions about the programs under test.
struct ProgramJudge {
  let world: World

  func look(at condition: Condition) throws(LabError) -> Verdict {
    switch condition {
    case .running(let name):
      let program = try world.program(name)
      return Verdict(program.isRunning, "\(name) ended: \(program.ending)")
    case .ended(let name, let ending):
      let program = try world.program(name)
      return Verdict(!program.isRunning && program.ending == ending, "\(name): \(program.ending)")
    case .holds(let name, let device):
      return try holds(try world.program(name), device)
    case .sameFiles(let name): return try sameFiles(name)
    case .idle(let name, let window_ms, let cpu_ms_max):
      return try idle(try world.program(name), window_ms, cpu_ms_max)
    case .log(let name, let text):
      let log = readText(try world.program(name).log) ?? ""
      return Verdict(log.contains(text), "\(name) has not written it")
    default: throw LabError("this is no condition of a program")
    }
  }

  private func holds(_ program: Program, _ device: String) throws(LabError) -> Verdict {
    guard program.isRunning else { return .fails("\(program.name) ended: \(program.ending)") }
    let nodes = try world.cable(device).nodes
    let open = program.openFiles()
    return Verdict(
      nodes.contains(where: open.contains), "it has none of \(nodes) open")
  }

  private func sameFiles(_ name: ProgramName) throws(LabError) -> Verdict {
    guard let before = world.filesCounted[name] else {
      throw LabError("the files of \(name) were not counted before")
    }
    let now = try world.program(name).openFiles()
    var more = now.sorted()
    for file in before { if let index = more.firstIndex(of: file) { more.remove(at: index) } }
    return Verdict(
      now.count == before.count, "\(before.count) files before, \(now.count) now; new: \(more)")
  }

  /// Measures over the window while the devices are served.
  private func idle(
    _ program: Program, _ window_ms: Int64, _ cpu_ms_max: Int64
  ) throws(LabError) -> Verdict {
    let before = try program.cpu_ns()
    try world.pump.run(for: window_ms)
    let used_us = (try program.cpu_ns() - before) / 1000
    narrate("    \(program.name) used \(used_us) us of CPU in \(window_ms) ms")
    return Verdict(used_us <= cpu_ms_max * 1000, "it used \(used_us) us of CPU in \(window_ms) ms")
  }
}
