public import CLinux
import Glibc

/// What a virtual input device says of itself.
public struct VirtualInputForm: Sendable {
  /// The kernel takes 79 bytes of it.
  public var name: String
  /// Bus (BUS_USB 3, BUS_VIRTUAL 6), vendor, product and version, as programs see them.
  public var id: input_id
  /// Codes that it can send or obey, by their type (linux/input-event-codes.h).
  public var codes: [UInt16: Set<UInt16>]
  /// Of each absolute axis.
  public var axes: [UInt16: ClosedRange<Int32>]

  public init(
    name: String, id: input_id, codes: [UInt16: Set<UInt16>],
    axes: [UInt16: ClosedRange<Int32>] = [:]
  ) {
    self.name = name
    self.id = id
    self.codes = codes
    self.axes = axes
  }
}

/// An input device that this program makes and plays (uinput). It is gone when its owner is.
public struct VirtualInput: ~Copyable {
  /// 10, 223 in the kernel's admin-guide/devices.txt.
  public static let path = "/dev/uinput"

  private let descriptor: Descriptor
  /// `/dev/input/event7`; udev may make it, and set its group, a moment later.
  public let node: String

  /// Throws what the kernel says to opening or to the description; ENODEV as well when it makes no
  /// event node, which is the module evdev's task.
  public init(_ form: VirtualInputForm, path: String = VirtualInput.path) throws(SystemError) {
    let descriptor = try SystemCall.open(path, O_RDWR | O_NONBLOCK)
    let raw = descriptor.raw
    for (type, codes) in form.codes {
      try SystemCall.check("UI_SET_EVBIT", kioskd_uinput_type(raw, CInt(type)))
      for code in codes {
        try SystemCall.check("UI_SET_*BIT", kioskd_uinput_code(raw, CInt(type), CInt(code)))
      }
    }
    for (axis, range) in form.axes {
      try SystemCall.check(
        "UI_ABS_SETUP",
        kioskd_uinput_axis(raw, CInt(axis), range.lowerBound, range.upperBound))
    }
    var id = form.id
    try SystemCall.check("UI_DEV_CREATE", kioskd_uinput_create(raw, form.name, &id))
    guard let node = Self.node(raw) else { throw SystemError("find its event node", errno: ENODEV) }
    self.descriptor = descriptor
    self.node = node
  }

  private static func node(_ raw: CInt) -> String? {
    var name = [CChar](repeating: 0, count: 64)
    guard kioskd_uinput_name(raw, &name, CInt(name.count)) >= 0 else { return nil }
    let device =
      "/sys/devices/virtual/input/"
      + String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return SmallFile.entries(device).first { $0.hasPrefix("event") }.map { "/dev/input/" + $0 }
  }

  /// Whole records of `struct input_event`; the kernel puts its own time in.
  public borrowing func send(_ records: [UInt8]) -> Transfer {
    records.withUnsafeBytes { SystemCall.write(descriptor.raw, $0) }
  }
}
