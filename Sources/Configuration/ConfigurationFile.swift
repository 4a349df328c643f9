import Branch
import DeviceProfiles
public import PositionedJSON

/// The text of a node's configuration. Read in two steps, because it may name the directory of
/// the profiles that the second step needs.
public struct ConfigurationFile: Sendable {
  private let document: JSONDocument

  public init(file: String, bytes: [UInt8]) {
    document = JSONDocument(file: file, bytes: bytes)
  }

  /// The directory under `devices`, when one is written there that can be used.
  public var devicesDirectory: String? {
    guard let written = document.value?["devices"] else { return nil }
    let silent = Findings(file: document.file)
    return JSONField(value: written, path: "devices", findings: silent).absolutePath()
  }

  /// A mistake in what stands under these keys, numbers for elements of lists, for those who
  /// compare it with the box.
  public func mistake(
    at keys: [String], code: String, message: String, cure: String
  ) -> Diagnostic {
    let written = keys.reduce(document.value) { value, key in
      value?[key] ?? Int(key).flatMap { value?.elements?[$0] }
    }
    let path = keys.reduce("") { path, key in
      Int(key) != nil ? "\(path)[\(key)]" : path.isEmpty ? key : "\(path).\(key)"
    }
    return Diagnostic(
      file: document.file, position: written?.start ?? .start,
      field: path, code: code, message: message, cure: cure)
  }

  /// Either a configuration or at least one diagnostic, never both.
  public func read(
    profiles: ProfileLibrary
  ) -> (configuration: NodeConfiguration?, diagnostics: [Diagnostic]) {
    let findings = Findings(file: document.file, diagnostics: document.diagnostics)
    guard let root = JSONField(root: document, findings: findings) else {
      return (nil, findings.diagnostics)
    }
    let reader = ConfigurationReader(root: root.value, profiles: profiles)
    let configuration = root.object(reader.readNode)
    return (findings.isEmpty ? configuration : nil, findings.diagnostics)
  }
}

extension NodeConfiguration {
  /// Both steps in one, for callers that have the profiles already.
  public static func read(
    file: String, bytes: [UInt8], profiles: ProfileLibrary
  ) -> (configuration: NodeConfiguration?, diagnostics: [Diagnostic]) {
    ConfigurationFile(file: file, bytes: bytes).read(profiles: profiles)
  }
}
