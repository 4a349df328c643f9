public import Branch

/// Values of fields, as both directions read them.
extension Line {
  func required(_ key: String) throws(ProtocolError) -> String {
    guard let value = self[key] else { throw .missingField }
    return value
  }

  func number<Number: FixedWidthInteger>(_ key: String, default fallback: Number)
    throws(ProtocolError) -> Number
  {
    guard let text = self[key] else { return fallback }
    return try need(decimal(text))
  }

  func onlyNumber() throws(ProtocolError) -> UInt64 {
    guard words.count == 1 else { throw .syntax }
    return try need(decimal(words[0]))
  }

  func instant(_ key: String) throws(ProtocolError) -> WallTime? {
    guard let text = self[key] else { return nil }
    return try need(WallTime(onWire: text))
  }

  /// A name of 1 to 32 letters, digits, `.`, `_`, `-`.
  func name(_ key: String) throws(ProtocolError) -> String? {
    guard let text = self[key] else { return nil }
    return try need(NodeID(text)).text
  }

  /// Names with commas between; empty when the field is not there.
  func names(_ key: String, atMost count_max: Int) throws(ProtocolError) -> [String] {
    guard let text = self[key] else { return [] }
    let names = text.split(separator: ",", omittingEmptySubsequences: false)
    guard names.count <= count_max else { throw .badValue }
    var list: [String] = []
    for name in names { list.append(try need(NodeID(String(name))).text) }
    return list
  }

  /// `yes` or `no`; `no` when it is not there.
  func flag(_ key: String) throws(ProtocolError) -> Bool {
    switch self[key] {
    case "yes": true
    case "no", nil: false
    default: throw .badValue
    }
  }
}

/// A whole number of up to 16 digits, at most `Line.number_max`. No sign: Swift's own reading
/// would take `+5` and `-0`.
func decimal<Number: FixedWidthInteger>(_ text: String) -> Number? {
  guard (1...16).contains(text.utf8.count), text.utf8.allSatisfy({ (48...57).contains($0) }),
    let number = UInt64(text), number <= Line.number_max
  else { return nil }
  return Number(exactly: number)
}

extension WallTime {
  /// The last instant that the protocol can say: the last millisecond of the year 9999. Sums and
  /// differences with it cannot overflow.
  public static let onWire_max = WallTime(ms: 253_402_300_799_999)

  init?(onWire text: String) {
    guard let ms: Int64 = decimal(text), ms <= Self.onWire_max.ms else { return nil }
    self.init(ms: ms)
  }
}

func need<Value>(_ value: Value?) throws(ProtocolError) -> Value {
  guard let value else { throw .badValue }
  return value
}
