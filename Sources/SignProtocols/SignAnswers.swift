public import Branch

/// What came back from a sign. None of the frames here asks for an answer, so bytes mean a wrong
/// device, a wrong speed or a bad line. They are counted and told, and never acted on.
public struct SignAnswers: Sendable {
  /// The first bytes, kept as a sample.
  public static let sampleBytes_max = 32

  public private(set) var byteCount = 0
  public private(set) var sample: [UInt8] = []

  public init() {}

  /// Counts bytes; true at the first ones after `init` or `clear`, when the problem should be told.
  public mutating func take(_ bytes: [UInt8]) -> Bool {
    let isFirst = byteCount == 0 && !bytes.isEmpty
    byteCount = byteCount &+ bytes.count
    sample += bytes.prefix(Self.sampleBytes_max - sample.count)
    return isFirst
  }

  /// The port was opened anew.
  public mutating func clear() { self = SignAnswers() }

  /// nil while the sign is silent, as it should be.
  public func problem(sign: String) -> Problem? {
    guard byteCount > 0 else { return nil }
    return Problem(
      code: "sign-answered", what: "sign \(sign) sent \(byteCount) bytes that nobody asked for",
      cause: "they begin with \(SignText.hex(sample, separator: " "))",
      cure: "Check that the path names the sign, and the profile's speed, bits and parity.")
  }
}
