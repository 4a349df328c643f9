import Configuration
import DeviceProfiles
import PositionedJSON

extension FuzzTarget {
  static let json = FuzzTarget(name: "json") { bytes in
    let document = JSONDocument(file: "f.json", bytes: bytes)
    always(document.value != nil || !document.diagnostics.isEmpty, "refused without a reason")
  }

  static let configuration = FuzzTarget(name: "configuration") { bytes in
    let (configuration, diagnostics) = NodeConfiguration.read(
      file: "kioskd.json", bytes: bytes, profiles: ProfileLibrary())
    always((configuration == nil) != diagnostics.isEmpty, "a configuration with mistakes, or none")
  }

  static let profiles = FuzzTarget(name: "profiles") { bytes in
    var library = ProfileLibrary()
    let diagnostics = library.add(fileName: "model.json", bytes: bytes)
    let isThere = ProfileID("model").flatMap { library.kind(of: $0) } != nil
    always(isThere == diagnostics.isEmpty, "a profile with mistakes, or none without")
  }

  /// An entry of the open database, which becomes a profile that is taken as it is.
  static let printerDatabase = FuzzTarget(name: "printer-database") { bytes in
    let (database, diagnostics) = PrinterDatabase.read(file: "f.json", bytes: bytes)
    always((database == nil) != diagnostics.isEmpty, "entries with mistakes, or none without")
    for entry in database?.entries ?? [] {
      guard let database else { return }
      let (profile, mistakes) = database.profile(of: entry)
      always((profile == nil) != mistakes.isEmpty, "a profile with mistakes, or none without")
      guard let profile else { continue }
      var library = ProfileLibrary()
      let refused = library.add(
        fileName: "\(profile.suggestedID).json", bytes: Array(profile.text.utf8))
      always(refused.isEmpty, "\(refused)")
    }
  }
}
