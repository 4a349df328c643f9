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
    DeviceInventory().devices(), profiles: knownProfiles(arguments),
    aliases: NodeAliases.read(), holders: { DeviceHolder.others(of: $0) },
    user: Accounts().user(geteuid()), isRoot: geteuid() == 0)
  if arguments.has("json") {
    Output.line(listing.json.indented)
  } else {
    for line in listing.lines { Output.line(line) }
  }
  return .success
}

/// The profiles of --profiles, or of the usual place. Without any, devices can be shown all the
/// same.
func knownProfiles(_ arguments: Arguments) -> ProfileLibrary {
  do throws(Problem) {
    let (profiles, mistakes) = try loadProfiles(from: arguments["profiles"])
    for mistake in mistakes { Output.line("\(mistake)", to: .error) }
    return profiles
  } catch {
    Output.line("\(error)", to: .error)
    return ProfileLibrary()
  }
}
