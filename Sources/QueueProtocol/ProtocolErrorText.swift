extension ProtocolError {
  /// What the sender should do; the `text` of an ERROR line.
  public var cure: String {
    switch self {
    case .tooLong: "keep lines within 4096 bytes"
    case .notUTF8: "send UTF-8"
    case .syntax: "see the grammar in PROTOCOL.md"
    case .unknownVerb: "see the list of verbs in PROTOCOL.md"
    case .missingField: "add the missing field, see PROTOCOL.md"
    case .badValue: "a value is out of its range or form, see PROTOCOL.md"
    case .noSession: "send HELLO first"
    case .badVersion: "this side speaks version 1"
    case .gap: "send the facts in order, from the one after the last ACK"
    case .behind: "the journal is older than what the hub has of its epoch: start a new epoch"
    case .twin:
      "two boxes have the same journal: give one of them an empty journal and a node id of its own"
    case .taken: "another box speaks for this node; try again when it has been silent for a while"
    case .wrongNode: "the line is of another node than the session: connect anew and say HELLO"
    case .replaced: "another connection says that it is this node"
    case .unknownService: "declare the service with SERVICE first"
    case .unknownCounter: "declare the counter with COUNTER first"
    case .unknownNode: "no node of that name has ever said HELLO here"
    case .prefixTaken: "another service of the branch has this prefix"
    case .empty: "nobody waits for this counter"
    case .nobody: "no visit is at this counter"
    case .expired: "the request came too late and was not carried out"
    case .exhausted: "the numbers of the day are used up"
    case .given: "somebody may hold this number"
    case .notGiven: "nobody holds this number"
    case .unknownCode: "nobody was booked with this code"
    case .wrongBranch: "the code was booked at another branch"
    case .tooEarly: "it is too early to check in for this appointment"
    case .tooLate: "it is too late to check in for this appointment"
    case .used: "a number was given for this code already"
    case .busy: "try again later"
    }
  }
}
