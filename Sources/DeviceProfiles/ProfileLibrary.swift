import Branch
import PositionedJSON

/// What a profile describes.
public enum ProfileKind: String, Sendable, CaseIterable {
  case printer, sign, terminal
}

/// All profiles of a directory, by id.
public struct ProfileLibrary: Hashable, Sendable {
  /// Files of one directory that are read; the rest is reported.
  public static let files_max = 512

  public private(set) var printers: [ProfileID: PrinterProfile] = [:]
  public private(set) var signs: [ProfileID: SignProfile] = [:]
  public private(set) var terminals: [ProfileID: TerminalProfile] = [:]
  /// Files that were there and could not be used; each has its diagnostics.
  public private(set) var broken: Set<ProfileID> = []

  public init() {}

  /// Reads profile files, each with its name or path. Files that are no profiles by their name are
  /// passed over. Every mistake in any of them is told; sound profiles are usable nevertheless.
  public static func load(
    _ files: [(name: String, bytes: [UInt8])]
  ) -> (library: ProfileLibrary, diagnostics: [Diagnostic]) {
    var library = ProfileLibrary()
    var diagnostics: [Diagnostic] = []
    let profiles = files.filter { isProfile(fileName: $0.name) }
    for file in profiles.prefix(files_max) {
      diagnostics += library.add(fileName: file.name, bytes: file.bytes)
    }
    for file in profiles.dropFirst(files_max).prefix(1) {
      diagnostics.append(
        aboutFile(
          file.name, "too-many-profiles", "more than \(files_max) profiles are in the directory",
          "Move those that are not needed elsewhere."))
    }
    return (library, diagnostics)
  }

  /// `.json`, but not `.example.json`, which is how examples of configurations are named.
  public static func isProfile(fileName: String) -> Bool {
    fileName.hasSuffix(".json") && !fileName.hasSuffix(".example.json")
  }

  /// Reads one file into the library; no diagnostics mean that its profile is there.
  public mutating func add(fileName: String, bytes: [UInt8]) -> [Diagnostic] {
    guard let id = Self.id(fileName) else {
      return [
        Self.aboutFile(
          fileName, "profile-name", "the file's name cannot be the id of a profile",
          "Name it with 1 to \(ProfileID.length_max) of a-z A-Z 0-9 . _ - and .json .")
      ]
    }
    guard kind(of: id) == nil, !broken.contains(id) else {
      return [
        Self.aboutFile(
          fileName, "profile-doubled", "there is a profile \(quoted(id.text)) already",
          "Rename one of the two files.")
      ]
    }
    let document = JSONDocument(file: fileName, bytes: bytes)
    let findings = Findings(file: fileName, diagnostics: document.diagnostics)
    let profile = JSONField(root: document, findings: findings)?.object { Self.read(id, $0) }
    if let profile, findings.isEmpty { insert(profile) } else { broken.insert(id) }
    return findings.diagnostics
  }

  /// Notes a file that could not be read, which counts as a profile with a mistake.
  public mutating func passOver(fileName: String, _ problem: Problem) -> Diagnostic {
    if let id = Self.id(fileName), kind(of: id) == nil { broken.insert(id) }
    return Self.aboutFile(fileName, problem.code, problem.cause, problem.cure)
  }

  private static func id(_ fileName: String) -> ProfileID? {
    let base = fileName.split(separator: "/").last ?? ""
    return ProfileID(String(base.dropLast(".json".utf8.count)))
  }

  public mutating func insert(_ profile: PrinterProfile) { printers[profile.id] = profile }
  public mutating func insert(_ profile: SignProfile) { signs[profile.id] = profile }
  public mutating func insert(_ profile: TerminalProfile) { terminals[profile.id] = profile }

  public func kind(of id: ProfileID) -> ProfileKind? {
    if printers[id] != nil { return .printer }
    if signs[id] != nil { return .sign }
    return terminals[id] != nil ? .terminal : nil
  }

  /// Ids of all sound profiles of a kind, sorted.
  public func ids(of kind: ProfileKind) -> [ProfileID] {
    switch kind {
    case .printer: printers.keys.sorted()
    case .sign: signs.keys.sorted()
    case .terminal: terminals.keys.sorted()
    }
  }

  private enum AnyProfile {
    case printer(PrinterProfile)
    case sign(SignProfile)
    case terminal(TerminalProfile)
  }

  private static func read(_ id: ProfileID, _ reader: ObjectReader) -> AnyProfile? {
    let kind: ProfileKind? = reader.required("kind", example: "\"printer\"")?.choice()
    switch kind {
    case .printer: return PrinterProfile.read(id, reader).map { .printer($0) }
    case .sign: return SignProfile.read(id, reader).map { .sign($0) }
    case .terminal: return TerminalProfile.read(id, reader).map { .terminal($0) }
    case nil:
      // Without its kind nothing is known about the other keys.
      reader.acceptAnyKey()
      return nil
    }
  }

  private mutating func insert(_ profile: AnyProfile) {
    switch profile {
    case .printer(let profile): insert(profile)
    case .sign(let profile): insert(profile)
    case .terminal(let profile): insert(profile)
    }
  }

  private static func aboutFile(
    _ file: String, _ code: String, _ message: String, _ cure: String
  ) -> Diagnostic {
    Diagnostic(
      file: file, position: .start, field: "", code: code, message: message, cure: cure)
  }
}
