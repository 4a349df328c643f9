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
  let text = "TELL \(arguments.operands[0]) \(arguments.operands[1])"
  guard case .tell(let node, let command, _)? = try? NodeMessage(parsing: Array(text.utf8)) else {
    throw Misuse("this is no order: \(arguments.operands[1])", command: "tell")
  }
  let hub = arguments["hub"] ?? "127.0.0.1:7557"
  guard let address = HostPort(hub) else {
    throw Misuse("--hub takes host:port, not '\(hub)'", command: "tell")
  }
  Signals.ignoreBrokenPipes()
  let loop = try EventLoop()
  var outcome: OrderErrand.Outcome?
  let errand = OrderErrand(
    loop: loop, addresses: [address], order: .tell(node, command, id: 0)
  ) {
    outcome = $0
    loop.stop()
  }
  errand.start()
  loop.run()
  switch outcome {
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
