import Branch
import CommandLineKit
import Glibc

let benchVersion = "0.1.0"

/// Bounds and defaults of what can be asked for.
enum Choice {
  static let seconds = 1...600
  static let group = 1...1024
  static let window = 1...4096
  static let facts = 1_000...1_000_000
  static let presses = 10...300
  static let nodes = 100...10_000

  static let encodeSeconds_standard = 3
  static let journalSeconds_standard = 5
  static let previewSeconds_standard = 2
  static let idleSeconds_standard = 10
  static let keysSeconds_standard = 10
  static let window_standard = 1024
  static let facts_standard = 100_000
  static let presses_standard = 200
  static let nodes_standard = 10_000
  static let hubSeconds_standard = 15
  static let startFacts_standard = 1_000_000
}

private let directory = CommandOption.value(
  "dir", "DIR", "directory on the disk that is meant (/var/tmp)")
private let devices = CommandOption.value(
  "devices", "DIR", "device profiles (those of this build, else the installed ones)")
private let kioskdPath = CommandOption.value(
  "kioskd", "PATH", "the program to watch (the kioskd beside this program)")

private func seconds(_ standard: Int) -> CommandOption {
  .value("seconds", "N", "how long to measure (\(standard))")
}

private let commands = [
  CommandSpec(
    "encode", "Tickets to ESC/POS bytes, each with another number, time and QR symbol.",
    options: [seconds(Choice.encodeSeconds_standard), devices]),
  CommandSpec(
    "preview", "A ticket template to the bytes of a PNG picture of its paper.",
    options: [seconds(Choice.previewSeconds_standard), devices]),
  CommandSpec(
    "journal", "Durable records in groups, beside a C loop of write and fdatasync.",
    options: [
      .value("dir", "DIR", "directory on the disk that is meant", required: true),
      .value("group", "N", "records of one flush, 1 to 1024", required: true),
      seconds(Choice.journalSeconds_standard),
    ]),
  CommandSpec(
    "link", "Facts that waited in a node's journal, until a hub has them durable.",
    options: [
      .value("window", "N", "facts on the way without an ACK (\(Choice.window_standard))"),
      .value("facts", "N", "facts that waited (\(Choice.facts_standard))"), directory, devices,
    ]),
  CommandSpec(
    "press", "From the press of a button to the first byte at the printer.",
    options: [
      .value("count", "N", "presses (\(Choice.presses_standard))"), directory, devices,
    ]),
  CommandSpec(
    "call", "From a clerk's \"next\" to the first byte at the counter's sign, through a hub.",
    options: [
      .value("count", "N", "calls (\(Choice.presses_standard))"), directory, devices,
    ]),
  CommandSpec(
    "keys", "1,000 key events a second, until each press is a rating in the hub's store.",
    options: [seconds(Choice.keysSeconds_standard), directory, devices]),
  CommandSpec(
    "idle",
    "Memory, wake-ups and processor time of a kioskd at rest, in a small and a large branch.",
    options: [kioskdPath, seconds(Choice.idleSeconds_standard), directory, devices]),
  CommandSpec(
    "hub", "Memory and processor of a hub with nodes that have nothing to say; all come back.",
    options: [
      .value("nodes", "N", "nodes (\(Choice.nodes_standard))"),
      seconds(Choice.hubSeconds_standard), directory,
    ]),
  CommandSpec(
    "start", "Start of a node whose journal holds facts that waited.",
    options: [
      .value("facts", "N", "facts that waited (\(Choice.startFacts_standard))"), directory,
      devices,
    ]),
  CommandSpec(
    "all", "Every measure with its defaults.", options: [directory, kioskdPath, devices]),
  CommandSpec(
    "run-hub", "Run a hub until standard input ends; the measures start it.",
    options: [
      .value("data", "DIR", "directory of the store", required: true),
      .value("window", "N", "facts on the way without an ACK (\(Choice.window_standard))"),
    ]),
  CommandSpec(
    "run-node", "Run a node until standard input ends; the measures start it.",
    options: [
      .value("config", "FILE", "configuration of the node", required: true), devices,
    ]),
]

func benchMain() -> CInt {
  let program = ProgramSpec(
    "kioskd-bench", "Figures of kioskd: one JSON object a line, one line a measure.",
    version: benchVersion, commands: commands,
    details: ["What each figure means stands in Sources/kioskd-bench/BENCH.md."])
  let code = program.main(Array(CommandLine.arguments.dropFirst())) { arguments in
    signal(SIGPIPE, SIG_IGN)
    switch arguments.command.name {
    case "encode": try encode(arguments)
    case "preview": try preview(arguments)
    case "journal": try journal(arguments)
    case "link": try link(arguments)
    case "press": try press(arguments)
    case "call": try call(arguments)
    case "keys": try keys(arguments)
    case "idle": try idle(arguments)
    case "hub": try hub(arguments)
    case "start": try start(arguments)
    case "all": try all(arguments)
    case "run-hub": return try serveHub(arguments)
    default: return try serveNode(arguments)
    }
    return .success
  }
  return code.rawValue
}

