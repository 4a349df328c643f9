import Glibc

/// The cable of a serial adapter with FTDI's chip (QEMU's usb-serial, 0403:6001), for ftdi_sio to
/// drive. It hangs on an xHCI controller of the machine, and is pulled and plugged in from outside
/// as QEMU's monitor does it: the guest is not asked.
///
///     kioskd → ttyUSB → ftdi_sio → xHCI → usb-serial ═ line.sock ═ /dev/virtio-ports/line → sign
///
/// The adapter takes a frame at once, as one with a buffer does, and never makes the host wait:
/// what the sign has not yet got is still in the adapter, and lost with its power.
final class Adapter: Cable {
  private let device: LabDevice
  private let monitor: Monitor
  /// /dev/ttyUSBN, when it was last pulled.
  private var lastTerminal: String?

  /// Where the line comes out in the guest.
  static let linePath = "/dev/virtio-ports/line"
  /// What QEMU tells of it.
  private static let log = "adapter.log"

  init(_ device: LabDevice, monitor: Monitor) throws(LabError) {
    self.device = device
    self.monitor = monitor
    try set(plugged: true)
  }

  /// What QEMU is started with; sockets join its two ends of each line.
  static func machine(sockets directory: String) -> [String] {
    ["-device", "qemu-xhci,id=usb", "-device", "virtio-serial-pci", "-chardev", "null,id=nowhere"]
      + join("adapter", to: "line", directory) + join("qmp", to: "monitor", directory)
      + ["-mon", "chardev=qmp,mode=control", "-D", "\(directory)/\(log)"]
      + ["-trace", "usb_serial_set_*"]
  }

  /// The port `name` of the guest is the far end of the character device `outer`.
  private static func join(_ outer: String, to name: String, _ directory: String) -> [String] {
    let path = "\(directory)/\(name).sock"
    return [
      "-chardev", "socket,id=\(outer),path=\(path),server=on,wait=off",
      "-chardev", "socket,id=\(name),path=\(path)",
      "-device", "virtserialport,chardev=\(name),name=\(name)",
    ]
  }

  var nodes: [String] { Self.nodes(serial: device.identity.serial) }

  var isPlugged: Bool { !nodes.isEmpty }

  func set(plugged: Bool) throws(LabError) {
    if plugged { return try add(device.name, serial: device.identity.serial, behind: "adapter") }
    lastTerminal = nodes.first { $0.hasPrefix("/dev/ttyUSB") }
    try monitor.run("device_del", [("id", device.name)])
  }

  /// What it was told last, as `9600 7E1`.
  var settings: String {
    LineSettings(trace: readText("/out/\(Self.log)") ?? "").description
  }

  /// Another adapter, with nothing behind it, that is to get the number which this one had.
  func plugStranger() throws(LabError) -> Stranger {
    guard let lastTerminal, !isPlugged else {
      throw LabError("renumber needs an adapter that was unplugged before")
    }
    let stranger = Stranger(serial: "stranger", terminal: lastTerminal)
    try add(stranger.serial, serial: stranger.serial, behind: "nowhere")
    return stranger
  }

  struct Stranger {
    let serial: String
    let terminal: String
    var isPlugged: Bool { Adapter.nodes(serial: serial).contains(terminal) }
  }

  private func add(
    _ name: String, serial: String, behind chardev: String
  ) throws(LabError) {
    // Plugged in whatever stands behind it: the line's socket is there from the start.
    try monitor.run(
      "device_add",
      [
        ("driver", "usb-serial"), ("id", name), ("bus", "usb.0"), ("serial", serial),
        ("chardev", chardev), ("always-plugged", "on"),
      ])
  }

  /// What the host made for the device with this serial number.
  private static func nodes(serial: String) -> [String] {
    let number = matches("/sys/bus/usb/devices/*/serial").first { readLine(of: $0) == serial }
    return number.map { hostNodes(of: String($0.dropLast("/serial".count))) } ?? []
  }
}
