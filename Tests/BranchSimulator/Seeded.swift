/// Random numbers that a seed repeats (SplitMix64), without the generic calls of the standard
/// library: a world draws thousands of them, in debug builds too.
public struct Seeded: Sendable {
  private var state: UInt64

  public init(_ seed: UInt64) { state = seed &* 0xD129_0CFA_3C1B_0A37 &+ 0x5851_F42D_4C95_7F2D }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// 0 to `limit` - 1.
  public mutating func below(_ limit: Int) -> Int {
    Int(next().multipliedFullWidth(by: UInt64(limit)).high)
  }

  public mutating func within(_ first: Int, _ last: Int) -> Int { first + below(last - first + 1) }

  /// Mostly short, seldom very long: each doubling of the length is half as likely.
  mutating func mostly(_ first: Int, _ last: Int) -> Int {
    var top = first
    let width = last - first
    var part = 1024
    while part > 1, below(2) == 0 { part /= 2 }
    top += width / part
    return within(first, max(first, top))
  }

  public mutating func oneIn(_ chances: Int) -> Bool { below(chances) == 0 }

  mutating func pick<Element>(_ all: [Element]) -> Element { all[below(all.count)] }
}
