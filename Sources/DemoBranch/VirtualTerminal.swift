import Branch
import Configuration
import DeviceProfiles
import Glibc
import LinuxIO
import TerminalInput

/// A box of buttons: a FIFO that yields the records of the kernel's input events.
final class VirtualTerminal {
  /// Time between two presses by their stamps, so that none of them is taken for a bounce of the
  /// one before, however fast a script presses.
  static let pressGap_us: Int64 = 1_100_000
  /// Between two edges of one press.
  static let chordGap_us: Int64 = 10_000

  let id: TerminalID
  let profile: TerminalProfile
  private let longPress: Span
  private let outlet: Outlet
  private var pipe: Descriptor?
  private var stamp_us: Int64 = 0

  init(terminal: TerminalConfiguration, outlet: Outlet) {
    id = terminal.id
    profile = terminal.profile
    longPress = terminal.longPress
    self.outlet = outlet
  }

  deinit { pull() }

  var isPlugged: Bool { pipe != nil }

  func plug() throws(Problem) {
    guard pipe == nil else { return }
    try outlet.plug { mkfifo($0, 0o600) }
    do throws(SystemError) {
      // For reading as well: then writing never fails for want of a reader.
      pipe = try SystemCall.open(outlet.path, O_RDWR | O_NONBLOCK)
    } catch {
      outlet.pull()
      throw Problem(
        code: "no-device", what: "cannot open the FIFO \(outlet.path)", cause: error.description,
        cure: "Check the disk of the temporary directory.")
    }
  }

  func pull() {
    guard pipe != nil else { return }
    outlet.pull()
    pipe = nil
  }

  /// Presses and lets go. How long a key was held only the stamps say: nobody waits. false when the
  /// terminal is not plugged in.
  func press(_ press: VirtualPress) -> Bool {
    guard let raw = pipe?.raw, let stroke = press.stroke(on: profile) else { return false }
    stamp_us = max(Clock.wall().ms * 1000, stamp_us + Self.pressGap_us)
    let codes = stroke.codes
    let downs = codes.flatMap { record($0, 1, after_us: Self.chordGap_us) }
    if case .long = stroke { stamp_us += longPress.ms * 1000 }
    let records = downs + codes.flatMap { record($0, 0, after_us: Self.chordGap_us) }
    return records.withUnsafeBytes { SystemCall.write(raw, $0) } == .bytes(records.count)
  }

  private func record(_ code: UInt16, _ value: Int32, after_us: Int64) -> [UInt8] {
    stamp_us += after_us
    let time = InputTime(seconds: stamp_us / 1_000_000, microseconds: stamp_us % 1_000_000)
    return inputEventBytes(code: code, value: value, at: time)
  }
}
