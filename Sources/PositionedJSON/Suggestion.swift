/// The known name that a misspelt one most likely means; nil when none is near.
public func nearestName(to written: String, among known: [String]) -> String? {
  let length_max = 40
  let letters = Array(written.lowercased().unicodeScalars.prefix(length_max + 1))
  guard !letters.isEmpty, letters.count <= length_max else { return nil }
  var best: (name: String, distance: Int)?
  for name in known {
    let other = Array(name.lowercased().unicodeScalars.prefix(length_max))
    let distance = editDistance(letters, other)
    // A third of the letters wrong is still a slip of the finger; more is another word.
    guard distance <= max(1, max(letters.count, other.count) / 3) else { continue }
    if best.map({ distance < $0.distance }) ?? true { best = (name, distance) }
  }
  return best?.name
}

/// Insertions, removals, replacements and swaps of neighbours that turn one text into the other
/// (Damerau and Levenshtein, restricted form).
private func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
  var before: [Int] = []
  var previous = Array(0...right.count)
  for row in left.indices {
    var current = [row + 1]
    for column in right.indices {
      let replaced = previous[column] + (left[row] == right[column] ? 0 : 1)
      var cost = min(replaced, previous[column + 1] + 1, current[column] + 1)
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        cost = min(cost, before[column - 1] + 1)
      }
      current.append(cost)
    }
    before = previous
    previous = current
  }
  return previous[right.count]
}
