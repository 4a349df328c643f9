import Branch
import CommandLineKit
import Configuration
import DeviceProfiles
import Glibc
import LinuxIO
import PositionedJSON
import Technician

/// A configuration with its profiles, or what is wrong with them.
struct LoadedConfiguration {
  var configuration: NodeConfiguration?
  var profiles = ProfileLibrary()
  var diagnostics: [Diagnostic] = []
  /// What the configuration asks of the box and the box does not have; only a node that runs needs
  /// it, and `doctor` looks for itself.
  var lacks: [Diagnostic] = []

  /// A larger file is no configuration.
  static let file_bytes_max = 1 << 20

  /// Reads the file and the profiles that it names.
  init(file: String) throws(Problem) {
    let source = ConfigurationFile(file: file, bytes: try readFile(file))
    let named = source.devicesDirectory
    if let named, let cause = unusableFolder(named) {
      // Without them every device would be a mistake.
      diagnostics = [
        source.mistake(
          at: ["devices"], code: "no-profiles", message: "no device profiles in \(named): \(cause)",
          cure: "Correct the path, or leave \"devices\" out for the installed profiles.")
      ]
      return
    }
    let directory = if let named { named } else { try usualProfileDirectory() }
    let (profiles, mistakes) = loadProfiles(in: directory)
    let (configuration, diagnostics) = source.read(profiles: profiles)
    self.profiles = profiles
    self.diagnostics = mistakes + diagnostics
    // A broken profile that this node does not use is told, and keeps nobody waiting.
    self.configuration = configuration
    readTemplates(source)
    if let zone = configuration?.branch.timeZone, let problem = BoxCheck.zoneProblem(zone) {
      lacks = [
        source.mistake(
          at: ["branch", "timezone"], code: problem.code,
          message: "\(problem.what): \(problem.cause)", cure: problem.cure)
      ]
    }
  }

  /// Templates with mistakes are told; their printers print the plain ticket meanwhile.
  private mutating func readTemplates(_ source: ConfigurationFile) {
    for file in configuration?.templateFiles ?? [] {
      let (template, mistakes) = loadTemplate(file)
      configuration?.designs[file] = template
      diagnostics += mistakes
    }
    if let configuration {
      diagnostics += source.languageMistakes(configuration)
      diagnostics += source.logoMistakes(configuration)
    }
  }

  /// For a command that can do nothing without it: a file that cannot be read is a wrong command
  /// line.
  init(file: String, for command: String) throws(Misuse) {
    do throws(Problem) {
      try self.init(file: file)
    } catch {
      throw Misuse("\(error)", command: command)
    }
  }

  /// The configuration, or a `Misuse` that lists all mistakes: no restart will mend them.
  func required() throws(Misuse) -> NodeConfiguration {
    guard let configuration else { throw unusable(diagnostics) }
    return configuration
  }

  /// The configuration for a node that runs on this box.
  func requiredToRun() throws(Misuse) -> NodeConfiguration {
    let configuration = try required()
    guard lacks.isEmpty else { throw unusable(lacks) }
    return configuration
  }

  private func unusable(_ mistakes: [Diagnostic]) -> Misuse {
    Misuse(
      "the configuration cannot be used:\n"
        + mistakes.map { "  \($0)" }.joined(separator: "\n"), command: "check-config")
  }
}

/// The whole of a profile's file. Nothing else is waited for or read without end: somebody's pipe
/// or device in the folder must not stop the node.
func readRegularFile(
  _ path: String, bytes_max: Int = LoadedConfiguration.file_bytes_max
) throws(Problem) -> [UInt8] {
  var status = stat()
  if stat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
    throw Problem(
      code: "file", what: "cannot read \(path)", cause: "it is no regular file",
      cure: "Move it elsewhere.")
  }
  return try readFile(path, O_NONBLOCK | O_NOCTTY, bytes_max: bytes_max)
}

/// The whole file, if it has at most `bytes_max`.
func readFile(
  _ path: String, _ flags: CInt = 0, bytes_max: Int = LoadedConfiguration.file_bytes_max
) throws(Problem) -> [UInt8] {
  do throws(SystemError) {
    let file = try SystemCall.open(path, O_RDONLY | flags)
    return try readAll(file.raw, bytes_max: bytes_max) { false }
  } catch {
    throw fileProblem(path, error)
  }
}

/// All that comes, if it is at most `bytes_max`.
///
/// - Parameter waits: called when nothing is there yet; false ends the reading.
func readAll(
  _ descriptor: CInt, bytes_max: Int = LoadedConfiguration.file_bytes_max, waits: () -> Bool
) throws(SystemError) -> [UInt8] {
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while bytes.count <= bytes_max {
    let result = buffer.withUnsafeMutableBytes { SystemCall.read(descriptor, into: $0) }
    switch result {
    case .bytes(let count): bytes += buffer[..<count]
    case .end: return bytes
    case .wouldBlock: if !waits() { return bytes }
    case .failed(let error): throw error
    }
  }
  throw SystemError("read", errno: EFBIG)
}

func fileProblem(_ path: String, _ error: SystemError) -> Problem {
  let cure =
    switch error.errno {
    case ENOENT: "Check the path."
    case EACCES: "Give this user the right to read it: ls -l \(path)."
    case EFBIG: "It is larger than such a file can be; check the path."
    default: "Check the file and the disk."
    }
  return Problem(
    code: "file", what: "cannot read \(path)", cause: error.text, cure: cure)
}
