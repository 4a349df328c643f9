import Glibc

/// The cable of a virtual device. Pulling switches off the root hub's port, as a person's hand
/// does; the gadget stays configured. (Unbinding the controller instead crashes 6.1 kernels while
/// a program holds the gadget's file.)
struct HubPort: Cable {
  /// Number of dummy_hcd's controller.
  let bus: Int

  private var controller: String { "/sys/devices/platform/dummy_hcd.\(bus)" }

  /// sysfs directory of the device while the host sees it.
  var device: String? { matches("\(controller)/usb*/[0-9]*-1").first }

  var isPlugged: Bool { device != nil }

  func set(plugged: Bool) throws(LabError) {
    guard let port = matches("\(controller)/usb*/*-0:1.0/usb*-port1/disable").first else {
      throw LabError("root hub \(bus) has no port that can be switched")
    }
    try writeFile(port, plugged ? "0" : "1")
  }

  /// Device nodes that the host's drivers made for the device: /dev/input/eventN, /dev/ttyACM0,
  /// /dev/usb/lp0, and the raw /dev/bus/usb/… that libusb opens.
  var nodes: [String] { device.map(hostNodes) ?? [] }
}

/// Device nodes that belong to a USB device, by its directory in sysfs.
func hostNodes(of device: String) -> [String] {
  func base(_ path: String) -> Substring { path.split(separator: "/").last ?? "" }
  let raw = (readText("\(device)/uevent") ?? "").split(separator: "\n")
    .first { $0.hasPrefix("DEVNAME=") }
    .map { "/dev/" + $0.dropFirst("DEVNAME=".count) }
  let names =
    matches("\(device)/*:1.*/*/input/input*/event*").map { "/dev/input/\(base($0))" }
    + matches("\(device)/*:1.*/tty/tty*").map { "/dev/\(base($0))" }
    + matches("\(device)/*:1.*/ttyUSB*").map { "/dev/\(base($0))" }
    + matches("\(device)/*:1.*/usbmisc/lp*").map { "/dev/usb/\(base($0))" }
  return names + [raw].compactMap { $0 }
}
