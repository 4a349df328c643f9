import Branch
import CommandLineKit
import Configuration
import LineSocket
import LinuxIO
import NodeRuntime
import QueueProtocol

private let config = CommandOption.value(
  "config", "FILE", "configuration of the node", required: true)
private let printer = CommandOption.value(
  "printer", "ID", "which printer of the configuration; needed if it has several")

/// What a technician has the running node do. The order goes by way of the queue service, which
/// keeps it and records what came of it.
let orderCommands: [CommandSpec] = [
  CommandSpec(
    "reprint", "Have the running node print a ticket once more, marked as a reprint.",
    options: [
      config, printer, .value("day", "DAY", "when the number was given, 2026-11-22 (today)"),
    ],
    operands: [Operand("TICKET", "number on the ticket, A012")],
    details: [
      "The order goes to the queue service, which keeps it for the node for an hour at most. While "
        + "that is out of reach, a key with the action {\"reprint\": PRINTER} prints a printer's "
        + "last ticket once more.",
      "Exit code 0: the service has the order; the facts tell what came of it. 1: it does not.",
      " Example: kioskd reprint A012 --config /etc/kioskd/kioskd.json --printer front",
    ]),
  CommandSpec(
    "roll", "Tell the running node that a new roll was put into a printer.",
    options: [config, printer],
    details: [
      "For printers that cannot see it: those with a sensor for paper tell it by themselves. The "
        + "forecast of tickets left begins anew with \"rollMetres\" of the configuration.",
      "Exit code 0: the queue service has the word for the node. 1: it does not.",
      " Example: kioskd roll --config /etc/kioskd/kioskd.json --printer front",
    ]),
]

func orderReprint(_ arguments: Arguments) throws -> ExitCode {
  let (configuration, printer) = try ordered(arguments)
  guard let ticket = TicketNumber(arguments.operands[0]) else {
    throw Misuse(
      "'\(arguments.operands[0])' is no ticket number such as A012", command: "reprint")
  }
  guard let service = configuration.services.first(where: { $0.prefix == ticket.prefix }) else {
    let known = configuration.services.map(\.prefix).joined(separator: ", ")
    throw Misuse(
      "no service has tickets with \(ticket.prefix); there are: \(known)", command: "reprint")
  }
  BranchClock.use(zone: configuration.branch.timeZone)
  let day = arguments["day"].map { ServiceDay($0) } ?? BranchClock.now().local.day
  guard let day else {
    throw Misuse("--day takes a day such as 2026-11-22", command: "reprint")
  }
  let order = HubOrder.print(
    HubOrder.PrintOrder(
      printer: printer.id, ticket: ticket, service: service.id, day: day, isReprint: true))
  return try send(order, configuration, "\(ticket) will be printed once more on \(printer.id)")
}

func orderRoll(_ arguments: Arguments) throws -> ExitCode {
  let (configuration, printer) = try ordered(arguments)
  return try send(
    .newRoll(printer.id), configuration,
    "\(printer.id) has a new roll, as \(configuration.node) "
      + "will know")
}

private func ordered(
  _ arguments: Arguments
) throws -> (NodeConfiguration, PrinterConfiguration) {
  let command = arguments.command.name
  let configuration = try LoadedConfiguration(
    file: arguments.required("config"), for: command
  ).required()
  let printer = try choose(
    configuration.printers, arguments["printer"], id: \.id.text, "printer", command: command)
  return (configuration, printer)
}

private func send(
  _ order: HubOrder, _ configuration: NodeConfiguration, _ success: String
) throws -> ExitCode {
  let addresses = configuration.hub.addresses.compactMap { HostPort($0.description) }
  let message = NodeMessage.tell(configuration.node, .order(order), id: 0)
  switch OrderErrand.run(message, to: addresses, on: try makeLoop()) {
  case .taken:
    Output.line("the queue service has the order: \(success)")
    return .success
  case .refused(let code, let text):
    throw Problem(
      code: code, what: "the queue service refused the order", cause: text,
      cure: "Check node, printer and number; `kioskd doctor` shows whether the node has a session.")
  case .failed(let problem): throw problem
  case nil: return .failure
  }
}
