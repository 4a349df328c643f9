import Glibc
public import LinuxIO

/// Where the kernel shows input devices; tests give a tree of their own.
public struct InputRoots: Hashable, Sendable {
  public let devices: String
  public let sysfs: String

  public init(devices: String = "/dev/input", sysfs: String = "/sys/class/input") {
    self.devices = devices
    self.sysfs = sysfs
  }
}

/// One event node and what sysfs tells of the device behind it, without opening it: a node that
/// this user may not open can still be named in the complaint.
public struct InputNode: Hashable, Sendable {
  /// `event3`; another one after each replug.
  public let node: String
  public let path: String
  /// As the device calls itself.
  public let name: String
  /// The device's own number, often the USB serial.
  public let unique: String
  /// Where it is plugged in, `usb-0000:00:14.0-2/input0`.
  public let physical: String
  public let usb: USBIdentity?
  /// Key codes that it can send.
  public let keys: Set<UInt16>
  /// Codes of its LEDs (LED_NUML 0 …).
  public let leds: Set<UInt16>
  /// Codes of its sounds (SND_BELL 1, SND_TONE 2).
  public let sounds: Set<UInt16>

  /// All event nodes, in the order of their numbers.
  public static func all(_ roots: InputRoots = InputRoots()) -> [InputNode] {
    SmallFile.entries(roots.sysfs)
      .filter { $0.hasPrefix("event") }
      .compactMap { node in
        // Each device tells its keys, were there none; this one is just going.
        SmallFile.text(roots.sysfs + "/" + node + "/device/capabilities/key")
          .map { InputNode(node, keys: Self.codes($0), roots) }
      }
      .sorted { ($0.node.utf8.count, $0.node) < ($1.node.utf8.count, $1.node) }
  }

  private init(_ node: String, keys: Set<UInt16>, _ roots: InputRoots) {
    let device = roots.sysfs + "/" + node + "/device"
    self.node = node
    path = roots.devices + "/" + node
    name = SmallFile.text(device + "/name") ?? ""
    unique = SmallFile.text(device + "/uniq") ?? ""
    physical = SmallFile.text(device + "/phys") ?? ""
    usb = USBIdentity(behind: device)
    self.keys = keys
    func codes(_ type: String) -> Set<UInt16> {
      Self.codes(SmallFile.text(device + "/capabilities/" + type) ?? "")
    }
    leds = codes("led")
    sounds = codes("snd")
  }

  /// sysfs writes a bitmap as hexadecimal words of 64 bits, the most significant first and without
  /// leading zeros (drivers/input/input.c, input_print_bitmap).
  static func codes(_ bitmap: String) -> Set<UInt16> {
    var codes: Set<UInt16> = []
    let words = bitmap.split(separator: " ").reversed()
    for (index, text) in words.enumerated().prefix(12) {
      guard let word = UInt64(text, radix: 16) else { return codes }
      for bit in 0..<64 where word >> UInt64(bit) & 1 == 1 {
        codes.insert(UInt16(index * 64 + bit))
      }
    }
    return codes
  }

  /// One physical device has several nodes: a keypad with a volume wheel has two.
  var physicalDevice: String {
    usb?.port ?? String(physical.prefix { $0 != "/" })
  }

  var description: String {
    usb.map { "\(name) [\($0)] \(node)" } ?? "\(name) \(node)"
  }
}
