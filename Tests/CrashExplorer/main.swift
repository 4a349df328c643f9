import Glibc

exit(crashExplorerMain(Array(CommandLine.arguments.dropFirst())))
