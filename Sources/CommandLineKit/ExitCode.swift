/// How a program ends. Two failures, because a supervisor treats them differently: what went wrong
/// at run time may go away by itself, a wrong command line never does.
public enum ExitCode: Int32, Sendable, CaseIterable {
  case success = 0
  case failure = 1
  /// kioskd.service and queuehub.service do not restart on it (RestartPreventExitStatus).
  case misuse = 2

  var meaning: String {
    switch self {
    case .success: "Done, and nothing wrong was found."
    case .failure: "It failed, or it found a problem."
    case .misuse:
      "The command line, or the configuration it names, cannot be used: another try will not "
        + "help."
    }
  }
}
