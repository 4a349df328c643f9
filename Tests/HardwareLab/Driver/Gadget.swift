import CLinux
import Glibc

/// How a virtual device introduces itself on the bus.
struct USBIdentity {
  var vendor: UInt16
  var product: UInt16
  var maker: String
  var model: String
  var serial: String
}

/// What a gadget does; each is one function of the kernel's USB gadget framework
/// (Linux, Documentation/ABI/testing/configfs-usb-gadget-*).
enum GadgetFunction {
  /// Printer class 7 with this IEEE 1284 device id.
  case printer(id1284: String)
  /// A boot keyboard: button boxes and keypads are keyboards to the kernel.
  case keyboard
  /// A serial line, CDC ACM.
  case serialLine
}

/// One virtual USB device: a gadget bound to one of dummy_hcd's controllers, which the same
/// kernel's host side sees as if it hung on a port of a root hub.
final class Gadget {
  let name: String
  /// Number of dummy_hcd's controller and root hub.
  private(set) var bus: Int
  /// The gadget side's device nodes, one a function: /dev/g_printer0, /dev/hidg0 or /dev/ttyGS0.
  let paths: [String]
  var path: String { paths[0] }

  private static let configfs = "/sys/kernel/config/usb_gadget"
  private var controller: String { "\(Self.configfs)/\(name)/UDC" }

  /// - Parameter count: of functions, each with an interface of its own.
  init(
    name: String, bus: Int, identity: USBIdentity, function: GadgetFunction, count: Int = 1
  ) throws(LabError) {
    self.name = name
    self.bus = bus
    let root = "\(Self.configfs)/\(name)"
    try Self.introduce(identity, at: root)
    var homes: [String] = []
    for number in 1...count {
      let part = number == 1 ? name : "\(name)-\(number)"
      let home = "\(root)/functions/\(function.kind).\(part)"
      try makeDirectory(home)
      try function.configure(home)
      guard symlink(home, "\(root)/configs/c.1/\(part)") == 0 else {
        throw failed("link \(home)")
      }
      homes.append(home)
    }
    try writeFile("\(root)/UDC", "dummy_udc.\(bus)")
    var paths: [String] = []
    for home in homes { paths.append(try function.path(home)) }
    self.paths = paths
  }

  /// Takes the device off its port. Nobody may hold its nodes open: 6.1 kernels crash.
  func leavePort() throws(LabError) { try writeFile(controller, "\n") }

  /// Puts it, pulled before, on another port.
  func take(port bus: Int) throws(LabError) {
    self.bus = bus
    try writeFile(controller, "dummy_udc.\(bus)")
  }

  private static func introduce(_ identity: USBIdentity, at root: String) throws(LabError) {
    try makeDirectory(root)
    try writeFile("\(root)/idVendor", "0x" + String(identity.vendor, radix: 16))
    try writeFile("\(root)/idProduct", "0x" + String(identity.product, radix: 16))
    try writeFile("\(root)/bcdUSB", "0x0200")
    try makeDirectory("\(root)/strings/0x409")
    try writeFile("\(root)/strings/0x409/manufacturer", identity.maker)
    try writeFile("\(root)/strings/0x409/product", identity.model)
    if !identity.serial.isEmpty {
      try writeFile("\(root)/strings/0x409/serialnumber", identity.serial)
    }
    try makeDirectory("\(root)/configs/c.1")
  }
}

extension GadgetFunction {
  fileprivate var kind: String {
    switch self {
    case .printer: "printer"
    case .keyboard: "hid"
    case .serialLine: "acm"
    }
  }

  fileprivate func configure(_ home: String) throws(LabError) {
    switch self {
    case .printer(let id1284):
      try writeFile("\(home)/pnp_string", id1284)
      // One buffer of 8,192 bytes: the least that the kernel takes in before the printer reads.
      try writeFile("\(home)/q_len", "1")
    case .keyboard:
      try writeFile("\(home)/protocol", "1")
      try writeFile("\(home)/subclass", "1")
      try writeFile("\(home)/report_length", "8")
      try writeFile("\(home)/report_desc", bootKeyboardDescriptor)
    case .serialLine: break
    }
  }

  fileprivate func path(_ home: String) throws(LabError) -> String {
    switch self {
    case .printer:
      // Numbered in the order in which the functions are made.
      let others = matches("/sys/kernel/config/usb_gadget/*/functions/printer.*").filter {
        $0 != home
      }
      return "/dev/g_printer\(others.count)"
    case .keyboard:
      let minor = (readLine(of: "\(home)/dev") ?? "").split(separator: ":").last
      guard let minor else { throw LabError("\(home)/dev names no device") }
      return "/dev/hidg\(minor)"
    case .serialLine:
      guard let port = readLine(of: "\(home)/port_num") else { throw failed("\(home)/port_num") }
      return "/dev/ttyGS\(port)"
    }
  }
}

/// USB HID 1.11, appendix B.1: eight modifier bits, a reserved byte, five LEDs out, six key codes.
let bootKeyboardDescriptor: [UInt8] = [
  0x05, 0x01, 0x09, 0x06, 0xa1, 0x01, 0x05, 0x07, 0x19, 0xe0, 0x29, 0xe7, 0x15, 0x00, 0x25, 0x01,
  0x75, 0x01, 0x95, 0x08, 0x81, 0x02, 0x95, 0x01, 0x75, 0x08, 0x81, 0x03, 0x95, 0x05, 0x75, 0x01,
  0x05, 0x08, 0x19, 0x01, 0x29, 0x05, 0x91, 0x02, 0x95, 0x01, 0x75, 0x03, 0x91, 0x03, 0x95, 0x06,
  0x75, 0x08, 0x15, 0x00, 0x25, 0x65, 0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x81, 0x00, 0xc0,
]
