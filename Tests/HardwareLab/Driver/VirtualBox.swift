import CLinux
import Glibc

/// LEDs of a keyboard (USB HID Usage Tables, LED page), which a box shows as its lamps.
enum Lamp: String, CaseIterable {
  case numlock, capslock, scrolllock

  fileprivate var bit: UInt8 {
    switch self {
    case .numlock: 1
    case .capslock: 2
    case .scrolllock: 4
    }
  }
}

/// A button box, keypad or smiley terminal: a boot keyboard whose keys the scenario presses.
final class VirtualBox: KeyBox {
  let gadget: Gadget
  private(set) var descriptor: Int32
  private(set) var held: [UInt8] = []
  /// Lamps that were lit since the last key went down.
  private(set) var lampsSeen: Set<Lamp> = []
  let tonesHeard: [Int] = []

  static let heldKeys_max = 6

  init(_ gadget: Gadget) throws(LabError) {
    self.gadget = gadget
    descriptor = kioskd_open(gadget.path, O_RDWR | O_NONBLOCK, 0)
    guard descriptor >= 0 else { throw failed("open \(gadget.path)") }
  }

  /// Output reports carry the lamps, one bit each.
  func serve() {
    for report in readSome(descriptor, upTo: 64) ?? [] {
      for lamp in Lamp.allCases where report & lamp.bit != 0 { lampsSeen.insert(lamp) }
    }
  }

  func tick() {}

  func hold(_ key: String, pump: Pump) throws(LabError) {
    guard let usage = KeyUsages.usage(of: key) else { throw LabError("no key \(key)") }
    guard !held.contains(usage), held.count < Self.heldKeys_max else {
      throw LabError("\(gadget.name) cannot hold that key as well")
    }
    held.append(usage)
    lampsSeen = []
    try report(pump)
  }

  func release(pump: Pump) throws(LabError) {
    held = []
    try report(pump)
  }

  /// A hand that lets go of a box without a cable: nobody is told.
  func releaseUnplugged() { held = [] }

  /// A report waits for the host's next poll of the interrupt endpoint, as the keyboard's would.
  private func report(_ pump: Pump) throws(LabError) {
    let bytes = [0, 0] + held + [UInt8](repeating: 0, count: Self.heldKeys_max - held.count)
    var problem: LabError?
    let taken = try pump.run(for: 2000) { () throws(LabError) in
      let count = write(self.descriptor, bytes, bytes.count)
      if count == bytes.count { return true }
      if count < 0 && errno != EAGAIN { problem = failed("\(self.gadget.name): press") }
      return problem != nil
    }
    if let problem { throw problem }
    guard taken else { throw LabError("\(gadget.name): the host does not poll its keys") }
  }
}
