import Branch
import LinuxIO

/// What is plugged in, read from sysfs: USB printers, terminals and serial lines, other USB
/// devices, and input devices that are not on USB. Opens nothing, asks no device.
public struct DeviceInventory {
  private let sysfs: String
  private let dev: String

  /// - Parameters:
  ///   - sysfs: where sysfs is mounted; another tree in tests.
  ///   - dev: where the nodes are.
  public init(sysfs: String = "/sys", dev: String = "/dev") {
    self.sysfs = sysfs
    self.dev = dev
  }

  /// Everything, in the order of USB ports, then of nodes. Empty where sysfs is not mounted.
  public func devices() -> [FoundDevice] {
    let children = classDevices("usbmisc") + classDevices("input") + classDevices("tty")
    let usb = usbNames.filter(SysfsNames.isDevice).flatMap { name in
      devices(at: name, children.filter { $0.usbDevice == name })
    }
    return usb + children.filter { $0.usbDevice == nil }.compactMap(otherInput)
  }

  // MARK: - Class devices

  /// A node that a driver made: `event5`, `lp0`, `ttyUSB0`.
  private struct ClassDevice {
    let name: String
    let className: String
    let interface: String?
    var usbDevice: String? { interface.map(SysfsNames.device(of:)) }
    var kind: FoundDevice.Kind {
      switch className {
      case "usbmisc": .printer
      case "input": .terminal
      default: .serial
      }
    }
  }

  private func classDevices(_ className: String) -> [ClassDevice] {
    let directory = "\(sysfs)/class/\(className)"
    return SmallFile.entries(directory).compactMap { name in
      guard Self.isNode(name, className), let link = SmallFile.linkTarget("\(directory)/\(name)")
      else { return nil }
      let interface = SysfsNames.interface(inLink: link)
      // Consoles and built-in lines are no devices that somebody plugged in.
      if className == "tty", interface == nil { return nil }
      return ClassDevice(name: name, className: className, interface: interface)
    }
  }

  private static func isNode(_ name: String, _ className: String) -> Bool {
    switch className {
    case "input": name.hasPrefix("event")
    case "usbmisc": name.hasPrefix("lp")
    default: true
    }
  }

  // MARK: - USB

  private var usbNames: [String] { SmallFile.entries("\(sysfs)/bus/usb/devices") }

  /// One entry for each kind of thing that the device is; a device that is none is `unknown`.
  private func devices(at name: String, _ children: [ClassDevice]) -> [FoundDevice] {
    let directory = "\(sysfs)/bus/usb/devices"
    func text(_ attribute: String) -> String {
      SmallFile.text("\(directory)/\(name)/\(attribute)") ?? ""
    }
    // 09: a hub.
    guard text("bDeviceClass") != "09", let vendorID = UInt16(text("idVendor"), radix: 16)
    else { return [] }
    let interfaces = usbNames.filter { SysfsNames.isInterface($0) && $0.hasPrefix(name + ":") }
    let printers = interfaces.filter {
      SmallFile.text("\(directory)/\($0)/bInterfaceClass") == "07"
    }
    let device = FoundDevice(
      kind: .unknown, vendorID: vendorID, productID: UInt16(text("idProduct"), radix: 16),
      manufacturer: text("manufacturer"), product: text("product"), serial: text("serial"),
      usbPort: name, driver: driver(of: interfaces), nodes: [])
    var found: [FoundDevice] = []
    if !printers.isEmpty {
      var printer = device
      printer.kind = .printer
      printer.driver = driver(of: printers)
      printer.nodes = [usbNode(text("busnum"), text("devnum"))] + nodes(children, .printer)
      found.append(printer)
    }
    for kind in [FoundDevice.Kind.terminal, .serial] {
      let own = children.filter { $0.kind == kind }
      guard !own.isEmpty else { continue }
      var part = device
      part.kind = kind
      part.driver = driver(of: own.compactMap(\.interface))
      part.nodes = nodes(own, kind)
      found.append(part)
    }
    if !found.isEmpty { return found }
    var unknown = device
    unknown.nodes = [usbNode(text("busnum"), text("devnum"))]
    return [unknown]
  }

  private func driver(of interfaces: [String]) -> String? {
    for interface in interfaces {
      let link = SmallFile.linkTarget("\(sysfs)/bus/usb/devices/\(interface)/driver")
      if let link { return SmallFile.lastPart(link) }
    }
    return nil
  }

  private func usbNode(_ bus: String, _ address: String) -> DeviceNode {
    let place = [Int(bus) ?? 0, Int(address) ?? 0].map(SysfsNames.threeDigits)
    return node("bus/usb/" + place.joined(separator: "/"))
  }

  private func nodes(_ children: [ClassDevice], _ kind: FoundDevice.Kind) -> [DeviceNode] {
    children.filter { $0.kind == kind }.map {
      node(SysfsNames.node($0.name, inClass: $0.className))
    }
  }

  private func node(_ name: String) -> DeviceNode {
    let path = "\(dev)/\(name)"
    return DeviceNode(path: path, access: NodeAccess.check(path))
  }

  // MARK: - Not on USB

  /// A keyboard on another bus, or one made by a program (uinput). What has no keys is left out.
  private func otherInput(_ child: ClassDevice) -> FoundDevice? {
    guard child.className == "input" else { return nil }
    let directory = "\(sysfs)/class/input/\(child.name)/device"
    func text(_ attribute: String) -> String { SmallFile.text("\(directory)/\(attribute)") ?? "" }
    // A bitmap in hexadecimal words [Linux Documentation/input/event-codes.rst]: all zero, no keys.
    guard text("capabilities/key").contains(where: { $0 != "0" && $0 != " " }) else { return nil }
    return FoundDevice(
      kind: .terminal, vendorID: UInt16(text("id/vendor"), radix: 16),
      productID: UInt16(text("id/product"), radix: 16), manufacturer: "", product: text("name"),
      serial: text("uniq"), usbPort: nil, driver: nil,
      nodes: [node(SysfsNames.node(child.name, inClass: child.className))])
  }
}
