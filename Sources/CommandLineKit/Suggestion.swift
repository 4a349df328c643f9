/// The candidate that a person most likely meant: at most one slip in three characters away, and
/// nearer than any other. nil when nothing is near.
func nearest(to word: String, in candidates: Set<String>) -> String? {
  let limit = max(1, word.count / 3)
  // Sorted, so that the same slip always gets the same answer.
  let ranked = candidates.sorted().map { (distance(word, $0), $0) }
  guard let best = ranked.min(by: { $0.0 < $1.0 }), best.0 <= limit else { return nil }
  return best.1
}

func meant(_ suggestion: String?) -> String {
  suggestion.map { "; did you mean '\($0)'?" } ?? ""
}

/// Letters to insert, drop, replace or swap with their neighbour to come from one word to the
/// other (optimal string alignment).
func distance(_ left: String, _ right: String) -> Int {
  let left = Array(left)
  let right = Array(right)
  var beforeLast: [Int] = []
  var last = Array(0...right.count)
  for row in 0..<left.count {
    var current = [row + 1]
    for column in 0..<right.count {
      let same = left[row] == right[column]
      var best = min(last[column + 1] + 1, current[column] + 1, last[column] + (same ? 0 : 1))
      if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
        best = min(best, beforeLast[column - 1] + 1)
      }
      current.append(best)
    }
    (beforeLast, last) = (last, current)
  }
  return last[right.count]
}