private func encode(_ arguments: Arguments) throws {
  let seconds = try arguments.integer("seconds", in: Choice.seconds)
  let profiles = try Profiles(arguments["devices"])
  for kind in EncodeBench.Kind.allCases {
    try EncodeBench(kind, profiles: profiles)
      .run(seconds: seconds ?? Choice.encodeSeconds_standard).write()
  }
}

private func preview(_ arguments: Arguments) throws {
  let seconds = try arguments.integer("seconds", in: Choice.seconds)
  try PreviewBench(profiles: Profiles(arguments["devices"]))
    .run(seconds: seconds ?? Choice.previewSeconds_standard).write()
}

private func journal(_ arguments: Arguments) throws {
  let seconds = try arguments.integer("seconds", in: Choice.seconds)
  guard let group = try arguments.integer("group", in: Choice.group) else { return }
  let scratch = try Scratch(in: arguments["dir"])
  try JournalBench(scratch: scratch, group: group)
    .run(seconds: seconds ?? Choice.journalSeconds_standard).write()
}

private func link(_ arguments: Arguments) throws {
  let window = try arguments.integer("window", in: Choice.window) ?? Choice.window_standard
  let facts = try arguments.integer("facts", in: Choice.facts) ?? Choice.facts_standard
  let scratch = try Scratch(in: arguments["dir"])
  try LinkBench(scratch: scratch, profiles: Profiles(arguments["devices"]))
    .run(window: window, facts: facts).write()
}

private func call(_ arguments: Arguments) throws {
  let count = try arguments.integer("count", in: Choice.presses) ?? Choice.presses_standard
  let scratch = try Scratch(in: arguments["dir"])
  try CallBench(scratch: scratch, profiles: Profiles(arguments["devices"]))
    .run(count: count).write()
}

private func press(_ arguments: Arguments) throws {
  let count = try arguments.integer("count", in: Choice.presses) ?? Choice.presses_standard
  let scratch = try Scratch(in: arguments["dir"])
  try PressBench(scratch: scratch, profiles: Profiles(arguments["devices"]))
    .run(count: count).write()
}

private func keys(_ arguments: Arguments) throws {
  let seconds = try arguments.integer("seconds", in: Choice.seconds)
  try KeysBench(scratch: Scratch(in: arguments["dir"]), profiles: Profiles(arguments["devices"]))
    .run(seconds: seconds ?? Choice.keysSeconds_standard).write()
}

private func idle(_ arguments: Arguments) throws {
  let seconds = try arguments.integer("seconds", in: Choice.seconds)
  let profiles = try Profiles(arguments["devices"])
  for isLarge in [false, true] {
    let scratch = try Scratch(in: arguments["dir"])
    let branch = try isLarge ? IdleDevices.many(scratch) : IdleDevices.few(scratch)
    try IdleBench(
      scratch: scratch, profiles: profiles, kioskd: arguments["kioskd"], devices: branch
    ).run(seconds: seconds ?? Choice.idleSeconds_standard).write()
  }
}

private func hub(_ arguments: Arguments) throws {
  let nodes = try arguments.integer("nodes", in: Choice.nodes) ?? Choice.nodes_standard
  let seconds = try arguments.integer("seconds", in: Choice.seconds)
  try HubBench(scratch: Scratch(in: arguments["dir"]))
    .run(nodes: nodes, seconds: seconds ?? Choice.hubSeconds_standard).write()
}

private func start(_ arguments: Arguments) throws {
  let facts = try arguments.integer("facts", in: Choice.facts) ?? Choice.startFacts_standard
  let scratch = try Scratch(in: arguments["dir"])
  try StartBench(scratch: scratch, profiles: Profiles(arguments["devices"]))
    .run(facts: facts).write()
}

private func all(_ arguments: Arguments) throws {
  let profiles = try Profiles(arguments["devices"])
  func scratch() throws -> Scratch { try Scratch(in: arguments["dir"]) }
  for kind in EncodeBench.Kind.allCases {
    try EncodeBench(kind, profiles: profiles).run(seconds: Choice.encodeSeconds_standard).write()
  }
  try PreviewBench(profiles: profiles).run(seconds: Choice.previewSeconds_standard).write()
  for group in [1, 64] {
    try JournalBench(scratch: scratch(), group: group)
      .run(seconds: Choice.journalSeconds_standard).write()
  }
  for window in [64, Choice.window_standard] {
    try LinkBench(scratch: scratch(), profiles: profiles)
      .run(window: window, facts: Choice.facts_standard).write()
  }
  try PressBench(scratch: scratch(), profiles: profiles).run(count: Choice.presses_standard)
    .write()
  try CallBench(scratch: scratch(), profiles: profiles).run(count: Choice.presses_standard)
    .write()
  try KeysBench(scratch: scratch(), profiles: profiles).run(seconds: Choice.keysSeconds_standard)
    .write()
  try idle(arguments)
  try StartBench(scratch: scratch(), profiles: profiles).run(facts: Choice.startFacts_standard)
    .write()
  try HubBench(scratch: scratch())
    .run(nodes: Choice.nodes_standard, seconds: Choice.hubSeconds_standard).write()
}
