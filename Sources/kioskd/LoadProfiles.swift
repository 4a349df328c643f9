import Branch
import CommandLineKit
import DeviceProfiles
import Glibc
import LinuxIO
import PositionedJSON

/// Where the package puts the profiles.
private let installedProfiles = "/usr/share/kioskd/Devices"

/// All profiles of a directory. A file that cannot be read is told of like a mistake in a profile:
/// whoever does not use it is not kept waiting.
func loadProfiles(in directory: String) -> (ProfileLibrary, [Diagnostic]) {
  let names = SmallFile.entries(directory).filter { ProfileLibrary.isProfile(fileName: $0) }
  var files: [(name: String, bytes: [UInt8])] = []
  var unreadable: [(name: String, problem: Problem)] = []
  // One more than the library takes, so that it can tell of them.
  for path in names.prefix(ProfileLibrary.files_max + 1).map({ directory + "/" + $0 }) {
    do throws(Problem) {
      files.append((path, try readRegularFile(path)))
    } catch {
      unreadable.append((path, error))
    }
  }
  var (library, diagnostics) = ProfileLibrary.load(files)
  for file in unreadable {
    diagnostics.append(library.passOver(fileName: file.name, file.problem))
  }
  return (library, diagnostics)
}

/// The directory under `--profiles`, else the usual one.
func profileDirectory(_ arguments: Arguments) throws -> String {
  guard let given = arguments["profiles"] else { return try usualProfileDirectory() }
  if let cause = unusableFolder(given) {
    throw Misuse(
      "'--profiles' takes a folder with device profiles: \(given): \(cause)",
      command: arguments.command.name)
  }
  return given
}

/// A build in the project's own folder finds the profiles beside its sources.
func usualProfileDirectory() throws(Problem) -> String {
  let program = (SmallFile.linkTarget("/proc/self/exe") ?? "").split(separator: "/")
  var candidates = [installedProfiles]
  if let build = program.dropLast().firstIndex(where: { $0.hasPrefix(".build") }) {
    candidates.append("/" + program[..<build].joined(separator: "/") + "/Devices")
  }
  candidates.append("Devices")
  guard let found = candidates.first(where: { unusableFolder($0) == nil }) else {
    throw Problem(
      code: "no-profiles", what: "no device profiles in \(candidates.joined(separator: ", "))",
      cause: "the folder is not there or cannot be read",
      cure: "Install the package, or name the folder with \"devices\" in the configuration.")
  }
  return found
}

/// Why there are no profiles to be had from it; nil when there may be.
func unusableFolder(_ path: String) -> String? {
  var status = stat()
  guard stat(path, &status) == 0, access(path, R_OK | X_OK) == 0 else {
    return String(cString: strerror(errno))
  }
  return status.st_mode & S_IFMT == S_IFDIR ? nil : String(cString: strerror(ENOTDIR))
}
