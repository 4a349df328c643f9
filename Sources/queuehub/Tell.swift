import Branch
import CommandLineKit
import LineSocket
import LinuxIO
import QueueProtocol

let tellCommand = CommandSpec(
  "tell", "Give a node an order, as TELL of the protocol does.",
  options: [.value("hub", "HOST:PORT", "address of the service (127.0.0.1:7557)")],
  operands: [
    Operand("NODE", "name of the node"), Operand("ORDER", "word and fields, in quotes"),
  ],
  details: [
    "Orders are show, message, print, configure, roll and ask; PROTOCOL.md has their fields. The "
      + "service numbers the order and keeps it until the node has it, at most an hour; what came "
      + "of it stands in the facts.",
    "Exit code 0: the service has it. 1: it refused it, or was not reached. 2: it is no order.",
    " Example: queuehub tell kiosk1 'show sign=main text=\"Back at two\" for_ms=60000'\n"
      + "          queuehub tell kiosk1 'message text=\"PLEASE LEAVE\" layer=alert for_ms=600000'\n"
      + "          queuehub tell kiosk1 'print printer=front ticket=A012 service=cash \\\n"
      + "            day=2026-11-22 reprint=yes'",
  ])

func tellNode(_ arguments: Arguments) throws -> ExitCode {
  let (node, command) = try readOrder(arguments.operands[0], arguments.operands[1])
  let hub = arguments["hub"] ?? "127.0.0.1:7557"
  guard let address = HostPort(hub) else {
    throw Misuse("--hub takes host:port, not '\(hub)'", command: "tell")
  }
  Signals.ignoreBrokenPipes()
  let order = NodeMessage.tell(node, command, id: 0)
  switch OrderErrand.run(order, to: [address], on: try EventLoop()) {
  case .taken:
    Output.line("the service has the order for \(node)")
    return .success
  case .refused(let code, let text):
    Output.line("queuehub: refused [\(code)]: \(text)", to: .error)
    return .failure
  case .failed(let problem): throw problem
  case nil: return .failure
  }
}

private func readOrder(_ node: String, _ order: String) throws(Misuse) -> (NodeID, HubCommand) {
  guard NodeID(node) != nil else {
    throw Misuse("'\(node)' is no name of a node", command: "tell")
  }
  if let mistake = HubOrderForm.mistake(in: order) {
    throw Misuse("this is no order: \(mistake)", command: "tell")
  }
  let message = try? NodeMessage(parsing: Array("TELL \(node) \(order)".utf8))
  guard case .tell(let node, let command, _)? = message else {
    let usage = HubOrderForm.form(of: order)?.usage ?? order
    throw Misuse("a value is out of its range or form; it takes: \(usage)", command: "tell")
  }
  return (node, command)
}
