/// The targets of Package.swift, read from its text: that file is the map, and a check that asked
/// the package manager would see what it made of the map instead.
struct PackageMap {
  struct Room: Equatable {
    let name: String
    /// `.target`, `room`, `program`, `tests`…
    let kind: String
    let dependencies: Set<String>
    /// Folder of its files, with a slash at the end.
    let folder: String
    /// The number of the array it stands in; nil in `proof`, whose targets may know everything.
    let floor: Int?
    let line: Int

    var isTest: Bool { floor == nil }
    var isLibrary: Bool { !isTest && kind != "program" && kind != "executableTarget" }
    /// How `import` spells it.
    var module: String { name.replacing("-", with: "_") }
  }

  let rooms: [Room]
  let text: SwiftText

  init(_ source: String) {
    text = SwiftText(source)
    var rooms: [Room] = []
    let tokens = text.tokens
    for index in tokens.indices where Self.opensArray(tokens, index) {
      let name = tokens[index + 1].text
      let floor = name.hasPrefix("floor") ? Int(name.dropFirst(5)) : nil
      rooms += Self.rooms(in: Self.group(tokens, from: index + 7), floor: floor)
    }
    self.rooms = rooms
  }

  func room(of file: String) -> Room? {
    rooms.filter { file.hasPrefix($0.folder) }.max { $0.folder.count < $1.folder.count }
  }

  func room(module: String) -> Room? { rooms.first { $0.module == module } }

  /// `let NAME: [Target] = [`
  private static func opensArray(_ tokens: [Token], _ index: Int) -> Bool {
    index + 7 < tokens.count && tokens[index].text == "let"
      && tokens[(index + 2)...(index + 7)].map(\.text) == [":", "[", "Target", "]", "=", "["]
  }

  /// What stands between the bracket at `start` and its partner.
  private static func group(_ tokens: [Token], from start: Int) -> ArraySlice<Token> {
    var depth = 0
    for index in start..<tokens.count where tokens[index].kind == .sign {
      if "([{".contains(tokens[index].text) { depth += 1 }
      if ")]}".contains(tokens[index].text) { depth -= 1 }
      if depth == 0 { return tokens[(start + 1)..<index] }
    }
    return []
  }

  private static func rooms(in array: ArraySlice<Token>, floor: Int?) -> [Room] {
    let tokens = Array(array)
    var rooms: [Room] = []
    var index = 0
    while index + 1 < tokens.count {
      guard tokens[index].kind == .word, tokens[index + 1].text == "(" else {
        index += 1
        continue
      }
      let call = Array(group(tokens, from: index + 1))
      if let room = room(tokens[index], call, floor) { rooms.append(room) }
      index += call.count + 3
    }
    return rooms
  }

  private static func room(_ kind: Token, _ call: [Token], _ floor: Int?) -> Room? {
    guard let name = call.first(where: { $0.kind == .string })?.text else { return nil }
    func label(_ name: String) -> Int? {
      call.indices.first {
        $0 + 2 < call.count && call[$0].text == name && call[$0 + 1].text == ":"
      }
      .map { $0 + 2 }
    }
    // room, program and tests take the list without a label.
    let isOwn = ["room", "program", "tests"].contains(kind.text)
    let list = isOwn ? call.firstIndex { $0.text == "[" } : label("dependencies")
    let dependencies = list.map { group(call, from: $0) } ?? []
    let folder =
      label("path").map { call[$0].text }
      ?? (kind.text == "tests" || kind.text == "testTarget" ? "Tests/" : "Sources/") + name
    return Room(
      name: name, kind: kind.text,
      dependencies: Set(dependencies.filter { $0.kind == .string }.map(\.text)),
      folder: folder + "/", floor: floor, line: kind.line)
  }
}
