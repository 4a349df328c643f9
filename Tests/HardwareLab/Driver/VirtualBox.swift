import CLinux
import Glibc

/// LEDs of a keyboard (USB HID Usage Tables, LED page), which a box shows as its lamps.
enum Lamp: String, CaseIterable {
  case numlock, capslock, scrolllock

  var bit: UInt8 {
    switch self {
    case .numlock: 1
    case .capslock: 2
    case .scrolllock: 4
    }
  }
}

/// A button box, keypad, scanner or smiley terminal: a boot keyboard under a scenario's fingers.
final class VirtualBox: KeyBox {
  let name: String
  let gadget: Gadget
  /// Of the gadget's side; a box with several sets of keys has one each.
  let path: String
  private(set) var descriptor: Int32 = -1
  private(set) var held: [UInt8] = []
  private var modifiers: UInt8 = 0
  /// Lamps that were lit since the last key went down.
  private(set) var lampsSeen: Set<Lamp> = []
  private(set) var lampsLit: Set<Lamp> = []
  let tonesHeard: [Int] = []

  static let heldKeys_max = 6
  /// USB HID Usage Tables 1.12, section 10: from Left Control on, one bit each.
  private static let modifierUsages: ClosedRange<UInt8> = 0xe0...0xe7

  init(name: String, _ gadget: Gadget, path: String) throws(LabError) {
    self.name = name
    self.gadget = gadget
    self.path = path
    try open()
  }

  /// The node is made anew when the gadget comes to a port.
  func open() throws(LabError) {
    descriptor = kioskd_open(path, O_RDWR | O_NONBLOCK, 0)
    guard descriptor >= 0 else { throw failed("open \(path)") }
  }

  /// Before the gadget leaves its port.
  func letGo() {
    if descriptor >= 0 { close(descriptor) }
    descriptor = -1
    releaseUnplugged()
  }

  /// Output reports carry the lamps, one bit each.
  func serve() {
    for report in readSome(descriptor, upTo: 64) ?? [] {
      lampsLit = Set(Lamp.allCases.filter { report & $0.bit != 0 })
      lampsSeen.formUnion(lampsLit)
    }
  }

  func tick() {}

  func hold(_ key: String, pump: Pump) throws(LabError) {
    guard let usage = KeyUsages.usage(of: key) else { throw LabError("no key \(key)") }
    lampsSeen = []
    if Self.modifierUsages.contains(usage) {
      modifiers |= Self.bit(usage)
      return try report(pump)
    }
    guard !held.contains(usage), held.count < Self.heldKeys_max else {
      throw LabError("\(name) cannot hold that key as well")
    }
    held.append(usage)
    try report(pump)
  }

  func release(_ key: String, pump: Pump) throws(LabError) {
    let usage = KeyUsages.usage(of: key)
    held.removeAll { $0 == usage }
    if let usage, Self.modifierUsages.contains(usage) { modifiers &= ~Self.bit(usage) }
    try report(pump)
  }

  func release(pump: Pump) throws(LabError) {
    releaseUnplugged()
    try report(pump)
  }

  /// A hand that lets go of a box without a cable: nobody is told.
  func releaseUnplugged() {
    held = []
    modifiers = 0
  }

  private static func bit(_ usage: UInt8) -> UInt8 { 1 << (usage - modifierUsages.lowerBound) }

  private func report(_ pump: Pump) throws(LabError) {
    try send(modifiers, held, pump: pump)
  }

  /// A report waits for the host's next poll of the interrupt endpoint, as the keyboard's would.
  func send(_ modifiers: UInt8, _ keys: [UInt8], pump: Pump) throws(LabError) {
    let bytes =
      [modifiers, 0] + keys + [UInt8](repeating: 0, count: Self.heldKeys_max - keys.count)
    let end = monotonic_ms() + Self.poll_ms
    while write(descriptor, bytes, bytes.count) != bytes.count {
      guard errno == EAGAIN else { throw failed("\(name): press") }
      guard monotonic_ms() < end else { throw LabError("\(name): the host does not poll its keys") }
      var wire = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
      // Other devices are served meanwhile, if the host lets this one wait.
      if poll(&wire, 1, Int32(Pump.tick_ms)) == 0 { try pump.run(for: 1) }
    }
  }

  private static let poll_ms: Int64 = 2000
}
