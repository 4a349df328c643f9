import Branch

/// What a backend says, in words for a technician: `printer-state-reasons`,
/// `printer-state-message`, `job-state-reasons` and `job-printer-state-message`.
package enum BackendWords {
  /// Characters of a backend's message that are told on.
  package static let message_max = 200

  /// A message as one line: blanks for line ends and control characters, cut when it is long.
  package static func line(_ message: String) -> String {
    var line = ""
    var count = 0
    for scalar in message.unicodeScalars {
      guard count < message_max else { return line + "…" }
      let isPlain = scalar.properties.generalCategory != .control
      if isPlain, scalar != " " {
        line.unicodeScalars.append(scalar)
      } else if !line.isEmpty, line.last != " " {
        line.append(" ")
      }
      count += 1
    }
    if line.last == " " { line.removeLast() }
    return line
  }

  /// `The backend says: "The head is too hot"`, or nothing.
  static func quoted(_ message: String) -> String? {
    let line = line(message)
    return line.isEmpty ? nil : "the backend says \"\(line)\""
  }

  /// A reason that means trouble, with its cure; nil: none that a technician has to know of.
  static func words(_ reason: String) -> (text: String, cure: String)? {
    let (keyword, isError) = QueueState.split(reason)
    if let known = known[keyword] { return known }
    switch QueueState.condition(reason) {
    case .paused, .mediaLow, nil: return isError ? unknown(keyword) : nil
    case .other: return unknown(keyword)
    case let condition?: return condition.words
    }
  }

  /// Vendors put their domain in front of theirs: `com.example-head-hot`.
  private static func unknown(_ keyword: String) -> (text: String, cure: String) {
    (
      "the printer reports \"\(line(keyword))\"",
      "Look for that word in the printer's manual and for an error light; switch it off and on."
    )
  }

  /// Of RFC 8011, 5.4.12, and of cupsd (cups-backend(7), scheduler/job.c): what does not stop a
  /// queue in our words and yet keeps tickets back, or has a cure of its own.
  private static let known: [String: (text: String, cure: String)] = [
    "output-area-full": ("its output is full", "Take the paper out of its mouth."),
    "output-tray-missing": ("its output tray is missing", "Put the tray back."),
    "input-tray-missing": ("its paper tray is missing", "Put the tray back."),
    "marker-supply-empty": ("its ink or ribbon is used up", "Put in a new ribbon."),
    "toner-empty": ("its toner is used up", "Put in new toner."),
    "fuser-over-temp": ("it is too hot", "Let it cool down and look for dirt at its fans."),
    "spool-area-full": ("the disk of the CUPS server is full", "Make room on that machine."),
    "cups-missing-filter": (
      "a program that the queue needs is missing",
      "Make the queue raw: `sudo lpadmin -p` with its name and `-m raw`."
    ),
    "cups-insecure-filter": (
      "a program that the queue needs may be changed by others",
      "Look into the error log of CUPS for its name; only root may own it and write to it."
    ),
  ]

  /// A reason of a job that has a cause or a cure of its own (cupsd's scheduler/job.c).
  static func words(ofJob reason: String) -> (text: String, cure: String)? {
    switch reason {
    case "cups-held-for-authentication":
      (
        "the printer wants a user and a password",
        "Write them into the device URI of the queue: `sudo lpadmin -p` with its name and `-v`."
      )
    case "cups-backend-crashed":
      ("the backend crashed", "Look into the error log of CUPS.")
    case "cups-filter-crashed", "job-completed-with-errors":
      (
        "a filter of the queue failed",
        "Make the queue raw: `sudo lpadmin -p` with its name and `-m raw`."
      )
    case "account-info-needed", "account-closed", "account-limit-reached",
      "account-authorization-failed":
      ("the printer wants an account for each job", "Take its accounting off.")
    default: nil
    }
  }
}
