import Branch

/// Gathers every mistake of one file, so that a person mends them in one go. Confined to the call
/// that reads the file.
public final class Findings {
  /// Diagnostics kept for one file; what follows is only counted.
  public static let count_max = 100

  public let file: String
  private var kept: [Diagnostic] = []
  private var dropped = 0

  public init(file: String, diagnostics: [Diagnostic] = []) {
    self.file = file
    for diagnostic in diagnostics { add(diagnostic) }
  }

  public var isEmpty: Bool { kept.isEmpty }
  /// All that was reported so far, kept or not.
  public var count: Int { kept.count + dropped }

  public func add(_ diagnostic: Diagnostic) {
    if kept.count < Self.count_max { kept.append(diagnostic) } else { dropped += 1 }
  }

  public func report(
    at position: SourcePosition, field: String, code: String, message: String, cure: String
  ) {
    add(
      Diagnostic(
        file: file, position: position, field: field, code: code, message: message, cure: cure))
  }

  /// All findings in the order in which they stand in the file. When some had to be dropped, the
  /// last one says how many.
  public var diagnostics: [Diagnostic] {
    var sorted = kept.enumerated().sorted {
      ($0.element.position, $0.offset) < ($1.element.position, $1.offset)
    }.map(\.element)
    if dropped > 0, let last = sorted.last {
      sorted.append(
        Diagnostic(
          file: file, position: last.position, field: "", code: "too-many-errors",
          message: "\(dropped) more errors are not shown",
          cure: "Mend those above and check again."))
    }
    return sorted
  }
}
