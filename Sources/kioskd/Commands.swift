import Branch
import CommandLineKit

let kioskdVersion = "0.1.0"

func kioskdMain() -> CInt {
  let config = CommandOption.value("config", "FILE", "configuration of the node", required: true)
  let program = ProgramSpec(
    "kioskd", "Drives printers, signs and terminals of a service branch.",
    version: kioskdVersion,
    commands: [
      CommandSpec(
        "run", "Run the node until SIGTERM.",
        options: [config, .flag("verbose", "log what is ordinary as well")],
        details: [
          "Exit code 0: stopped by SIGTERM or SIGINT. 1: it cannot run now. 2: the configuration "
            + "has mistakes.",
          " Example: kioskd run --config /etc/kioskd/kioskd.json",
        ]),
      demoCommand,
      CommandSpec(
        "check-config", "Check a configuration; each mistake with its place and cure.",
        operands: [Operand("FILE", "configuration of a node")],
        details: [
          "Exit code 0: no mistake. 1: mistakes were found.",
          " Example: kioskd check-config /etc/kioskd/kioskd.json",
        ]),
      CommandSpec(
        "journal verify", "Read a journal from end to end and tell what is wrong with it.",
        operands: [Operand("DIR", "directory of the journal, or a copy of it")],
        details: [
          "Changes nothing, and works beside a running kioskd; what that writes meanwhile may show "
            + "as a torn tail.",
          "Exit code 0: no record is lost between the first and the last. 1: records are lost, or "
            + "there is no journal.",
          " Example: kioskd journal verify /var/lib/kioskd/journal",
        ]),
      CommandSpec(
        "journal show", "Print the records of a journal, one a line.",
        operands: [Operand("DIR", "directory of the journal, or a copy of it")],
        details: [
          "Position, kind, number of a fact, and text. Damaged records are passed over and told of "
            + "on standard error.",
          "Exit code 0: all records were shown. 1: some are lost, there are none, or no journal.",
          " Example: kioskd journal show /var/lib/kioskd/journal",
        ]),
      CommandSpec(
        "journal export", "Print the facts of a journal, one a line.",
        options: [.flag("json", "one JSON object a line")],
        operands: [Operand("DIR", "directory of the journal, or a copy of it")],
        details: [
          "Time, epoch and number, kind, and fields, as queuehub facts prints them. Needs no lock "
            + "and changes nothing.",
          "Exit code 0: all facts were printed. 1: some are lost or cannot be read, or there is no "
            + "journal.",
          " Example: kioskd journal export /tmp/box42 --json > facts.jsonl",
        ]),
      CommandSpec(
        "journal repair", "Write a sound copy of a damaged journal.",
        options: [.value("to", "NEWDIR", "where the copy goes; is made", required: true)],
        operands: [Operand("DIR", "directory of the journal, or a copy of it; only read")],
        details: [
          "All records that can be read, with their numbers. A daemon that is started on the copy "
            + "sends what the queue service lacks, and gives no number of a lost record again.",
          "Exit code 0: all records are in the copy. 1: records are lost, and were told, or there "
            + "is no copy.",
          " Example: kioskd journal repair /tmp/box42 --to /tmp/box42-repaired",
        ]),
      profileImportCommand, teachCommand, pinCommand,
    ] + technicianCommands + captureCommands + orderCommands)
  let code = program.main(Array(CommandLine.arguments.dropFirst())) { arguments in
    switch arguments.command.name {
    case "run": try runNode(arguments)
    case "check-config": try checkConfiguration(arguments)
    case "demo": try runDemo(arguments)
    case "journal verify": try verifyJournal(arguments)
    case "journal show": try showJournal(arguments)
    case "journal export": try exportJournal(arguments)
    case "journal repair": try repairJournal(arguments)
    case "profile import": try importProfile(arguments)
    case "teach": try teachBox(arguments)
    case "pin": try makePIN(arguments)
    case "reprint": try orderReprint(arguments)
    case "roll": try orderRoll(arguments)
    default: try runTechnicianCommand(arguments)
    }
  }
  return code.rawValue
}
