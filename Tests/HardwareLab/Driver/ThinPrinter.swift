/// The least of an ESC/POS printer: knows how long each command is, cuts, and answers DLE EOT,
/// ASB and GS ( H as a TM-T88 does (facts from the TM-T88V and Bixolon SRP-350 manuals).
struct ThinPrinter: PrinterLogic {
  private(set) var tickets: [PaperTicket] = []
  private var unread: [UInt8] = []
  private var line = ""
  private var isOut = false
  private var tellsChanges = false

  mutating func receive(_ bytes: [UInt8]) -> [UInt8] {
    unread += bytes
    var answers: [UInt8] = []
    // A printer without paper obeys only real-time commands; the rest waits in its buffer.
    if isOut { answers += takeRealTime() }
    while !isOut, let length = ESCPOSLength.ofFirst(unread[...]) {
      answers += obey(Array(unread[..<length]))
      unread.removeFirst(length)
    }
    return answers
  }

  mutating func setPaper(out: Bool) -> [UInt8] {
    isOut = out
    let told = tellsChanges ? automaticStatus : []
    return told + receive([])
  }

  mutating func losePower() {
    if !line.isEmpty { tickets.append(PaperTicket(text: line, isCut: false)) }
    line = ""
    unread = []
    tellsChanges = false
  }

  private var automaticStatus: [UInt8] { isOut ? [0x18, 0x00, 0x0c, 0x00] : [0x10, 0, 0, 0] }

  private mutating func takeRealTime() -> [UInt8] {
    var answers: [UInt8] = []
    while let at = unread.indices.dropLast(2).first(where: {
      unread[$0] == 0x10 && unread[$0 + 1] == 0x04
    }) {
      answers += status(unread[at + 2])
      unread.removeSubrange(at...(at + 2))
    }
    return answers
  }

  private func status(_ kind: UInt8) -> [UInt8] {
    switch kind {
    case 1: [isOut ? 0x1a : 0x12]
    case 2: [isOut ? 0x32 : 0x12]
    case 3: [0x12]
    case 4: [isOut ? 0x72 : 0x12]
    default: []
    }
  }

  private mutating func obey(_ command: [UInt8]) -> [UInt8] {
    switch (command[0], command.count > 1 ? command[1] : 0) {
    case (0x10, 0x04): return status(command[2])
    case (0x1d, 0x61):
      tellsChanges = command[2] != 0
      return tellsChanges ? automaticStatus : []
    case (0x1d, 0x28) where command[2] == 0x48 && command.count == 11 && command[5] == 0x30:
      return [0x37, 0x22] + command[7...10] + [0]
    case (0x1d, 0x56), (0x1b, 0x69), (0x1b, 0x6d):
      tickets.append(PaperTicket(text: line, isCut: true))
      line = ""
    case (0x20...0x7e, _) where command.count == 1:
      line.unicodeScalars.append(Unicode.Scalar(command[0]))
    case (0x0a, _) where command.count == 1: line += "\n"
    default: break
    }
    return []
  }
}

/// How many bytes the command at the head takes; nil while it is not complete.
enum ESCPOSLength {
  static func ofFirst(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let first = bytes.first else { return nil }
    let length: Int?
    switch first {
    case 0x10: length = 3
    case 0x1b: length = escape(Array(bytes.prefix(5)))
    case 0x1c: length = bytes.count > 1 ? (bytes[bytes.startIndex + 1] == 0x70 ? 4 : 2) : nil
    case 0x1d: length = group(Array(bytes.prefix(8)), rest: bytes)
    default: length = 1
    }
    guard let length, bytes.count >= length else { return nil }
    return length
  }

  private static func escape(_ head: [UInt8]) -> Int? {
    guard head.count > 1 else { return nil }
    return switch head[1] {
    case UInt8(ascii: "@"), UInt8(ascii: "2"), UInt8(ascii: "i"), UInt8(ascii: "m"): 2
    case UInt8(ascii: "$"), UInt8(ascii: "\\"), UInt8(ascii: "c"): 4
    case UInt8(ascii: "p"): 5
    default: 3
    }
  }

  private static func group(_ head: [UInt8], rest: ArraySlice<UInt8>) -> Int? {
    guard head.count > 2 else { return nil }
    switch head[1] {
    case UInt8(ascii: "("):
      return head.count > 4 ? 5 + Int(head[3]) + Int(head[4]) << 8 : nil
    case UInt8(ascii: "V"): return (head[2] & 0x7f) < 65 ? 3 : 4
    case UInt8(ascii: "L"), UInt8(ascii: "W"), UInt8(ascii: "$"), UInt8(ascii: "\\"): return 4
    case UInt8(ascii: "k"):
      if head[2] > 6 { return head.count > 3 ? 4 + Int(head[3]) : nil }
      return rest.firstIndex(of: 0).map { $0 - rest.startIndex + 1 }
    case UInt8(ascii: "v"):
      guard head.count > 7 else { return nil }
      let width = Int(head[4]) + Int(head[5]) << 8
      return 8 + width * (Int(head[6]) + Int(head[7]) << 8)
    default: return 3
    }
  }
}
