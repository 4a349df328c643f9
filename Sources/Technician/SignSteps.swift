public import Branch
public import Configuration
import DeviceProfiles
import SignProtocols
public import SignTraffic

/// What signs of a line show at the same time while they are tried out.
public struct SignStep: Sendable {
  /// For the report, `brightness 25 %`.
  public let label: String
  public let pictures: [(board: SignBoard, picture: SignPicture)]
  /// A person looks at it before the next one; otherwise only the answer counts.
  public let isLookedAt: Bool

  init(
    _ label: String, _ pictures: [(board: SignBoard, picture: SignPicture)],
    isLookedAt: Bool = true
  ) {
    self.label = label
    self.pictures = pictures
    self.isLookedAt = isLookedAt
  }
}

/// What a technician wants to see.
public struct SignWishes: Sendable {
  public static let brightness_percent = [25, 50, 75, 100]
  /// Addresses of one walk.
  public static let walk_max = 256

  /// nil: digits from edge to edge.
  public var text: String?
  public var pattern = false
  public var brightness = false
  public var flash = false
  public var beep = false

  public init() {}

  /// The steps that these signs of one line can do, and what each of them cannot.
  public func steps(for signs: [SignConfiguration]) -> (steps: [SignStep], notes: [String]) {
    var steps: [SignStep] = []
    var notes: [String] = []
    func add(_ label: String, _ picture: (SignConfiguration) -> SignPicture?) {
      let pictures = signs.compactMap { sign in picture(sign).map { (SignBoard(sign), $0) } }
      if !pictures.isEmpty { steps.append(SignStep(label, pictures)) }
    }
    func addSpecial(_ label: String, _ picture: (SignConfiguration) -> SignPicture) {
      for sign in signs where !sign.tells(picture(sign)) {
        notes.append("\(sign.id): no \(label), as far as its profile \(sign.profile.id) says")
      }
      add(label) { sign in sign.tells(picture(sign)) ? picture(sign) : nil }
    }
    let isPlain = text != nil || !(pattern || brightness || flash || beep)
    if isPlain {
      let texts = signs.map { text ?? Self.edges($0, isAlone: signs.count == 1) }
      let label = Set(texts).count == 1 ? "\"\(texts[0])\"" : "each its own address"
      add(label) { sign in
        if let text { return SignPicture(text.split(separator: "\n").map(String.init)) }
        return SignPicture(Self.onAllLines(Self.edges(sign, isAlone: signs.count == 1), sign))
      }
    }
    if pattern { steps += Self.patterns(signs) }
    if brightness {
      for percent in Self.brightness_percent {
        addSpecial("brightness \(percent) %") {
          SignPicture(Self.filled("8", $0), brightness_percent: percent)
        }
      }
    }
    if flash { addSpecial("flash") { SignPicture(Self.filled("8", $0), flashes: true) } }
    if beep { addSpecial("beep") { SignPicture(Self.filled("8", $0), beeps: true) } }
    return (steps, notes)
  }

  /// What fills a sign from edge to edge, so that a dark column is seen; of several on a line, each
  /// its own address, so that two that were mixed up are seen.
  private static func edges(_ sign: SignConfiguration, isAlone: Bool) -> String {
    if !isAlone, let address = sign.writtenAddress { return address }
    let digits = String(repeating: "1234567890", count: sign.profile.columns / 10 + 1)
    let text = sign.signProtocol.showsNumberOnly ? digits : "TEST" + digits
    return String(text.prefix(sign.profile.columns))
  }

  private static func filled(_ character: Character, _ sign: SignConfiguration) -> [String] {
    onAllLines(String(repeating: character, count: sign.profile.columns), sign)
  }

  private static func onAllLines(_ text: String, _ sign: SignConfiguration) -> [String] {
    [String](repeating: text, count: sign.signProtocol.lines)
  }

  /// All segments, every digit, every character that a sign of the line may have.
  private static func patterns(_ signs: [SignConfiguration]) -> [SignStep] {
    func step(_ label: String, _ lines: (SignConfiguration) -> [String]) -> SignStep {
      SignStep(label, signs.map { (SignBoard($0), SignPicture(lines($0))) })
    }
    var steps = [step("all segments") { filled("8", $0) }]
    steps += "0123456789".map { digit in step("digit \(digit)") { filled(digit, $0) } }
    guard !signs.allSatisfy(\.signProtocol.showsNumberOnly) else { return steps }
    let all = (0x21...0x7E).map { Character(UnicodeScalar($0)) }
    let columns = signs.map(\.profile.columns).min() ?? 1
    for start in stride(from: 0, to: all.count, by: columns) {
      let part = String(all[start..<min(start + columns, all.count)])
      steps.append(step("characters \(part)") { onAllLines(part, $0) })
    }
    return steps
  }

  /// Each address shows itself: the sign's frames for addresses from the first to the last.
  public static func walk(_ sign: SignConfiguration, from first: String, to last: String)
    throws(Problem) -> [SignStep]
  {
    guard let format = sign.signProtocol.addressFormat else {
      throw Problem(
        code: "no-address", what: "there is nothing to walk",
        cause: "frames of \(sign.profile.id) have no address",
        cure: "Try it without --walk; it has its line for itself.")
    }
    let radix = format.form == .hex ? 16 : 10
    guard let from = Int(first, radix: radix), let end = Int(last, radix: radix), from <= end,
      format.bytes(first) != nil, format.bytes(last) != nil, end - from < walk_max
    else {
      throw Problem(
        code: "address", what: "\(first)-\(last) is no range of addresses of this sign",
        cause: "an address is \(format.rule)",
        cure: "Give the lower one first, and \(walk_max) at most.")
    }
    return (from...end).compactMap { number in
      let written = String(number, radix: radix, uppercase: true)
      guard let bytes = format.bytes(written), let id = SignID("address-\(written.lowercased())"),
        let addressed = try? sign.signProtocol.addressed(bytes), !addressed.isForEverybody,
        addressed.fits(dataBits: sign.profile.serial.dataBits)
      else { return nil }
      let board = SignBoard(id: id, signProtocol: addressed, gap: sign.profile.gap)
      return SignStep(written, [(board, SignPicture([written]))], isLookedAt: false)
    }
  }
}

extension SignConfiguration {
  /// Whether its frames say what the picture has besides the text.
  fileprivate func tells(_ picture: SignPicture) -> Bool {
    func frames(_ picture: SignPicture) -> [SignFrame] {
      signProtocol.frames(for: picture, on: profile.serial)
    }
    return frames(picture) != frames(SignPicture(picture.lines))
  }

  /// As it stands in the configuration.
  fileprivate var writtenAddress: String? {
    guard let format = signProtocol.addressFormat, let address = signProtocol.address else {
      return nil
    }
    return format.written(address)
  }
}
