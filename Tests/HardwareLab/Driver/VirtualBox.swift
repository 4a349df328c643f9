import CLinux
import Glibc

/// A button box, keypad or smiley terminal: a boot keyboard whose keys the scenario presses.
final class VirtualBox: Watched {
  let gadget: Gadget
  private(set) var descriptor: Int32
  private(set) var held: [UInt8] = []

  static let heldKeys_max = 6

  init(_ gadget: Gadget) throws(LabError) {
    self.gadget = gadget
    descriptor = kioskd_open(gadget.path, O_RDWR | O_NONBLOCK, 0)
    guard descriptor >= 0 else { throw failed("open \(gadget.path)") }
  }

  /// LED states from the host; a box has no lamps.
  func serve() { _ = readSome(descriptor, upTo: 64) }
  func tick() {}

  func hold(_ usage: UInt8, pump: Pump) throws(LabError) {
    guard !held.contains(usage), held.count < Self.heldKeys_max else {
      throw LabError("\(gadget.name) cannot hold that key as well")
    }
    held.append(usage)
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
