/// What people see on an Alpha sign: the least of the EZ95 protocol that the lab needs to read.
/// Frames: NULs, 01 type address(2) 02 command data 04; command A writes a TEXT file, label 0 is
/// the priority file that hides the others while it holds text, G writes a STRING file.
struct SignFace {
  static let frameLength_max = 4096

  private(set) var frames = 0
  private var files: [UInt8: String] = [:]
  private var frame: [UInt8]?

  /// The text on the face; empty when dark.
  var text: String {
    if let priority = files[UInt8(ascii: "0")], !priority.isEmpty { return priority }
    return files[UInt8(ascii: "A")] ?? ""
  }

  mutating func receive(_ bytes: [UInt8]) {
    for byte in bytes {
      switch byte {
      case 0x01: frame = []
      case 0x04:
        if let frame { obey(frame) }
        frame = nil
      default:
        if let count = frame?.count, count < Self.frameLength_max { frame?.append(byte) }
      }
    }
  }

  /// `frame` stands between SOH and EOT.
  private mutating func obey(_ frame: [UInt8]) {
    guard let start = frame.firstIndex(of: 0x02), start >= 3 else { return }
    let end = frame.firstIndex(of: 0x03) ?? frame.endIndex
    let body = frame[(start + 1)..<end]
    guard let command = body.first else { return }
    frames += 1
    guard command == UInt8(ascii: "A"), body.count >= 2 else { return }
    files[body[body.startIndex + 1]] = Self.readable(body.dropFirst(2))
  }

  /// Leaves out what steers: 1b position mode, 1c colour, 1a font, speeds 15 to 19.
  private static func readable(_ bytes: ArraySlice<UInt8>) -> String {
    var text = ""
    var rest = bytes
    while let byte = rest.popFirst() {
      switch byte {
      case 0x1b: rest = rest.dropFirst(2)
      case 0x1a, 0x1c: rest = rest.dropFirst(1)
      case 0x0d: text += " "
      case 0x20...0x7e: text.unicodeScalars.append(Unicode.Scalar(byte))
      default: break
      }
    }
    return text.split(separator: " ").joined(separator: " ")
  }
}
