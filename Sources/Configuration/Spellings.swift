/// Whether the text is the number of an IPv6 host [RFC 4291, section 2.2], perhaps with the name of
/// an interface behind a percent sign [RFC 4007, section 11].
func isIPv6(_ text: Substring) -> Bool {
  let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
  if parts.count == 2, !isInterface(parts[1]) { return false }
  let groups_max = 8
  let number = parts[0]
  guard let gap = number.firstRange(of: "::") else { return countOfGroups(number) == groups_max }
  let before = number[..<gap.lowerBound]
  let behind = number[gap.upperBound...]
  guard let first = before.isEmpty ? 0 : countOfGroups(before, endsWithIPv4: false),
    let last = behind.isEmpty ? 0 : countOfGroups(behind)
  else { return false }
  return first + last < groups_max
}

/// nil when it is something else than groups of up to four hex digits with colons between; the last
/// may be an IPv4 number, which stands for two.
private func countOfGroups(_ text: Substring, endsWithIPv4 isIPv4Allowed: Bool = true) -> Int? {
  var groups = text.split(separator: ":", omittingEmptySubsequences: false)
  var count = 0
  if isIPv4Allowed, let last = groups.last, last.contains(".") {
    guard isIPv4(last) else { return nil }
    groups.removeLast()
    count = 2
  }
  for group in groups {
    guard (1...4).contains(group.utf8.count), group.allSatisfy({ $0.isASCII && $0.isHexDigit })
    else { return nil }
  }
  return count + groups.count
}

private func isInterface(_ text: Substring) -> Bool {
  let marks = Set<Character>(["-", ".", "_"])
  return !text.isEmpty
    && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || marks.contains($0)) }
}

private func isIPv4(_ text: Substring) -> Bool {
  let parts = text.split(separator: ".", omittingEmptySubsequences: false)
  return parts.count == 4
    && parts.allSatisfy { part in
      (1...3).contains(part.utf8.count) && part.utf8.allSatisfy { (48...57).contains($0) }
        && (Int(part) ?? 256) < 256
    }
}

/// One spelling for each absolute path: no `//`, `/./` and `/../`. Links are not looked at, so that
/// two paths may still lead to the same thing.
func plainPath(_ path: String) -> String {
  var parts: [Substring] = []
  for part in path.split(separator: "/") {
    switch part {
    case ".": continue
    case "..": _ = parts.popLast()
    default: parts.append(part)
    }
  }
  return "/" + parts.joined(separator: "/")
}
