import Branch
import CLinux
import Glibc
import LinuxIO
import PortBench
import Testing

@testable import USBPrinter

/// A tree like sysfs and a directory like /dev/bus/usb, in which devices come and go.
/// A node here is an ordinary file: it opens, and libusb then finds no device behind it.
final class FakeBus {
  let scratch = ScratchDirectory()
  var sysfs: String { scratch.path + "/sys" }
  var nodes: String { scratch.path + "/dev/bus/usb" }

  init() throws {
    try makeDirectories(sysfs + "/bus/usb/devices")
    try makeDirectories(scratch.path + "/dev")
    try add(
      "usb1",
      [
        "busnum": "1", "devnum": "1", "idVendor": "1d6b", "idProduct": "0002",
        "bDeviceClass": "09",
      ])
  }

  func plug(
    _ port: String, vendor: String = "04b8", product: String = "0202", serial: String? = nil,
    name: String? = nil, address: Int = 5, classes: [String] = ["07"], withInterfaces: Bool = true
  ) throws {
    var attributes = [
      "busnum": "1", "devnum": "\(address)", "idVendor": vendor, "idProduct": product,
      "bDeviceClass": "00",
    ]
    attributes["serial"] = serial
    attributes["product"] = name
    try add(port, attributes)
    if withInterfaces { try plugInterfaces(port, classes) }
    try makeDirectories(nodes + "/001")
    let digits = String(address)
    let node = String(repeating: "0", count: 3 - digits.utf8.count) + digits
    try write("\(nodes)/001/\(node)", "")
  }

  func plugInterfaces(_ port: String, _ classes: [String]) throws {
    for (index, number) in classes.enumerated() {
      try add(
        "\(port):1.\(index)", ["bInterfaceClass": number, "bInterfaceNumber": "0\(index)"])
    }
  }

  private func add(_ name: String, _ attributes: [String: String]) throws {
    let path = "\(sysfs)/bus/usb/devices/\(name)"
    try makeDirectories(path)
    for (key, value) in attributes { try write("\(path)/\(key)", value + "\n") }
  }
}

func makeDirectories(_ path: String) throws {
  var built = ""
  for name in path.split(separator: "/") {
    built += "/" + name
    try #require(mkdir(built, 0o755) == 0 || errno == EEXIST)
  }
}

func write(_ path: String, _ text: String) throws {
  let file = try SystemCall.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
  guard !text.isEmpty else { return }
  var text = text
  let transfer = text.withUTF8 { SystemCall.write(file.raw, UnsafeRawBufferPointer($0)) }
  try #require(transfer == .bytes(text.utf8.count))
}

@Suite("USB printers: finding the right one")
struct USBSelectionTests {
  private func code(_ selector: USBPrinterSelector, _ bus: FakeBus) -> String {
    do throws(Problem) {
      return "found " + (try selector.choose(from: USBTree(sysfs: bus.sysfs).devices())).port
    } catch {
      return error.code
    }
  }

  @Test("sysfs tells port, ids, names and printer interfaces; hubs are left out")
  func readsTree() throws {
    let bus = try FakeBus()
    try bus.plug("1-2.3", serial: "J6QF", name: "TM-T88V", classes: ["03", "07"])
    let device = try #require(USBTree(sysfs: bus.sysfs).devices().first)
    #expect(USBTree(sysfs: bus.sysfs).devices().count == 1)
    #expect(device.port == "1-2.3" && device.node == "001/005" && device.ids == "04b8:0202")
    #expect(device.printerInterfaces == [1])
    #expect(device.identity == "TM-T88V (04b8:0202), serial J6QF, USB 1-2.3")
  }

  @Test("each selector finds its device, and no other")
  func selects() throws {
    let bus = try FakeBus()
    try bus.plug("1-1", vendor: "046d", product: "c31c", classes: ["03"])
    try bus.plug("1-2.3", serial: "J6QF", address: 6)
    #expect(code(.serial("J6QF"), bus) == "found 1-2.3")
    #expect(code(.serial("J6Q"), bus) == "absent")
    #expect(code(.port("1-2.3"), bus) == "found 1-2.3")
    #expect(code(.port("1-2"), bus) == "absent")
    #expect(code(.port("1-1"), bus) == "not-a-printer")
    #expect(code(.model(vendorID: 0x04b8, productID: 0x0202), bus) == "found 1-2.3")
    #expect(code(.model(vendorID: 0x046d, productID: 0xc31c), bus) == "not-a-printer")
    #expect(code(.anyPrinter, bus) == "found 1-2.3")
  }

  @Test("of two twins neither is taken, until port or serial number says which")
  func twins() throws {
    let bus = try FakeBus()
    try bus.plug("1-1", serial: "A", address: 6)
    try bus.plug("1-2", serial: "B", address: 7)
    #expect(code(.anyPrinter, bus) == "ambiguous-device")
    #expect(code(.model(vendorID: 0x04b8, productID: 0x0202), bus) == "ambiguous-device")
    #expect(code(.serial("B"), bus) == "found 1-2")
    #expect(code(.port("1-1"), bus) == "found 1-1")
  }

