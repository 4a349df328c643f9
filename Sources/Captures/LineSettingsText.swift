public import Branch

extension SerialSettings {
  /// `9600 8N1` as `description` writes it; nil for any other text.
  public init?(line text: String) {
    let words = text.split(separator: " ", omittingEmptySubsequences: false)
    guard words.count == 2, words[1].utf8.count == 3, let baud = words[0].number(Int.self) else {
      return nil
    }
    let form = Array(words[1].utf8)
    let parity: Parity
    switch form[1] {
    case UInt8(ascii: "N"): parity = .none
    case UInt8(ascii: "E"): parity = .even
    case UInt8(ascii: "O"): parity = .odd
    default: return nil
    }
    let zero = UInt8(ascii: "0")
    guard form[0] >= zero, form[2] >= zero,
      let settings = try? SerialSettings(
        baud: baud, dataBits: Int(form[0] - zero), parity: parity, stopBits: Int(form[2] - zero))
    else { return nil }
    self = settings
  }
}
