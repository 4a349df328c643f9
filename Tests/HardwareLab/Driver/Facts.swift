import Glibc
import PositionedJSON

/// One fact as `queuehub facts --json` prints it.
struct Fact {
  let fields: [String: String]

  var kind: String { fields["kind"] ?? "" }
  var ticket: String? { fields["ticket"] }
  /// What makes it the same fact wherever it turns up.
  var identity: String {
    ["node", "epoch", "seq"].map { fields[$0] ?? "?" }.joined(separator: "/")
  }
  var seq: Int? { fields["seq"].flatMap { Int($0) } }

  /// A line must be an object with kind, node, epoch, seq and at.
  init(line: String) throws(LabError) {
    let document = JSONDocument(file: "facts", bytes: Array(line.utf8))
    guard let members = document.value?.members else { throw LabError("no fact: \(line)") }
    fields = Dictionary(
      members.map { ($0.key, $0.value.asWord) }, uniquingKeysWith: { first, _ in first })
    for key in ["kind", "node", "epoch", "seq", "at"] where fields[key] == nil {
      throw LabError("a fact without \(key): \(line)")
    }
  }

  func has(_ wanted: [Field]) -> Bool {
    wanted.allSatisfy { fields[$0.key] == $0.value }
  }
}

extension JSONValue {
  /// The value as a scenario writes it after `key=`.
  fileprivate var asWord: String {
    switch content {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let number): "\(number)"
    case .decimal(let text): text
    case .string(let text): text
    case .array, .object: spokenKind
    }
  }
}

/// Kinds of facts that the lab's own rules rely on; Branch.FactKind names all. Text of its own,
/// because the lab checks what the programs say, not what they meant.
enum FactKinds {
  /// A ticket number was given to a customer.
  static let issued = "ticket-issued"
  /// The printer said that it is done.
  static let printed = "ticket-printed"
  /// All or some bytes went, and no answer came.
  static let unconfirmed = "ticket-unconfirmed"
  /// Nothing came out.
  static let failed = "ticket-failed"
  static let refused = "press-refused"
  /// The number is taken back.
  static let voided = "ticket-voided"
  static let endings: Set = [printed, unconfirmed, failed, voided]
}

extension World {
  /// What the hub has stored, read by the same command that a technician uses.
  func facts() throws(LabError) -> [Fact] {
    let output = "/tmp/facts.jsonl"
    let child = try spawn(
      ["queuehub", "facts", "--data", ProgramName.hubData, "--json"], output: .file(output))
    var state: Int32 = 0
    let hasEnded = try pump.run(for: Self.stop_ms) { () throws(LabError) in
      waitpid(child, &state, WNOHANG) == child
    }
    guard hasEnded else {
      kill(child, SIGKILL)
      waitpid(child, &state, 0)
      throw LabError("queuehub facts does not end")
    }
    guard state == 0 else { throw LabError("queuehub facts failed, wait status \(state)") }
    let lines = (readText(output) ?? "").split(separator: "\n")
    var facts: [Fact] = []
    for line in lines { facts.append(try Fact(line: String(line))) }
    return facts
  }

  /// Leaves the facts beside the logs, for whoever looks into a failure.
  func keepFacts() {
    guard exists(ProgramName.hubData), (try? facts()) != nil,
      let bytes = readBytes("/tmp/facts.jsonl")
    else { return }
    try? writeFile("/out/facts.jsonl", bytes, flags: O_CREAT | O_TRUNC)
  }
}
