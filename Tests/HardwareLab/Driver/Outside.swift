import CLinux
import Glibc

/// The driver outside: one guest for each scenario, a few at a time, one line each when it ends.
struct Outside {
  var image = ""
  var share = ""
  var logs = ""
  var jobs = 2
  var keeps = false
  var paths: [String] = []

  static func run(_ arguments: [String]) -> Int32 {
    do throws(LabError) {
      let outside = try Outside(arguments)
      var scenarios: [Scenario] = []
      for path in outside.paths { scenarios.append(try Lab.load(path)) }
      return try outside.run(scenarios)
    } catch {
      say("kioskd-lab: \(error)")
      return 64
    }
  }

  init(_ arguments: [String]) throws(LabError) {
    var rest = arguments[...]
    func value(_ option: String) throws(LabError) -> String {
      guard let value = rest.popFirst() else { throw LabError("\(option) needs a value") }
      return value
    }
    while let word = rest.popFirst() {
      switch word {
      case "--image": image = try value(word)
      case "--share": share = try value(word)
      case "--logs": logs = try value(word)
      case "--jobs": jobs = Int(try value(word)) ?? 0
      case "--keep": keeps = true
      default: paths.append(word)
      }
    }
    guard !image.isEmpty, !share.isEmpty, !logs.isEmpty, jobs > 0, !paths.isEmpty else {
      throw LabError(Lab.usage)
    }
  }

  /// Longest first would be shorter; the order of the command line is easier to read.
  private func run(_ scenarios: [Scenario]) throws(LabError) -> Int32 {
    var waiting = scenarios[...]
    var running: [Guest] = []
    var failures = 0
    let start = monotonic_ms()
    Children.noteEnds()
    while !waiting.isEmpty || !running.isEmpty {
      while running.count < jobs, let scenario = waiting.popFirst() {
        running.append(try Guest(scenario, image: image, share: share, logs: logs))
      }
      for guest in running where guest.hasEnded() {
        failures += guest.passed ? 0 : 1
        guest.report(keeps: keeps)
      }
      let count = running.count
      running.removeAll { $0.isOver }
      // Another may take the place of one that is over.
      if running.count == count { Children.awaitEnd(until: running.compactMap(\.limit).min()) }
    }
    let time = seconds(monotonic_ms() - start, decimals: 1)
    say("\(scenarios.count - failures) of \(scenarios.count) scenarios passed in \(time)s")
    return failures == 0 ? 0 : 1
  }
}
