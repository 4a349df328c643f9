import Branch
import CommandLineKit
import Configuration
import DeviceProfiles
import Glibc
import LinuxIO
import PositionedJSON

/// A configuration with its profiles, or what is wrong with them.
struct LoadedConfiguration {
  var configuration: NodeConfiguration?
  var profiles: ProfileLibrary
  var diagnostics: [Diagnostic]

  /// Where the package puts the profiles.
  static let installedProfiles = "/usr/share/kioskd/Devices"
  /// A larger file is no configuration.
  static let file_bytes_max = 1 << 20

  /// Reads the file and the profiles that it names.
  init(file: String) throws(Problem) {
    let source = ConfigurationFile(file: file, bytes: try readFile(file))
    let (profiles, mistakes) = try loadProfiles(from: source.devicesDirectory)
    let (configuration, diagnostics) = source.read(profiles: profiles)
    self.profiles = profiles
    self.diagnostics = mistakes + diagnostics
    // A broken profile that this node does not use is told, and keeps nobody waiting.
    self.configuration = configuration
  }

  /// The configuration, or a `Misuse` that lists all mistakes: no restart will mend them.
  func required() throws(Misuse) -> NodeConfiguration {
    guard let configuration else {
      throw Misuse(
        "the configuration cannot be used:\n"
          + diagnostics.map { "  \($0)" }.joined(separator: "\n"), command: "check-config")
    }
    return configuration
  }
}

/// All profiles of the directory: the one given, else the first of those where they may be.
func loadProfiles(from given: String?) throws(Problem) -> (ProfileLibrary, [Diagnostic]) {
  let directory = try profileDirectory(given)
  var files: [(name: String, bytes: [UInt8])] = []
  for name in SmallFile.entries(directory) where ProfileLibrary.isProfile(fileName: name) {
    files.append((directory + "/" + name, try readFile(directory + "/" + name)))
  }
  let (library, diagnostics) = ProfileLibrary.load(files)
  return (library, diagnostics)
}

/// A build in the project's own folder finds the profiles beside its sources.
func profileDirectory(_ given: String?) throws(Problem) -> String {
  let program = SmallFile.linkTarget("/proc/self/exe") ?? ""
  let build = program.split(separator: "/").dropLast().firstIndex { $0.hasPrefix(".build") }
  var candidates = [given ?? LoadedConfiguration.installedProfiles]
  if given == nil {
    if let build {
      candidates.append(
        "/" + program.split(separator: "/")[..<build].joined(separator: "/") + "/Devices")
    }
    candidates.append("Devices")
  }
  guard let found = candidates.first(where: { access($0, R_OK | X_OK) == 0 }) else {
    throw Problem(
      code: "no-profiles", what: "no device profiles in \(candidates.joined(separator: ", "))",
      cause: "the folder is not there or cannot be read",
      cure: "Install the package, or name the folder with \"devices\" in the configuration.")
  }
  return found
}

/// The whole file, at most `file_bytes_max`.
func readFile(_ path: String) throws(Problem) -> [UInt8] {
  do throws(SystemError) {
    let file = try SystemCall.open(path, O_RDONLY)
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while bytes.count <= LoadedConfiguration.file_bytes_max {
      let result = buffer.withUnsafeMutableBytes { SystemCall.read(file.raw, into: $0) }
      switch result {
      case .bytes(let count): bytes += buffer[..<count]
      case .end, .wouldBlock: return bytes
      case .failed(let error): throw error
      }
    }
    throw SystemError("read", errno: EFBIG)
  } catch {
    throw fileProblem(path, error)
  }
}

func fileProblem(_ path: String, _ error: SystemError) -> Problem {
  let cure =
    switch error.errno {
    case ENOENT: "Check the path."
    case EACCES: "Give this user the right to read it: ls -l \(path)."
    case EFBIG: "This is no configuration; check the path."
    default: "Check the file and the disk."
    }
  return Problem(
    code: "file", what: "cannot read \(path)", cause: error.text, cure: cure)
}
