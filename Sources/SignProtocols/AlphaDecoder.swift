/// Reads Alpha frames from any split of their bytes, as strict as a sign should be: for virtual
/// signs, tests and the lab. Noise never stops it; what is no frame is told as a fault.
public struct AlphaDecoder: Sendable {
  public enum Event: Hashable, Sendable {
    case frame(AlphaFrame)
    case fault(AlphaFault)
  }

  private enum State: Sendable {
    case outside, nuls, header, body, sum
  }

  /// Command and data of one frame; a sign's memory is not larger.
  public static let contentBytes_max = 4_096

  private var state = State.outside
  /// Bytes outside of frames that were not yet told as a fault.
  public private(set) var noise = 0
  private var nuls = 0
  private var header: [UInt8] = []
  private var content: [UInt8] = []
  private var sum: [UInt8] = []

  public init() {}

  public mutating func feed(_ bytes: some Sequence<UInt8>) -> [Event] {
    var events: [Event] = []
    for byte in bytes { take(byte, &events) }
    return events
  }

  private mutating func take(_ byte: UInt8, _ events: inout [Event]) {
    if byte == AlphaProtocol.nul {
      beginNuls(&events)
      return
    }
    switch state {
    case .outside: noise += 1
    case .nuls: takeAfterNuls(byte, &events)
    case .header: takeHeader(byte, &events)
    case .body: takeContent(byte, &events)
    case .sum: takeSum(byte, &events)
    }
  }

  /// NUL never occurs within a frame, so it always begins one.
  private mutating func beginNuls(_ events: inout [Event]) {
    switch state {
    case .nuls:
      nuls += 1
      return
    case .outside:
      if noise > 0 { events.append(.fault(.noise(bytes: noise))) }
    case .header, .body, .sum: events.append(.fault(.torn))
    }
    noise = 0
    nuls = 1
    state = .nuls
  }

  private mutating func takeAfterNuls(_ byte: UInt8, _ events: inout [Event]) {
    guard byte == AlphaProtocol.soh else {
      // NULs without a frame: the idle line of a sign being plugged in, or noise.
      noise = nuls + 1
      state = .outside
      return
    }
    if nuls < AlphaProtocol.leadingNuls_min {
      fail(.tooFewNuls(nuls), &events)
    } else {
      header = []
      state = .header
    }
  }

  private mutating func takeHeader(_ byte: UInt8, _ events: inout [Event]) {
    header.append(byte)
    if header.count < 4 {
      if !SignText.isPrintable(byte) { fail(.badHeader, &events) }
      return
    }
    guard byte == AlphaProtocol.stx else { return fail(.badHeader, &events) }
    content = []
    state = .body
  }

  private mutating func takeContent(_ byte: UInt8, _ events: inout [Event]) {
    switch byte {
    case AlphaProtocol.eot: finish(hasChecksum: false, &events)
    case AlphaProtocol.etx:
      sum = []
      state = .sum
    case AlphaProtocol.soh, AlphaProtocol.stx: fail(.torn, &events)
    default:
      if content.count == Self.contentBytes_max { return fail(.tooLong, &events) }
      content.append(byte)
    }
  }

  private mutating func takeSum(_ byte: UInt8, _ events: inout [Event]) {
    if sum.count < 4, byte != AlphaProtocol.eot {
      sum.append(byte)
      return
    }
    guard sum.count == 4, byte == AlphaProtocol.eot else { return fail(.badEnd, &events) }
    let summed = [AlphaProtocol.stx] + content + [AlphaProtocol.etx]
    let computed = AlphaProtocol.checksum(summed)
    guard sum == computed else {
      let given = SignText.string(sum)
      return fail(.badChecksum(given: given, computed: SignText.string(computed)), &events)
    }
    finish(hasChecksum: true, &events)
  }

  private mutating func finish(hasChecksum: Bool, _ events: inout [Event]) {
    switch AlphaCommand.parse(content) {
    case .failure(let fault): events.append(.fault(fault))
    case .success(let command):
      events.append(
        .frame(
          AlphaFrame(
            typeCode: header[0], address: Array(header[1...2]), command: command,
            hasChecksum: hasChecksum)))
    }
    state = .outside
  }

  private mutating func fail(_ fault: AlphaFault, _ events: inout [Event]) {
    events.append(.fault(fault))
    state = .outside
  }
}
