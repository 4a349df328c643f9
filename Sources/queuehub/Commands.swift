import Branch
import CommandLineKit
import Glibc

let queuehubVersion = "0.1.0"

func queuehubMain() -> CInt {
  let data = CommandOption.value(
    "data", "DIR", "directory of the store", required: true)
  let json = CommandOption.flag("json", "one JSON object a line")
  let inspection = [
    "Works beside a running service and on a copy of its directory; what the service writes "
      + "meanwhile may show as a torn tail.",
    "Exit code 0: no record is lost between the first and the last. 1: records are lost, or "
      + "there is no store.",
  ]
  let program = ProgramSpec(
    "queuehub", "The queue service: queues, numbers, calls, visits, ratings.",
    version: queuehubVersion,
    commands: [
      CommandSpec(
        "run", "Run the queue service until SIGTERM.",
        options: [
          data,
          .value("listen", "HOST:PORT", "address for nodes (127.0.0.1:7557)"),
          .value("name", "NAME", "name of this hub in its own facts (hub)"),
          .value("heartbeat-ms", "MS", "how often nodes give a sign of life (15000)"),
          .value(
            "rating-window-s", "S",
            "a rating so long after the end of a visit at its counter is of that visit (300)"),
          .flag("verbose", "log every call and session"),
        ],
        details: [
          "There is no authentication yet: only addresses of this machine itself are taken, "
            + "127.0.0.1 or [::1]. Other boxes come through a tunnel that knows them, such as "
            + "ssh -L.",
          "Exit code 0: stopped by SIGTERM or SIGINT. 1: it cannot run now. 2: the command line "
            + "cannot be used.",
        ]),
      CommandSpec(
        "facts", "List all facts of the store, in order.", options: [data, json],
        details: inspection),
      CommandSpec(
        "state", "Show who waits and who is served.", options: [data, json], details: inspection),
      CommandSpec(
        "ratings", "Count ratings by branch, counter and question.",
        options: [
          data, json, .value("last-days", "N", "only those of the last N times 24 hours (all)"),
        ],
        details: [
          "A rating in whose place another one stands is not counted; how many there were is told. "
            + "The five numbers are those of the ratings 1 to 5."
        ] + inspection),
      tellCommand,
    ])
  let code = program.main(Array(CommandLine.arguments.dropFirst())) { arguments in
    switch arguments.command.name {
    case "run": return try runHub(arguments)
    case "facts": return try listFacts(arguments)
    case "ratings": return try showRatings(arguments)
    case "tell": return try tellNode(arguments)
    default: return try showState(arguments)
    }
  }
  return code.rawValue
}
