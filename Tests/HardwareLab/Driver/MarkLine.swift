import CLinux
import Glibc

/// Tells the logged disk what was seen: each number that came out on paper, as soon as the paper
/// is there. What stands in a mark was promised to a customer, and must survive any power cut
/// behind it.
final class MarkLine: Watched {
  static let path = "/dev/ttyS1"

  let descriptor: Int32 = -1
  private let line: Int32
  private let printers: [VirtualPrinter]
  private var told: Set<String> = []

  /// nil where no disk is logged.
  init?(_ printers: [VirtualPrinter]) {
    line = kioskd_open(Self.path, O_WRONLY | O_NOCTTY, 0)
    guard line >= 0 else { return nil }
    self.printers = printers
  }

  func serve() {}

  func tick() {
    let numbers = printers.flatMap { $0.works.tickets }.compactMap { Self.number(on: $0.text) }
    for number in numbers where told.insert(number).inserted {
      try? writeAll(line, Array("\(number)\n".utf8), to: "the marks")
    }
  }

  /// The ticket's number: a line of its own, a letter and three digits.
  static func number(on paper: String) -> String? {
    for line in paper.split(separator: "\n") {
      let word = line.filter { $0 != " " }
      guard word.count == 4, let first = word.first, first.isASCII, first.isUppercase,
        word.dropFirst().allSatisfy({ $0.isASCII && $0.isNumber })
      else { continue }
      return String(word)
    }
    return nil
  }
}
