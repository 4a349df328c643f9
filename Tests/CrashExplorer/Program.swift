import Glibc

private let usage = """
  usage: crash-explorer [--states N] [--workers N]   explore at least N states (1,000,000)
         crash-explorer --state ID [--plant NAME]    look at one state again
         crash-explorer --plant NAME                 with a bug; exit code 1 when it is found
         crash-explorer --plants                     whether every bug is found
  """

private struct Options {
  var states = 1_000_000
  var workers = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
  var worker: Int?
  var plant: Plant?
  var allPlants = false
  var state: StateID?

  init?(_ arguments: [String]) {
    var rest = arguments[...]
    while let word = rest.popFirst() {
      if word == "--plants" {
        allPlants = true
        continue
      }
      guard let value = rest.popFirst() else { return nil }
      switch word {
      case "--states": states = Int(value) ?? 0
      case "--workers": workers = Int(value) ?? 0
      case "--worker": worker = Int(value)
      case "--plant": plant = Plant(rawValue: value)
      case "--state": state = StateID(value)
      default: return nil
      }
      if word == "--plant", plant == nil { return nil }
      if word == "--state", state == nil { return nil }
    }
    if states <= 0 || workers <= 0 { return nil }
  }
}

func crashExplorerMain(_ arguments: [String]) -> Int32 {
  guard let options = Options(arguments) else {
    print(usage)
    return 2
  }
  if options.allPlants { return checkPlants() }
  if let worker = options.worker { return work(worker, options) }
  if let state = options.state {
    LastState.tellWhenKilled()
    let explorer = Explorer(plant: options.plant, only: state, found: complain)
    var unit = state
    (unit.point, unit.cut, unit.inner, unit.innerPoint, unit.innerCut) = (0, 0, 0, 0, 0)
    explorer.run(unit)
    if explorer.states == 0 { print("there is no state \(state)") }
    return explorer.states == 0 ? 2 : 0
  }
  return exploreWithWorkers(options)
}

private func complain(_ fault: String) -> Never {
  Array((fault + "\n").utf8).withUnsafeBytes { _ = write(2, $0.baseAddress, $0.count) }
  exit(1)
}

private func work(_ worker: Int, _ options: Options) -> Int32 {
  LastState.tellWhenKilled()
  let explorer = Explorer(plant: options.plant, only: nil, found: complain)
  let work = Work(
    worker: worker, workers: options.workers, states_min: options.states / options.workers + 1)
  print(work.explore(with: explorer))
  return 0
}

private func exploreWithWorkers(_ options: Options) -> Int32 {
  var begun = timespec()
  clock_gettime(CLOCK_MONOTONIC, &begun)
  let plant = options.plant.map { ["--plant", $0.rawValue] } ?? []
  let children = (0..<options.workers).map {
    OwnProcess(
      ["--worker", "\($0)", "--workers", "\(options.workers)", "--states", "\(options.states)"]
        + plant)
  }
  var states = 0
  for child in children {
    guard let count = child.number() else {
      children.forEach { $0.end() }
      print(
        "crash-explorer: a state is not sound; look again with --state"
          + (plant.isEmpty ? "" : " and --plant"))
      return 1
    }
    states += count
  }
  var done = timespec()
  clock_gettime(CLOCK_MONOTONIC, &done)
  let seconds = max(1, done.tv_sec - begun.tv_sec)
  print(
    "crash-explorer: \(states) states, all sound; \(seconds) s, \(states / seconds) states/s, "
      + "\(options.workers) workers")
  return 0
}

/// Every planted bug must be found.
private func checkPlants() -> Int32 {
  var missed = 0
  for plant in Plant.allCases {
    let child = OwnProcess(
      ["--worker", "0", "--workers", "1", "--states", "1", "--plant", plant.rawValue],
      complaints: false)
    let wasFound = child.number() == nil
    print("\(plant.rawValue): \(wasFound ? "found" : "NOT FOUND")")
    if !wasFound { missed += 1 }
  }
  print("crash-explorer: \(Plant.allCases.count - missed) of \(Plant.allCases.count) plants found")
  return missed == 0 ? 0 : 1
}
