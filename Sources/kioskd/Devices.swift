import Branch
import CommandLineKit
import DeviceInventory
import DeviceProfiles
import Glibc
import LinuxIO
import Technician

/// Lists what is plugged in. Finding nothing is no failure.
func listDevices(_ arguments: Arguments) throws -> ExitCode {
  let listing = DeviceListing(
    DeviceInventory().devices(), profiles: try knownProfiles(arguments),
    aliases: NodeAliases.read(), holders: { DeviceHolder.others(of: $0) },
    user: Accounts().user(geteuid()), isRoot: geteuid() == 0)
  if arguments.has("json") {
    Output.line(listing.json.indented)
  } else {
    for line in listing.lines { Output.line(line) }
  }
  return .success
}

/// The profiles of --profiles, or of the usual place. When there are none in that, devices can be
/// shown all the same.
func knownProfiles(_ arguments: Arguments) throws -> ProfileLibrary {
  do {
    let (profiles, mistakes) = loadProfiles(in: try profileDirectory(arguments))
    for mistake in mistakes { Output.line("\(mistake)", to: .error) }
    return profiles
  } catch let problem as Problem {
    Output.line("\(problem)", to: .error)
    return ProfileLibrary()
  }
}
