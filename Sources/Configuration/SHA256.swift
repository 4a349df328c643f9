/// SHA-256 (FIPS 180-4), HMAC (RFC 2104) and PBKDF2 (RFC 8018, section 5.2) with it, for PINs of
/// clerks: a few thousand blocks at a log-on, nothing else.
enum SHA256 {
  static let digest_bytes = 32
  private static let block_bytes = 64

  typealias State = SIMD8<UInt32>

  /// FIPS 180-4, section 5.3.3.
  private static let start = State(
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab,
    0x5be0_cd19)

  /// Section 4.2.2.
  private static let constants: [UInt32] = [
    0x428a_2f98, 0x7137_4491, 0xb5c0_fbcf, 0xe9b5_dba5, 0x3956_c25b, 0x59f1_11f1, 0x923f_82a4,
    0xab1c_5ed5, 0xd807_aa98, 0x1283_5b01, 0x2431_85be, 0x550c_7dc3, 0x72be_5d74, 0x80de_b1fe,
    0x9bdc_06a7, 0xc19b_f174, 0xe49b_69c1, 0xefbe_4786, 0x0fc1_9dc6, 0x240c_a1cc, 0x2de9_2c6f,
    0x4a74_84aa, 0x5cb0_a9dc, 0x76f9_88da, 0x983e_5152, 0xa831_c66d, 0xb003_27c8, 0xbf59_7fc7,
    0xc6e0_0bf3, 0xd5a7_9147, 0x06ca_6351, 0x1429_2967, 0x27b7_0a85, 0x2e1b_2138, 0x4d2c_6dfc,
    0x5338_0d13, 0x650a_7354, 0x766a_0abb, 0x81c2_c92e, 0x9272_2c85, 0xa2bf_e8a1, 0xa81a_664b,
    0xc24b_8b70, 0xc76c_51a3, 0xd192_e819, 0xd699_0624, 0xf40e_3585, 0x106a_a070, 0x19a4_c116,
    0x1e37_6c08, 0x2748_774c, 0x34b0_bcb5, 0x391c_0cb3, 0x4ed8_aa4a, 0x5b9c_ca4f, 0x682e_6ff3,
    0x748f_82ee, 0x78a5_636f, 0x84c8_7814, 0x8cc7_0208, 0x90be_fffa, 0xa450_6ceb, 0xbef9_a3f7,
    0xc671_78f2,
  ]

  static func hash(_ message: [UInt8]) -> [UInt8] { bytes(hash(message, behind: 0, start)) }

  /// - Parameter rounds: of the hash; more of them cost whoever tries all PINs as much more.
  /// - Returns: 32 bytes.
  static func pbkdf2(_ password: [UInt8], salt: [UInt8], rounds: Int) -> [UInt8] {
    let (inner, outer) = keyed(password)
    func hmac(_ message: [UInt8]) -> State {
      let within = hash(message, behind: block_bytes, inner)
      return hash(bytes(within), behind: block_bytes, outer)
    }
    // One block of output is enough: its number is 1.
    var last = hmac(salt + [0, 0, 0, 1])
    var sum = last
    for _ in 1..<max(1, rounds) {
      last = hmac(bytes(last))
      sum ^= last
    }
    return bytes(sum)
  }

  /// What HMAC begins with, inside and outside: the key's block is the same for all messages.
  private static func keyed(_ key: [UInt8]) -> (inner: State, outer: State) {
    var block = key.count > block_bytes ? hash(key) : key
    block += [UInt8](repeating: 0, count: block_bytes - block.count)
    return (
      compress(block.map { $0 ^ 0x36 }[...], into: start),
      compress(block.map { $0 ^ 0x5c }[...], into: start)
    )
  }

  /// - Parameter count: bytes that went into the state already, whole blocks.
  private static func hash(_ message: [UInt8], behind count: Int, _ state: State) -> State {
    let length_bits = UInt64(count + message.count) * 8
    var padded = message + [0x80]
    let left = (padded.count + 8) % block_bytes
    padded += [UInt8](repeating: 0, count: left == 0 ? 0 : block_bytes - left)
    for shift in stride(from: 56, through: 0, by: -8) {
      padded.append(UInt8(truncatingIfNeeded: length_bits >> UInt64(shift)))
    }
    var state = state
    for offset in stride(from: 0, to: padded.count, by: block_bytes) {
      state = compress(padded[offset..<offset + block_bytes], into: state)
    }
    return state
  }

  /// Section 6.2.2, one block.
  private static func compress(_ block: ArraySlice<UInt8>, into state: State) -> State {
    var words = [UInt32](repeating: 0, count: 64)
    for (place, byte) in block.enumerated() {
      words[place / 4] = words[place / 4] << 8 | UInt32(byte)
    }
    for t in 16..<64 {
      let (old, new) = (words[t - 15], words[t - 2])
      let s0 = right(old, 7) ^ right(old, 18) ^ (old >> 3)
      let s1 = right(new, 17) ^ right(new, 19) ^ (new >> 10)
      words[t] = words[t - 16] &+ s0 &+ words[t - 7] &+ s1
    }
    var (a, b, c, d) = (state[0], state[1], state[2], state[3])
    var (e, f, g, h) = (state[4], state[5], state[6], state[7])
    for t in 0..<64 {
      let s1 = right(e, 6) ^ right(e, 11) ^ right(e, 25)
      let one = h &+ s1 &+ ((e & f) ^ (~e & g)) &+ constants[t] &+ words[t]
      let s0 = right(a, 2) ^ right(a, 13) ^ right(a, 22)
      let two = s0 &+ ((a & b) ^ (a & c) ^ (b & c))
      (h, g, f, e, d, c, b, a) = (g, f, e, d &+ one, c, b, a, one &+ two)
    }
    return state &+ State(a, b, c, d, e, f, g, h)
  }

  private static func right(_ word: UInt32, _ bits: UInt32) -> UInt32 {
    word >> bits | word << (32 - bits)
  }

  private static func bytes(_ state: State) -> [UInt8] {
    (0..<8).flatMap { place in
      (0..<4).map { UInt8(truncatingIfNeeded: state[place] >> UInt32(24 - 8 * $0)) }
    }
  }
}
