/// What a configuration keeps of a clerk's PIN: enough to know it again, not to read it. A PIN of
/// four digits has ten thousand forms, so whoever has the hash finds it all the same: the file is
/// for kioskd's eyes. `pbkdf2-sha256:ROUNDS:SALT:HASH`, salt and hash in hex.
public struct PINHash: Hashable, Sendable, CustomStringConvertible {
  public static let length = 4...12
  public static let rounds = 1...100_000
  /// Some milliseconds on a small box, once for each salt in the file.
  public static let rounds_standard = 2_000
  public static let salt_bytes = 8...32

  static let kind = "pbkdf2-sha256"

  /// How a PIN is made a hash.
  public struct Recipe: Hashable, Sendable {
    public let rounds: Int
    public let salt: [UInt8]

    /// - Parameter rounds: 1 to 100,000.
    public init(rounds: Int = rounds_standard, salt: [UInt8]) {
      self.rounds = rounds
      self.salt = salt
    }

    /// - Parameter pin: digits, 0 to 9.
    public func hash(of pin: [Int]) -> PINHash {
      let text = pin.map { UInt8(ascii: "0") + UInt8($0) }
      return PINHash(recipe: self, bytes: SHA256.pbkdf2(text, salt: salt, rounds: rounds))
    }
  }

  /// Clerks with one recipe cost one hash at a log-on.
  public let recipe: Recipe
  let bytes: [UInt8]

  init(recipe: Recipe, bytes: [UInt8]) {
    self.recipe = recipe
    self.bytes = bytes
  }

  /// nil for any other form.
  public init?(_ text: String) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == Self.kind, let rounds = Int(parts[1]),
      Self.rounds.contains(rounds), let salt = Self.unhex(parts[2]),
      Self.salt_bytes.contains(salt.count), let bytes = Self.unhex(parts[3]),
      bytes.count == SHA256.digest_bytes
    else { return nil }
    self.init(recipe: Recipe(rounds: rounds, salt: salt), bytes: bytes)
  }

  public var description: String {
    "\(Self.kind):\(recipe.rounds):\(Self.hex(recipe.salt)):\(Self.hex(bytes))"
  }

  /// Digits of a PIN that a person typed; nil for any other text.
  public static func digits(_ text: String) -> [Int]? {
    let digits = text.utf8.compactMap { (48...57).contains($0) ? Int($0 - 48) : nil }
    return digits.count == text.utf8.count && length.contains(digits.count) ? digits : nil
  }

  private static func hex(_ bytes: [UInt8]) -> String {
    bytes.map { byte in
      let text = String(byte, radix: 16)
      return text.utf8.count == 1 ? "0" + text : text
    }.joined()
  }

  private static func unhex(_ text: Substring) -> [UInt8]? {
    let digits = text.utf8.compactMap { byte -> UInt8? in
      switch byte {
      case 48...57: byte - 48
      case 97...102: byte - 87
      case 65...70: byte - 55
      default: nil
      }
    }
    guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
    return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
  }
}
