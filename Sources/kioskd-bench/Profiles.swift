import Branch
import Configuration
import DeviceProfiles
import Glibc
import LinuxIO
import NodeRuntime
import TicketLayout

/// The device profiles, and configurations that use them.
struct Profiles {
  static let installed = "/usr/share/kioskd/Devices"

  let directory: String
  let library: ProfileLibrary

  /// - Parameter given: nil for those beside the sources of this build, else the installed ones.
  init(_ given: String?) throws(Problem) {
    let program = SmallFile.linkTarget("/proc/self/exe") ?? ""
    let parts = program.split(separator: "/")
    let build = parts.firstIndex { $0.hasPrefix(".build") }
    let own = build.map { "/" + parts[..<$0].joined(separator: "/") + "/Devices" }
    let candidates = given.map { [$0] } ?? [own, Self.installed].compactMap { $0 }
    guard let directory = candidates.first(where: { access($0, R_OK | X_OK) == 0 }) else {
      throw benchProblem(
        "no device profiles in \(candidates.joined(separator: ", "))",
        "the directory is not there or cannot be read", cure: "Name it: --devices DIR.")
    }
    self.directory = directory
    let files = SmallFile.entries(directory).compactMap { name in
      SmallFile.bytes("\(directory)/\(name)").map { (name: "\(directory)/\(name)", bytes: $0) }
    }
    let (library, mistakes) = ProfileLibrary.load(files)
    if let mistake = mistakes.first {
      throw benchProblem("a profile cannot be used", "\(mistake)", cure: "Mend the profile.")
    }
    self.library = library
  }

  func printer(_ name: String) throws(Problem) -> PrinterCapabilities {
    guard let id = ProfileID(name), let profile = library.printers[id] else {
      throw benchProblem(
        "no printer profile \(name)", "it is not in \(directory)", cure: "Name its directory.")
    }
    return PrinterCapabilities(profile)
  }

  func configuration(_ text: String) throws(Problem) -> NodeConfiguration {
    let (configuration, mistakes) = NodeConfiguration.read(
      file: "of this measure", bytes: Array(text.utf8), profiles: library)
    guard let configuration else {
      throw benchProblem(
        "the configuration cannot be used", mistakes.map { "\($0)" }.joined(separator: "; "),
        cure: "Use the profiles that belong to this program: --devices DIR.")
    }
    return configuration
  }

  /// The head of every configuration here; the measure adds its devices.
  func configurationText(journal: String, hubPort: UInt16, reserve: Int = 50, _ rest: String)
    -> String
  {
    """
    {
      "node": "bench-1",
      "branch": {"id": "bench", "name": "Town Hall", "timezone": "Europe/Berlin"},
      "journal": {"directory": "\(journal)"},
      "hub": {"addresses": ["127.0.0.1:\(hubPort)"]},
      "devices": "\(directory)",
      "numbers": {"first": 1, "last": 9999, "reserve": \(reserve)},
      "services": [{"id": "cash", "prefix": "A", "name": "Cash desk"}],
      "counters": [{"id": "1", "services": ["cash"]}],
      \(rest)
    }
    """
  }
}
