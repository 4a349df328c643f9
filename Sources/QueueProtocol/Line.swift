public import Branch

/// One line of the protocol, taken apart: verb, words, named fields. PROTOCOL.md has the grammar.
public struct Line: Hashable, Sendable {
  public var verb: String
  /// Words without a name, in order: sequence numbers, kinds.
  public var words: [String]
  public var fields: [Field]

  /// Bytes of a line at most, the line feed included.
  public static let length_max = 4096
  /// Words and fields of a line at most.
  public static let parts_max = 64
  /// Bytes, and words and fields, of a record at most: a hub adds fields to what it was sent.
  static let record_max = 2 * length_max
  static let recordParts_max = 2 * parts_max
  /// The greatest number on the wire, 2^53 - 1: what every language can count to. What is derived
  /// from a peer's number, one more or a sum of a few, cannot overflow.
  public static let number_max: UInt64 = 9_007_199_254_740_991

  public init(_ verb: String, _ words: [String] = [], _ fields: [Field] = []) {
    self.verb = verb
    self.words = words
    self.fields = fields
  }

  public subscript(key: String) -> String? { fields[key] }
}

/// Why a line was not understood. `rawValue` is the one-word error code on the wire.
public enum ProtocolError: String, Error, Sendable, CaseIterable {
  /// The line is longer than 4,096 bytes; ends the connection.
  case tooLong = "too-long"
  /// The line is not UTF-8; ends the connection.
  case notUTF8 = "not-utf8"
  /// The line does not follow the grammar.
  case syntax
  /// A verb that this side does not know.
  case unknownVerb = "unknown-verb"
  /// A field is missing.
  case missingField = "missing-field"
  /// A field has a value out of its range or form.
  case badValue = "bad-value"
  /// A session verb before HELLO was answered by WELCOME.
  case noSession = "no-session"
  /// HELLO named a version that this side does not speak.
  case badVersion = "bad-version"
  /// A fact's number is not the next one.
  case gap
  /// The node's journal is older than what the hub has of this epoch.
  case behind
  /// Another box goes on with the same journal, and has told the hub more than this one knows.
  case twin
  /// Another box speaks for this node just now; perhaps this one before its power went.
  case taken
  /// A line names another node, branch or epoch than the session's; ends the connection.
  case wrongNode = "wrong-node"
  /// Another connection of the same node took over.
  case replaced
  /// A service or counter that nobody declared.
  case unknownService = "unknown-service"
  case unknownCounter = "unknown-counter"
  /// A node that this hub has never heard of.
  case unknownNode = "unknown-node"
  /// The prefix belongs to another service of the branch.
  case prefixTaken = "prefix-taken"
  /// Nobody waits for this counter.
  case empty
  /// No visit is at this counter.
  case nobody
  /// The request came after its `by` instant and was not carried out.
  case expired
  /// The numbers of the day are used up.
  case exhausted
  /// A number that is to be printed anew was given already, to whomever.
  case given
  /// A number that is to be printed once more was given to nobody, or made void.
  case notGiven = "not-given"
  /// Nobody was booked with this code, or the booking was taken back or is long over.
  case unknownCode = "unknown-code"
  /// The code was booked at another branch.
  case wrongBranch = "wrong-branch"
  /// A customer checks in so long before or behind the appointment that it does not count.
  case tooEarly = "too-early"
  case tooLate = "too-late"
  /// A number was given for this code already.
  case used
  /// The other side is overloaded or shuts down; try again.
  case busy
}

extension Line {
  /// Takes a line apart; `bytes` without the line feed.
  public init(parsing bytes: [UInt8]) throws(ProtocolError) {
    var reader = LineReader(bytes: bytes, bytes_max: Self.length_max - 1, Self.parts_max)
    self = try reader.read()
  }

  public init(parsing bytes: some Collection<UInt8>) throws(ProtocolError) {
    try self.init(parsing: Array(bytes))
  }

  /// Takes a record of a journal apart, which has the grammar of a line and more room.
  public init(record bytes: [UInt8]) throws(ProtocolError) {
    var reader = LineReader(bytes: bytes, bytes_max: Self.record_max, Self.recordParts_max)
    self = try reader.read()
  }

  /// The line with its line feed.
  public func encoded() -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(128)
    encode(into: &out)
    out.append(UInt8(ascii: "\n"))
    return out
  }

  func encode(into out: inout [UInt8]) {
    out += verb.utf8
    for word in words {
      out.append(UInt8(ascii: " "))
      appendValue(word, to: &out)
    }
    for field in fields { append(field, to: &out) }
  }
}

extension Line: CustomStringConvertible {
  public var description: String { String(decoding: encoded().dropLast(), as: UTF8.self) }
}

/// ` key=value`, quoted where needed.
func append(_ field: Field, to out: inout [UInt8]) {
  out.append(UInt8(ascii: " "))
  out += field.key.utf8
  out.append(UInt8(ascii: "="))
  appendValue(field.value, to: &out)
}

/// A value as it stands on the wire: bare when it can be, else in double quotes with \" \\ \n \t
/// and \xHH for other control characters, so that no value can end a line.
func appendValue(_ value: String, to out: inout [UInt8]) {
  if !value.isEmpty, value.utf8.allSatisfy(isBare) {
    out += value.utf8
    return
  }
  let hex = Array("0123456789abcdef".utf8)
  out.append(UInt8(ascii: "\""))
  for byte in value.utf8 {
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): out += [UInt8(ascii: "\\"), byte]
    case UInt8(ascii: "\n"): out += Array("\\n".utf8)
    case UInt8(ascii: "\t"): out += Array("\\t".utf8)
    case 0..<0x20, 0x7F:
      out += Array("\\x".utf8)
      out += [hex[Int(byte >> 4)], hex[Int(byte & 15)]]
    default: out.append(byte)
    }
  }
  out.append(UInt8(ascii: "\""))
}

/// Printable ASCII but space, quote, backslash and equals sign; all of UTF-8 beyond ASCII.
func isBare(_ byte: UInt8) -> Bool {
  switch byte {
  case 0...0x20, 0x7F, UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "="): false
  default: true
  }
}
