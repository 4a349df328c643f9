import Testing

/// Feeds the bytes whole, byte by byte, in every split in two, and in `rounds` random splits of
/// many parts, and expects the same from each.
func expectSame<Event: Equatable>(
  _ bytes: [UInt8], as expected: [Event], rounds: Int = 20,
  by decode: ([ArraySlice<UInt8>]) -> [Event]
) {
  #expect(decode([bytes[...]]) == expected, "whole")
  #expect(decode(bytes.indices.map { bytes[$0...$0] }) == expected, "byte by byte")
  for split in 0...bytes.count {
    #expect(decode([bytes[..<split], bytes[split...]]) == expected, "split at \(split)")
  }
  for _ in 0..<rounds {
    let seed = UInt64.random(in: 0 ... .max)
    var random = Seeded(seed)
    var parts: [ArraySlice<UInt8>] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = Int.random(in: 1...min(7, rest.count), using: &random)
      parts.append(rest.prefix(count))
      rest = rest.dropFirst(count)
    }
    #expect(decode(parts) == expected, "seed \(seed)")
  }
}

/// SplitMix64: a seed repeats a run.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

/// `00 5a` to bytes.
func bytes(_ hex: String) -> [UInt8] {
  hex.split(separator: " ").map { UInt8($0, radix: 16) ?? 0xFF }
}
