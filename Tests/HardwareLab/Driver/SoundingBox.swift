import CLinux
import Glibc

/// A button box with a beeper. HID keyboards have none, so this one is made by uinput (Linux,
/// Documentation/input/uinput.rst); its cable is its being there.
final class SoundingBox: KeyBox, Cable {
  static let link = "/dev/input/by-id/lab-buzzer"

  private let name: String
  private(set) var descriptor: Int32 = -1
  private var event: String?
  private var held: [UInt16] = []
  private(set) var tonesHeard: [Int] = []
  let lampsSeen: Set<Lamp> = []
  let lampsLit: Set<Lamp> = []

  init(name: String) throws(LabError) {
    self.name = name
    try set(plugged: true)
  }

  deinit { if descriptor >= 0 { close(descriptor) } }

  // MARK: - Cable

  var isPlugged: Bool { descriptor >= 0 }
  var nodes: [String] { event.map { ["/dev/input/\($0)"] } ?? [] }

  func set(plugged: Bool) throws(LabError) {
    guard plugged else {
      if descriptor >= 0 { close(descriptor) }
      descriptor = -1
      event = nil
      unlink(Self.link)
      return
    }
    descriptor = kioskd_open("/dev/uinput", O_RDWR | O_NONBLOCK, 0)
    guard descriptor >= 0 else { throw failed("open /dev/uinput") }
    try describe()
    guard let made = matches("/sys/class/input/event*").first(where: { isOwn($0) }) else {
      throw LabError("the host made no event node for \(name)")
    }
    let node = String(made.split(separator: "/").last ?? "")
    event = node
    mkdir("/dev/input/by-id", 0o755)
    guard symlink("/dev/input/\(node)", Self.link) == 0 else { throw failed("link \(Self.link)") }
  }

  private func describe() throws(LabError) {
    var isDone =
      kioskd_uinput_type(descriptor, EV_KEY) == 0 && kioskd_uinput_type(descriptor, EV_SND) == 0
      && kioskd_uinput_code(descriptor, EV_SND, SND_TONE) == 0
    for code in CInt(1)..<120 {
      isDone = isDone && kioskd_uinput_code(descriptor, EV_KEY, code) == 0
    }
    var id = input_id()
    guard isDone, kioskd_uinput_create(descriptor, title, &id) == 0
    else { throw failed("make \(name)") }
  }

  private var title: String { "kioskd lab \(name)" }

  private func isOwn(_ directory: String) -> Bool {
    readLine(of: "\(directory)/device/name") == title
  }

  // MARK: - Keys and sounds

  func tick() {}

  /// The kernel hands sounds to the program that plays the device, as input events.
  func serve() {
    guard let bytes = readSome(descriptor, upTo: 24 * 64) else { return }
    for start in stride(from: 0, to: bytes.count / 24 * 24, by: 24) {
      let (type, code, value) = bytes[start..<start + 24].withUnsafeBytes {
        (
          $0.loadUnaligned(fromByteOffset: 16, as: UInt16.self),
          $0.loadUnaligned(fromByteOffset: 18, as: UInt16.self),
          $0.loadUnaligned(fromByteOffset: 20, as: Int32.self)
        )
      }
      if type == EV_SND, code == SND_TONE { tonesHeard.append(Int(value)) }
    }
  }

  func hold(_ key: String, pump: Pump) throws(LabError) {
    guard let code = KeyUsages.eventCode(of: key) else { throw LabError("no code for \(key)") }
    held.append(code)
    tonesHeard = []
    try send(code, 1)
  }

  func release(_ key: String, pump: Pump) throws(LabError) {
    guard let code = KeyUsages.eventCode(of: key), held.contains(code) else { return }
    held.removeAll { $0 == code }
    try send(code, 0)
  }

  func release(pump: Pump) throws(LabError) {
    for code in held { try send(code, 0) }
    held = []
  }

  func releaseUnplugged() { held = [] }

  private func send(_ code: UInt16, _ value: Int32) throws(LabError) {
    let bytes = record(UInt16(EV_KEY), code, value) + record(UInt16(EV_SYN), 0, 0)
    guard write(descriptor, bytes, bytes.count) == bytes.count else {
      throw failed("\(name): press")
    }
  }

  private func record(_ type: UInt16, _ code: UInt16, _ value: Int32) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: 16)
    for part in [type, code] { withUnsafeBytes(of: part.littleEndian) { bytes += $0 } }
    withUnsafeBytes(of: value.littleEndian) { bytes += $0 }
    return bytes
  }
}
