import Glibc

/// One line on standard output, at once: in the guest that is the serial console.
func say(_ text: String) {
  try? writeAll(STDOUT_FILENO, Array((text + "\n").utf8), to: "standard output")
}

/// A line with the seconds since boot, ` 12.34 text`.
func narrate(_ text: String) {
  say("\(seconds(monotonic_ms(), decimals: 2)) \(text)")
}

/// `12.34` of 12,340 ms.
func seconds(_ ms: Int64, decimals: Int) -> String {
  let unit: Int64 = decimals == 1 ? 100 : 10
  let rounded = (ms + unit / 2) / unit
  let scale: Int64 = decimals == 1 ? 10 : 100
  let fraction = String(rounded % scale)
  let zeros = String(repeating: "0", count: decimals - fraction.utf8.count)
  return "\(rounded / scale).\(zeros)\(fraction)"
}

/// Bytes for people: `1b 40 "A001" 0a`.
func shown(_ bytes: some Sequence<UInt8>) -> String {
  var parts: [String] = []
  var text = ""
  func flush() {
    if !text.isEmpty { parts.append("\"\(text)\"") }
    text = ""
  }
  for byte in bytes {
    if (0x20...0x7e).contains(byte) {
      text.unicodeScalars.append(Unicode.Scalar(byte))
    } else {
      flush()
      parts.append((byte < 16 ? "0" : "") + String(byte, radix: 16))
    }
  }
  flush()
  return parts.joined(separator: " ")
}
