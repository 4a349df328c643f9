import BranchSimulator
import Glibc

var seeds: UInt64 = 100
var first: UInt64 = 1
var size = WorldSize.short
var bug: PlantedBug?
var stops = false
var traced: UInt64?
var arguments = CommandLine.arguments.dropFirst()
while let word = arguments.popFirst() {
  if word == "--long" { size = .long; continue }
  if word == "--bug" { bug = arguments.popFirst().flatMap { PlantedBug(rawValue: $0) }; stops = true; continue }
  let value = arguments.popFirst().flatMap { UInt64($0) }
  switch word {
  case "--seeds": seeds = value ?? seeds
  case "--from": first = value ?? first
  case "--trace": traced = value
  default: break
  }
}
if let traced {
  let report = World(seed: traced, size: size, bug: bug, traced: true).run()
  for line in report.trace { print(line) }
  print(report.failure ?? "held")
  exit(report.failure == nil ? 0 : 1)
}
var virtual_ms: Int64 = 0
var failures = 0
for seed in first..<first + seeds {
  let report = World(seed: seed, size: size, bug: bug).run()
  virtual_ms += report.virtual_ms
  if let failure = report.failure {
    failures += 1
    print("seed \(seed): \(failure)")
    if stops { exit(1) }
  }
}
print("\(seeds) worlds, \(virtual_ms / 3_600_000) hours, \(failures) failed")
exit(failures == 0 ? 0 : 1)
