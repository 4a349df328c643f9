/// A piece of code: a word, one other character, or the text of a string.
struct Token: Equatable {
  enum Kind { case word, sign, string }
  let kind: Kind
  let text: String
  /// From 1.
  let line: Int
}

/// Swift source taken apart just as far as house rules need it: code without comments, strings as
/// one token each, comments by line. Code inside `\(…)` of a string counts as string.
struct SwiftText {
  /// Lines as they are.
  let lines: [String]
  private(set) var tokens: [Token] = []
  /// What comments say, by line from 1.
  private(set) var comments: [Int: String] = [:]
  private var codeLines: Set<Int> = []

  init(_ text: String) {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    var reader = Reader(bytes: Array(text.utf8))
    while let piece = reader.next() {
      switch piece {
      case .token(let token):
        tokens.append(token)
        codeLines.insert(token.line)
      case .comment(let text, let line):
        for (offset, part) in text.split(separator: "\n", omittingEmptySubsequences: false)
          .enumerated()
        {
          comments[line + offset, default: ""] += part
        }
      }
    }
  }

  func isOnlyComment(_ line: Int) -> Bool { comments[line] != nil && !codeLines.contains(line) }

  /// The tokens of each line that has any.
  var tokensByLine: [(line: Int, tokens: ArraySlice<Token>)] {
    var result: [(line: Int, tokens: ArraySlice<Token>)] = []
    var start = 0
    while start < tokens.count {
      let line = tokens[start].line
      let end = tokens[start...].firstIndex { $0.line != line } ?? tokens.count
      result.append((line, tokens[start..<end]))
      start = end
    }
    return result
  }
}

private struct Reader {
  enum Piece {
    case token(Token)
    case comment(String, line: Int)
  }

  let bytes: [UInt8]
  private var at = 0
  private var line = 1

  init(bytes: [UInt8]) { self.bytes = bytes }

  mutating func next() -> Piece? {
    while let byte = peek(), byte == 32 || byte == 9 || byte == 10 || byte == 13 { advance() }
    guard let byte = peek() else { return nil }
    let start = at
    let startLine = line
    if starts(with: "//") {
      while let byte = peek(), byte != 10 { advance() }
      return .comment(text(from: start), line: startLine)
    }
    if starts(with: "/*") {
      skipBlockComment()
      return .comment(text(from: start), line: startLine)
    }
    if let hashes = stringStart() {
      skipString(hashes: hashes)
      return .token(Token(kind: .string, text: content(from: start, hashes), line: startLine))
    }
    if isWord(byte) {
      while let byte = peek(), isWord(byte) { advance() }
      // `try!` is one word; `try !isDone()` is two.
      if text(from: start) == "try" && peek() == UInt8(ascii: "!") { advance() }
      return .token(Token(kind: .word, text: text(from: start), line: startLine))
    }
    advance()
    return .token(Token(kind: .sign, text: text(from: start), line: startLine))
  }

  private func isWord(_ byte: UInt8) -> Bool {
    byte >= 128 || byte == 95 || (48...57).contains(byte) || (65...90).contains(byte)
      || (97...122).contains(byte)
  }

  private func peek(_ offset: Int = 0) -> UInt8? {
    at + offset < bytes.count ? bytes[at + offset] : nil
  }

  private func starts(with text: StaticString, offset: Int = 0) -> Bool {
    at + offset + text.utf8CodeUnitCount <= bytes.count
      && (0..<text.utf8CodeUnitCount).allSatisfy { bytes[at + offset + $0] == text.utf8Start[$0] }
  }

  private func text(from start: Int) -> String {
    String(decoding: bytes[start..<at], as: UTF8.self)
  }

  private mutating func advance(_ count: Int = 1) {
    for _ in 0..<count where at < bytes.count {
      if bytes[at] == 10 { line += 1 }
      at += 1
    }
  }

  private mutating func skipBlockComment() {
    var depth = 0
    while at < bytes.count {
      if starts(with: "/*") {
        depth += 1
        advance(2)
      } else if starts(with: "*/") {
        depth -= 1
        advance(2)
        if depth == 0 { return }
      } else {
        advance()
      }
    }
  }

  /// The number of `#` in front of a string that starts here, nil when none does.
  private func stringStart() -> Int? {
    var hashes = 0
    while peek(hashes) == UInt8(ascii: "#") { hashes += 1 }
    return peek(hashes) == UInt8(ascii: "\"") ? hashes : nil
  }

  private func hashes(_ count: Int, at offset: Int) -> Bool {
    (0..<count).allSatisfy { peek(offset + $0) == UInt8(ascii: "#") }
  }

  private mutating func skipString(hashes count: Int) {
    advance(count)
    let isLong = starts(with: "\"\"\"")
    let quotes = isLong ? 3 : 1
    advance(quotes)
    while let byte = peek() {
      if byte == UInt8(ascii: "\\") && hashes(count, at: 1) {
        advance(1 + count)
        if peek() == UInt8(ascii: "(") { skipInterpolation() } else { advance() }
      } else if (isLong ? starts(with: "\"\"\"") : byte == UInt8(ascii: "\""))
        && hashes(count, at: quotes)
      {
        return advance(quotes + count)
      } else if byte == 10 && !isLong {
        // No string: a quote in a regular expression. It ends with its line.
        return
      } else {
        advance()
      }
    }
  }

  private mutating func skipInterpolation() {
    var depth = 0
    while let byte = peek() {
      if let hashes = stringStart() {
        skipString(hashes: hashes)
        continue
      }
      advance()
      if byte == UInt8(ascii: "(") { depth += 1 }
      if byte == UInt8(ascii: ")") { depth -= 1 }
      if depth == 0 { return }
    }
  }

  /// A string without its quotes.
  private func content(from start: Int, _ hashes: Int) -> String {
    text(from: start).drop { $0 == "#" }.reversed().drop { $0 == "#" }.reversed()
      .trimmingQuotes
  }
}

extension RandomAccessCollection<Character> {
  fileprivate var trimmingQuotes: String {
    let quotes = prefix { $0 == "\"" }.count >= 3 && count >= 6 ? 3 : 1
    return String(dropFirst(quotes).dropLast(quotes))
  }
}
