import Glibc

/// `kioskd-lab`: the same program runs on the machine that starts the guests and inside of them.
func runLab() -> Int32 {
  let arguments = Array(CommandLine.arguments.dropFirst())
  switch arguments.first {
  case "inside" where arguments.count == 2: return Inside.run(arguments[1])
  case "outside": return Outside.run(Array(arguments.dropFirst()))
  case "disk" where arguments.count == 2: return Lab.serveDisk(arguments[1])
  case "check" where arguments.count > 1: return Lab.check(Array(arguments.dropFirst()))
  default:
    say(Lab.usage)
    return 64
  }
}

enum Lab {
  static let usage = """
    usage: kioskd-lab check SCENARIO-FILE...
           kioskd-lab outside --image DIR --share DIR --logs DIR [--jobs N] [--keep] FILE...
           kioskd-lab inside SCENARIO-FILE
           kioskd-lab disk DIR
    Tests/HardwareLab/run calls it; LAB.md tells how.
    """

  static func load(_ path: String) throws(LabError) -> Scenario {
    guard let text = readText(path) else { throw failed("read \(path)") }
    return try ScenarioParser.parse(text, name: name(of: path))
  }

  /// `main-job` of `Tests/HardwareLab/Scenarios/main-job.scenario`.
  static func name(of path: String) -> String {
    let file = path.split(separator: "/").last.map(String.init) ?? path
    return file.hasSuffix(".scenario") ? String(file.dropLast(".scenario".count)) : file
  }

  /// The process that a guest's logged disk lives in; ends with the guest.
  static func serveDisk(_ directory: String) -> Int32 {
    do throws(LabError) {
      let server = try BlockServer(
        image: "\(directory)/run.img", log: "\(directory)/disk.requests",
        disk: "\(directory)/disk.sock", marks: "\(directory)/marks.sock")
      try server.serve()
      return 0
    } catch {
      say("kioskd-lab: \(error)")
      return 1
    }
  }

  static func check(_ paths: [String]) -> Int32 {
    var status: Int32 = 0
    for path in paths {
      do throws(LabError) {
        _ = try load(path)
      } catch {
        say("\(error)")
        status = 1
      }
    }
    return status
  }
}
