/// The import map: what stands in Package.swift, and nothing else.
enum ImportRules {
  /// The floor of the programs, where Foundation may be used.
  static let programFloor = 6
  /// System modules that any room may know. Not Dispatch: its global queue and the default actor
  /// pool wake an idle process once a second.
  static let systemModules: Set<String> = ["Glibc", "Synchronization"]
  static let testModules: Set<String> = ["Testing", "Foundation", "FoundationEssentials"]

  static func check(_ file: HouseFile, _ map: PackageMap) -> [Finding] {
    guard let room = file.room else {
      return [file.finding(0, "belongs to no target of Package.swift")]
    }
    return imports(of: file.text).flatMap { line, module in
      problems(with: module, in: room, map).map { file.finding(line, $0) }
    }
  }

  private static func problems(
    with module: String, in room: PackageMap.Room, _ map: PackageMap
  ) -> [String] {
    guard let other = map.room(module: module) else { return foreign(module, room) }
    guard room.dependencies.contains(other.name) else {
      return ["\(room.name) imports \(module) without a word in Package.swift"]
    }
    return []
  }

  private static func foreign(_ module: String, _ room: PackageMap.Room) -> [String] {
    if systemModules.contains(module) { return [] }
    if room.isTest && testModules.contains(module) { return [] }
    if module == "Foundation", let floor = room.floor {
      return floor >= programFloor ? [] : ["Foundation below floor \(programFloor)"]
    }
    return ["\(module) is no module of this house"]
  }

  /// The modules that a file imports, with their lines, whatever stands around the word.
  static func imports(of text: SwiftText) -> [(Int, String)] {
    let kinds: Set = ["struct", "class", "enum", "protocol", "func", "var", "let", "typealias"]
    return text.tokensByLine.compactMap { line, tokens in
      let rest = tokens.drop { token in
        token.text == "@" || attributes.contains(token.text)
      }
      guard rest.first?.text == "import" else { return nil }
      guard let module = rest.dropFirst().first(where: { !kinds.contains($0.text) }) else {
        return nil
      }
      return (line, module.text)
    }
  }

  private static let attributes: Set<String> = [
    "testable", "public", "package", "internal", "fileprivate", "private", "preconcurrency",
    "_exported", "_implementationOnly", "_spi", "_spiOnly", "(", ")",
  ]

  /// Dependencies go down, or stay on their floor where Package.swift says so.
  static func checkFloors(_ map: PackageMap) -> [Finding] {
    map.rooms.flatMap { room -> [Finding] in
      guard let floor = room.floor else { return [] }
      return room.dependencies.sorted().compactMap { name in
        guard let other = map.rooms.first(where: { $0.name == name }) else {
          return finding(room, "\(room.name) depends on \(name), which does not exist")
        }
        guard let otherFloor = other.floor else {
          return finding(room, "\(room.name) depends on \(name), which is for tests")
        }
        return otherFloor <= floor
          ? nil : finding(room, "\(room.name) on floor \(floor) looks up to \(name)")
      }
    }
  }

  /// Every room says in one line what it is for; a test target is named after what it tests.
  static func checkComments(_ map: PackageMap) -> [Finding] {
    map.rooms.filter { $0.kind != "tests" && !map.text.isOnlyComment($0.line - 1) }
      .compactMap { finding($0, "\($0.name) has no comment line above it") }
  }

  private static func finding(_ room: PackageMap.Room, _ text: String) -> Finding? {
    Finding(file: "Package.swift", line: room.line, text: text)
  }
}
