import BranchSimulator
import Glibc

var seeds: UInt64 = 100
var first: UInt64 = 1
var minutes: Int?
var traced: UInt64?
var arguments = CommandLine.arguments.dropFirst()
while let word = arguments.popFirst() {
  let value = arguments.popFirst().flatMap { UInt64($0) }
  switch word {
  case "--seeds": seeds = value ?? seeds
  case "--from": first = value ?? first
  case "--minutes": minutes = value.map { Int($0) }
  case "--trace": traced = value
  default: break
  }
}
let size = WorldSize(minutes: minutes)
if let traced {
  let report = World(seed: traced, size: size, traced: true).run()
  for line in report.trace { print(line) }
  print(report.failure ?? "held")
  exit(report.failure == nil ? 0 : 1)
}
var virtual_ms: Int64 = 0
var failures = 0
for seed in first..<first + seeds {
  let report = World(seed: seed, size: size).run()
  virtual_ms += report.virtual_ms
  if let failure = report.failure {
    failures += 1
    print("seed \(seed): \(failure)")
  }
}
print("\(seeds) worlds, \(virtual_ms / 3_600_000) hours, \(failures) failed")
exit(failures == 0 ? 0 : 1)
