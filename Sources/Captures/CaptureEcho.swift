/// What an adapter that hears itself gave back, told apart from what a sign said.
enum CaptureEcho {
  /// A shorter copy may have come by chance.
  private static let proofBytes_min = 3

  /// What went out, and where in the recording what came after it stands.
  private struct Turn {
    var out: [UInt8] = []
    var heard: [UInt8] = []
    var places: [Int] = []

    var isEchoed: Bool { out.count >= proofBytes_min && heard.starts(with: out) }
  }

  /// How many bytes of each entry are the copy of what was sent before; by the entry's place.
  ///
  /// - Parameter isAnsweredByCopy: a sign that obeys answers these bytes with the same ones.
  static func lengths(
    _ entries: [Capture.Entry], isAnsweredByCopy: ([UInt8]) -> Bool
  ) -> [Int: Int] {
    let echoed = turns(entries).filter(\.isEchoed)
    // One copy may be the answer; two, or one where there is none, are not.
    let isProven = echoed.contains { turn in
      turn.heard.count >= 2 * turn.out.count || !isAnsweredByCopy(turn.out)
    }
    guard isProven else { return [:] }
    var lengths: [Int: Int] = [:]
    for turn in echoed {
      var rest = turn.out.count
      for place in turn.places where rest > 0 {
        guard case .bytes(.in, let bytes) = entries[place].event else { continue }
        lengths[place] = min(rest, bytes.count)
        rest -= min(rest, bytes.count)
      }
    }
    return lengths
  }

  private static func turns(_ entries: [Capture.Entry]) -> [Turn] {
    var turns: [Turn] = []
    for (place, entry) in entries.enumerated() {
      switch entry.event {
      case .bytes(.out, let bytes):
        if turns.last?.places.isEmpty != true { turns.append(Turn()) }
        turns[turns.count - 1].out += bytes
      case .bytes(.in, let bytes) where !turns.isEmpty:
        turns[turns.count - 1].heard += bytes
        turns[turns.count - 1].places.append(place)
      case .bytes, .input, .keysDown, .note, .end: break
      }
    }
    return turns
  }
}
