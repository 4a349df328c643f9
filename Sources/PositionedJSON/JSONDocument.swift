/// The text of one file, read: JSON (RFC 8259) with `//` and `/* */` comments and with a comma
/// allowed behind the last element. Nothing else is relaxed. A leading byte order mark is skipped.
public struct JSONDocument: Sendable {
  /// Larger files are refused unread.
  public static let size_bytes_max = 1 << 20
  /// Lists and objects inside of each other.
  public static let depth_max = 32
  /// Characters of one number.
  public static let numberLength_max = 64

  public let file: String
  /// nil when the text breaks the grammar; then there is at least one diagnostic.
  public let value: JSONValue?
  /// Doubled keys, and the place where the grammar was broken. Empty: the text is sound.
  public let diagnostics: [Diagnostic]

  /// Never fails otherwise than by `diagnostics`, whatever the bytes.
  public init(file: String, bytes: [UInt8]) {
    self.file = file
    guard bytes.count <= Self.size_bytes_max else {
      value = nil
      diagnostics = [
        Diagnostic(
          file: file, position: .start, field: "", code: "json-too-large",
          message: "the file has \(bytes.count) bytes, more than \(Self.size_bytes_max)",
          cure: "Check that this is the right file.")
      ]
      return
    }
    var parser = JSONParser(file: file, bytes: bytes)
    value = parser.parseDocument()
    diagnostics = parser.findings.diagnostics
  }
}
