import CLinux
import Glibc
import TerminalInput

/// Questions to an event node (Documentation/input/input.rst; linux/input.h).
enum EventDevice {
  private static let keyBytes = Int(EventCode.keyLast) / 8 + 1

  static func isOne(_ raw: CInt) -> Bool {
    var id = input_id()
    return kioskd_evdev_id(raw, &id) == 0
  }

  static func keysDown(_ raw: CInt) -> Set<UInt16> {
    var bits = [UInt8](repeating: 0, count: keyBytes)
    guard kioskd_evdev_keys(raw, &bits, CInt(bits.count)) >= 0 else { return [] }
    return codes(bits)
  }

  /// The kernel keeps 64 records for a reader (drivers/input/evdev.c, EVDEV_MIN_BUFFER_SIZE), and a
  /// HID keyboard tells a scan code (EV_MSC) beside each key: without those, and without what an
  /// axis of a button box chatters, half as much again fits in before keys are lost. Kernels before
  /// 4.4 cannot, which costs nothing else.
  static func hearKeysOnly(_ raw: CInt) {
    _ = kioskd_evdev_hear_only(raw, 1 << UInt(EventType.key) | 1 << UInt(EventType.led))
  }

  static func isLit(_ raw: CInt, _ code: UInt16) -> Bool {
    var bits = [UInt8](repeating: 0, count: 8)
    let count = kioskd_evdev_leds(raw, &bits, CInt(bits.count))
    return count >= 0 && codes(bits).contains(code)
  }

  static func hasLED(_ raw: CInt, _ code: UInt16) -> Bool { has(raw, EventType.led, code) }

  static func hasSound(_ raw: CInt, _ code: UInt16) -> Bool { has(raw, EventType.sound, code) }

  private static func has(_ raw: CInt, _ type: UInt16, _ code: UInt16) -> Bool {
    var bits = [UInt8](repeating: 0, count: 8)
    let count = kioskd_evdev_bits(raw, CInt(type), &bits, CInt(bits.count))
    return count >= 0 && codes(bits).contains(code)
  }

  private static func codes(_ bits: [UInt8]) -> Set<UInt16> {
    var codes: Set<UInt16> = []
    for (index, byte) in bits.enumerated() where byte != 0 {
      for bit in 0..<8 where byte >> UInt8(bit) & 1 == 1 { codes.insert(UInt16(index * 8 + bit)) }
    }
    return codes
  }
}