  @Test("both ways goes before one way, 1284.4 comes last, others never")
  func choosesInterface() {
    func setting(_ alternate: UInt8, _ number: UInt8, out: UInt8? = 1, in way: UInt8? = 0x82)
      -> PrinterInterface
    {
      PrinterInterface(
        number: 0, alternate: alternate, interfaceProtocol: number, bulkOut: out, bulkIn: way,
        alternates: 4)
    }
    let all = [setting(0, 1, in: nil), setting(1, 3), setting(2, 2), setting(3, 4)]
    #expect(PrinterInterface.best(of: all)?.alternate == 2)
    #expect(PrinterInterface.best(of: Array(all.prefix(2)))?.alternate == 0)
    #expect(PrinterInterface.best(of: [all[1]])?.alternate == 1)
    #expect(PrinterInterface.best(of: [all[3]]) == nil)
    #expect(PrinterInterface.best(of: [setting(0, 2, out: nil)]) == nil)
  }

  @Test("a device id is read whatever its length says, and garbage is none")
  func deviceID() {
    let text = "MFG:EPSON;CMD:ESC/POS;MDL: TM-T88V ;CLS:PRINTER;SN:J6QF;"
    for length in [[0, 58], [58, 0], [0xFF, 0xFF]] as [[UInt8]] {
      let id = DeviceID(length + Array(text.utf8))
      #expect(id?.manufacturer == "EPSON" && id?.model == "TM-T88V" && id?.serial == "J6QF")
    }
    for garbage in [
      [], [0], [0, 2], [0, 9, 0xFF, 0x3B, 0x3A, 0x3A], Array(repeating: 0, count: 64),
    ]
      as [[UInt8]]
    { #expect(DeviceID(garbage) == nil) }
  }

  @Test("class requests stand as in the printer class specification")
  func requests() {
    let interface = PrinterInterface(
      number: 1, alternate: 2, interfaceProtocol: 2, bulkOut: 1, bulkIn: 0x82, alternates: 3)
    let id = PrinterRequest.deviceID(interface)
    #expect(id.type == 0xA1 && id.code == 0 && id.index == 0x0102)
    let status = PrinterRequest.portStatus(interface)
    #expect(status.type == 0xA1 && status.code == 1 && status.index == 1 && status.length == 1)
    let reset = PrinterRequest.softReset(interface)
    #expect(reset.type == 0x21 && reset.code == 2 && reset.index == 1 && reset.length == 0)
  }
}

/// Without a device. Transfers, claims and replugs run in the hardware lab, on the kernel's own
/// printer gadget.
@Suite("USB printers: the transport without a device")
struct USBPrinterTests {
  private func printer(_ bench: PortBench, _ bus: FakeBus, _ selector: USBPrinterSelector)
    -> USBPrinter
  {
    USBPrinter(loop: bench.loop, selector: selector, sysfs: bus.sysfs, nodes: bus.nodes) {
      bench.record($0)
    }
  }

  @Test("a context puts libusb's descriptors on the loop and takes them off again")
  func context() throws {
    let loop = try EventLoop()
    let context = try USBContext(loop: loop)
    #expect(context.watchedDescriptors >= 1)
    context.handleEvents()
    context.close()
    #expect(context.watchedDescriptors == 0)
  }

  @Test("an absent printer is told once; a job for it is refused with nothing accepted")
  func absent() throws {
    let bus = try FakeBus()
    let bench = try PortBench()
    let port = printer(bench, bus, .serial("J6QF"))
    port.start()
    try bench.run("lost") { $0.contains { $0.lostCode == "absent" } }
    port.write(job: 3, bytes: [1, 2, 3])
    port.send(query: [0x10, 0x04, 0x01])
    port.requestPortStatus()
    try bench.run("stopped") { $0.contains { $0.stopped?.job == 3 } }
    #expect(bench.events.compactMap(\.stopped).map(\.accepted) == [0])
    #expect(bench.events.count == 2)
    port.close()
  }

  @Test("a device that comes is opened at once, though its bus had no directory before")
  func comes() throws {
    let bus = try FakeBus()
    let bench = try PortBench()
    let port = printer(bench, bus, .serial("J6QF"))
    port.start()
    try bench.run("lost") { $0.contains { $0.lostCode == "absent" } }
    try bus.plug("1-1", serial: "J6QF")
    // The node is a file, so libusb gives up on it: it was found, and the refusal is told.
    try bench.run("refused") { $0.contains { $0.lostCode == "open-failed" } }
    port.close()
  }

  @Test("a device whose interfaces come after its node is found all the same")
  func comesInSteps() throws {
    let bus = try FakeBus()
    let bench = try PortBench()
    let port = printer(bench, bus, .port("1-1"))
    port.start()
    try bench.run("lost") { $0.contains { $0.lostCode == "absent" } }
    try bus.plug("1-1", withInterfaces: false)
    var hasInterfaces = false
    _ = bench.loop.schedule(after: .milliseconds(100)) {
      try? bus.plugInterfaces("1-1", ["07"])
      hasInterfaces = true
    }
    try bench.run("refused") { $0.contains { $0.lostCode == "open-failed" } }
    #expect(hasInterfaces)
    port.close()
  }

  @Test("close leaves the loop asleep and tells nothing more")
  func closes() throws {
    let bus = try FakeBus()
    try bus.plug("1-1")
    let bench = try PortBench()
    let port = printer(bench, bus, .anyPrinter)
    port.start()
    try bench.run("refused") { $0.contains { $0.lostCode == "open-failed" } }
    port.close()
    let count = bench.events.count
    try bus.plug("1-2", address: 9)
    var isOver = false
    _ = bench.loop.schedule(after: .milliseconds(50)) {
      isOver = true
      bench.check()
    }
    try bench.run("a moment later") { _ in isOver }
    #expect(bench.events.count == count)
  }
}
