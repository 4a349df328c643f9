/// The IEEE 1284 device id that GET_DEVICE_ID gives: `MFG:EPSON;MDL:TM-T88V;CLS:PRINTER;`.
package struct DeviceID: Equatable, Sendable {
  package var manufacturer = ""
  package var model = ""
  package var serial = ""

  /// Two bytes of length, then `KEY:value;` pairs. [USB printer class 1.1, 4.2.1; IEEE 1284-2000,
  /// 7.6] The length is not looked at: some printers count themselves wrong or in the wrong order,
  /// and the transfer has told how much came.
  package init?(_ bytes: [UInt8]) {
    guard bytes.count > 2 else { return nil }
    let text = String(decoding: bytes[2...].prefix { $0 != 0 }, as: UTF8.self)
    for pair in text.split(separator: ";") {
      let parts = pair.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { continue }
      let value = Self.trimmed(parts[1])
      switch Self.trimmed(parts[0]).uppercased() {
      case "MFG", "MANUFACTURER": manufacturer = value
      case "MDL", "MODEL": model = value
      case "SN", "SERN", "SERIALNUMBER": serial = value
      default: break
      }
    }
    if manufacturer.isEmpty, model.isEmpty { return nil }
  }

  private static func trimmed(_ text: Substring) -> String {
    var rest = text
    while rest.first?.isWhitespace == true { rest.removeFirst() }
    while rest.last?.isWhitespace == true { rest.removeLast() }
    return String(rest)
  }
}
