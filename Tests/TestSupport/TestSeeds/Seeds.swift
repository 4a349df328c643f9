import Glibc

/// Random numbers that a seed repeats (SplitMix64).
public struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  public init(_ seed: UInt64) { state = seed }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  public mutating func chance(_ of: Int) -> Bool { Int.random(in: 0..<of, using: &self) == 0 }
}

public enum Seeds {
  /// New seeds in every run; a failure names its seed, and `KIOSKD_TEST_SEED=n` runs that one only.
  public static func some(_ count: Int) -> [UInt64] {
    if let text = getenv("KIOSKD_TEST_SEED"), let seed = UInt64(String(cString: text)) {
      return [seed]
    }
    return (0..<count).map { _ in UInt64.random(in: 0..<1_000_000_000) }
  }
}
