/// One place that breaks a rule of the house.
struct Finding: CustomStringConvertible, Equatable {
  let file: String
  /// From 1; 0 for the file as a whole.
  let line: Int
  let text: String

  var description: String { line > 0 ? "\(file):\(line): \(text)" : "\(file): \(text)" }
}

/// A source file and the room it belongs to.
struct HouseFile {
  let path: String
  let text: SwiftText
  let room: PackageMap.Room?

  func finding(_ line: Int, _ text: String) -> Finding {
    Finding(file: path, line: line, text: text)
  }
}
