import Branch
import SignProtocols

/// A sign on a serial line, read with the real decoders of its frames.
///
/// Fault model: the adapter is unplugged, and with it the sign may lose its power; a frame written
/// to a line that is gone is gone; the line brings noise. A sign that has power shows what it was
/// told last.
final class SimulatedSign {
  static let gone = Problem(
    code: "device-lost", what: "sign", cause: "it was unplugged", cure: "Plug it in.")

  enum Event {
    case opened
    case lost(Problem)
    case received([UInt8])
  }

  let id: SignID
  private unowned let world: World
  private let language: SignProtocol
  private var decoder = AlphaDecoder()
  private var display: CustomerDisplayDecoder?
  private(set) var shown = ""
  /// Of a sign with several.
  private(set) var rows: [String] = []
  private(set) var isFlashing = false
  /// How often it was heard.
  private(set) var tones = 0
  private var isPlugged = true
  private var listener: ((Event) -> Void)?
  private var opening = 0

  init(id: SignID, language: SignProtocol, world: World) {
    self.id = id
    self.world = world
    self.language = language
    if case .customerDisplay(let model) = language { display = CustomerDisplayDecoder(model) }
  }

  func open(_ listener: @escaping (Event) -> Void) {
    self.listener = listener
    opening += 1
    tell(after: world.random.within(1, 300), isPlugged ? .opened : .lost(Self.gone))
  }

  func close() {
    listener = nil
    opening += 1
  }

  private func tell(after pause: Int, _ event: Event) {
    let opening = opening
    world.time.after(pause) { [self] in
      guard opening == self.opening else { return }
      listener?(event)
    }
  }

  func show(_ picture: SignPicture) {
    guard isPlugged, let line = Self.line else { return }
    let bytes = language.frames(for: picture, on: line).flatMap(\.bytes)
    for case .shown(let rows) in display?.feed(bytes) ?? [] {
      self.rows = rows.filter { !$0.isEmpty }
      shown = rows.joined(separator: " ")
    }
    guard display == nil else { return }
    for case .frame(let frame) in decoder.feed(bytes) {
      switch frame.command {
      case .show(_, _, let mode, let text): (shown, isFlashing) = (text, mode == Self.flash)
      case .tone: tones += 1
      default: world.fail("sign \(id) got \(frame.command)")
      }
    }
  }

  private static let flash = AlphaMode.flash.byte
  private static let line = try? SerialSettings(dataBits: 7, parity: .even)

  func unplug(losingPower: Bool) {
    guard isPlugged else { return }
    isPlugged = false
    if losingPower { (shown, rows, isFlashing) = ("", [], false) }
    tell(after: 0, .lost(Self.gone))
  }

  func plug() {
    guard !isPlugged else { return }
    isPlugged = true
    tell(after: world.random.within(1, 1_000), .opened)
  }

  func babble() {
    if isPlugged { tell(after: 0, .received([0xFF, 0x00, UInt8(world.random.below(256))])) }
  }
}
