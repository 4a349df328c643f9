import CommandLineKit
import LinuxIO

/// One measure's line: its name, how the program was built, then the figures in order.
struct Measure {
  private var members: [OutputJSON.Member]

  /// Figures of a debug build say nothing about the product.
  static var build: String {
    #if DEBUG
      "debug"
    #else
      "release"
    #endif
  }

  init(_ name: String) {
    members = [.init("measure", .string(name)), .init("build", .string(Self.build))]
  }

  mutating func add(_ name: String, _ value: Int) {
    members.append(.init(name, .integer(Int64(value))))
  }

  mutating func add(_ name: String, _ text: String) { members.append(.init(name, .string(text))) }

  mutating func add(_ name: String, _ value: Bool) { members.append(.init(name, .bool(value))) }

  /// Rounded to so many decimals: more would only pretend to be exact.
  mutating func add(_ name: String, _ value: Double, decimals: Int = 0) {
    guard decimals > 0 else { return add(name, Int(value.rounded())) }
    let scale = (0..<decimals).reduce(1.0) { product, _ in product * 10 }
    members.append(.init(name, .number((value * scale).rounded() / scale)))
  }

  func write() { Output.line(OutputJSON.object(members).compact) }
}

/// Figures in order of size. Not empty.
struct Sorted {
  private let values: [Double]

  init(_ values: [Double]) {
    precondition(!values.isEmpty)
    self.values = values.sorted()
  }

  var median: Double { percentile(50) }
  var least: Double { values[0] }
  var greatest: Double { values[values.count - 1] }

  /// The least value that so many percent of all do not exceed.
  func percentile(_ percent: Int) -> Double {
    values[max(0, (values.count * percent + 99) / 100 - 1)]
  }
}

/// Seconds since `start_ns` of the same clock.
func secondsSince(_ start_ns: UInt64) -> Double {
  Double(Clock.nanoseconds() - start_ns) / 1_000_000_000
}
