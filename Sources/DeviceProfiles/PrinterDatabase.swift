import Branch
import PositionedJSON

/// A file of the open database escpos-printer-db (github.com/receipt-print-hq/escpos-printer-db,
/// CC BY 4.0): its `dist/capabilities.json` as it is, or single entries of that.
public struct PrinterDatabase: Sendable {
  /// Entries that are read of one file; the database has some fifty.
  public static let entries_max = 1000
  static let keyLength = 1...80

  /// One model as the database describes it.
  public struct Entry: Sendable {
    /// Its name in the database, `TM-T88V`.
    public let key: String
    fileprivate let value: JSONValue
    fileprivate let path: String

    /// What the entry calls the model, for a list; nil when it does not say.
    public var name: String? { value["name"]?.string }
    public var vendor: String? { value["vendor"]?.string }
  }

  public let file: String
  /// In the order of the file.
  public let entries: [Entry]
  /// The file is one entry, without the key by which the database calls it.
  public let isBareEntry: Bool

  /// Reads a file: `{"profiles": {KEY: entry, …}}`, `{KEY: entry, …}` or a bare entry. No database
  /// means that there is a diagnostic, and the other way round.
  public static func read(
    file: String, bytes: [UInt8]
  ) -> (database: PrinterDatabase?, diagnostics: [Diagnostic]) {
    let document = JSONDocument(file: file, bytes: bytes)
    let findings = Findings(file: file, diagnostics: document.diagnostics)
    guard let root = JSONField(root: document, findings: findings) else {
      return (nil, findings.diagnostics)
    }
    let isBare = root.value.members != nil && !isTable(root.value)
    let entries =
      isBare
      ? [Entry(key: root.value["name"]?.string ?? "", value: root.value, path: "")]
      : entries(root)
    guard findings.isEmpty else { return (nil, findings.diagnostics) }
    return (PrinterDatabase(file: file, entries: entries, isBareEntry: isBare), [])
  }

  private static func entries(_ root: JSONField) -> [Entry] {
    let table = JSONField(
      value: root.value["profiles"] ?? root.value,
      path: root.value["profiles"] == nil ? "" : "profiles", findings: root.findings)
    let entries = (table.members(count_max: entries_max) ?? []).map { member, field in
      Entry(key: member.key, value: field.value, path: field.path)
    }
    if entries.isEmpty, root.findings.isEmpty {
      table.report(
        code: "no-entries", "there is no entry of a printer in it",
        cure: "Give capabilities.json of escpos-printer-db, or one entry of its \"profiles\".")
    }
    return entries
  }

  /// Whether the members are named entries, and not the parts of one.
  private static func isTable(_ value: JSONValue) -> Bool {
    if value["profiles"] != nil { return true }
    return (value.members ?? []).allSatisfy { $0.value.members?.isEmpty == false }
      && value["fonts"] == nil
  }
}

extension PrinterDatabase {
  /// The key that a mistyped one most likely means; nil when none is near.
  public func nearestKey(to written: String) -> String? {
    nearestName(to: written, among: entries.map(\.key))
  }

  /// Makes one of our profiles of an entry: JSON with comments, which `ProfileLibrary` takes as it
  /// is. No text means that there is a diagnostic, and the other way round.
  ///
  /// - Parameter key: what the sources of its facts call the entry, when it is not its own key.
  public func profile(
    of entry: Entry, calling key: String? = nil
  ) -> (profile: ImportedProfile?, diagnostics: [Diagnostic]) {
    let findings = Findings(file: file)
    let field = JSONField(value: entry.value, path: entry.path, findings: findings)
    let key = key ?? entry.key
    guard Self.keyLength.contains(key.unicodeScalars.count), !hasControl(key) else {
      field.report(
        code: "model-name", "the entry has no usable name",
        cure: "Give it one of 1 to \(Self.keyLength.upperBound) characters with --model.")
      return (nil, findings.diagnostics)
    }
    let facts = field.object { DatabaseEntry(key: key, $0) }
    guard let facts, findings.isEmpty else { return (nil, findings.diagnostics) }
    return (ImportedProfile(facts), [])
  }

  /// What the reader of profiles refuses in a text.
  private func hasControl(_ text: String) -> Bool {
    text.unicodeScalars.contains {
      $0.properties.generalCategory == .control || (0x2028...0x2029).contains($0.value)
    }
  }
}
