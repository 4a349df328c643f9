import BranchSimulator
import Glibc

guard let order = Order(CommandLine.arguments.dropFirst()) else {
  Terminal.tell(Order.usage)
  exit(2)
}
switch order.task {
case .trace(let seed):
  let report = order.world(seed, traced: true).run()
  for line in report.trace { print(line) }
  print("seed \(seed): \(report.failure ?? "all checks held")")
  exit(report.failure == nil ? 0 : 1)
case .work(let seeds, let every): Worker(order: order).run(seeds, every: every)
case .run(let seeds): exit(Run(order: order, seeds: seeds).run() ? 0 : 1)
}
