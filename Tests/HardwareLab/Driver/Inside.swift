import Glibc

/// The driver inside the guest: builds the world, walks through one scenario, tells its exit code.
enum Inside {
  static func run(_ path: String) -> Int32 {
    let start = monotonic_ms()
    do throws(LabError) {
      let scenario = try Lab.load(path)
      narrate("scenario \(scenario.name): \(scenario.about)")
      let world = try World(scenario.branch)
      narrate("the devices are plugged in")
      let passed = walk(scenario, in: world)
      world.keepFacts()
      narrate("\(passed ? "passed" : "FAILED") after \(monotonic_ms() - start) ms")
      return passed ? 0 : 1
    } catch {
      narrate("FAILED: \(error)")
      return 2
    }
  }

  private static func walk(_ scenario: Scenario, in world: World) -> Bool {
    let runner = StepRunner(world: world)
    for step in scenario.steps {
      narrate("\(scenario.name):\(step.line): \(step.text)")
      do throws(LabError) {
        try runner.run(step.action)
      } catch {
        narrate("FAILED \(scenario.name).scenario:\(step.line): \(step.text)\n    \(error)")
        return false
      }
    }
    return true
  }
}
