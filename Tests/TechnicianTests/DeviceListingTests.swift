import Branch
import CommandLineKit
@testable import DeviceInventory
import DeviceProfiles
@testable import LinuxIO
import Technician
import Testing

@Suite("The list of what is plugged in")
struct DeviceListingTests {
  private var library: ProfileLibrary {
    get throws {
      var library = ProfileLibrary()
      let epson = try #require(ProfileID("epson-tm-t88v"))
      let pad = try #require(ProfileID("counter-keypad"))
      library.insert(
        PrinterProfile(
          id: epson, name: "TM-T88V", usb: [USBModel(vendor: 0x04B8, product: 0x0202)],
          columns: 42))
      library.insert(
        TerminalProfile(
          id: pad, name: "Keypad", usb: [USBModel(vendor: 0x04D9, product: 0x1603)], keys: []))
      return library
    }
  }

  private func node(_ path: String, isAllowed: Bool = true) -> DeviceNode {
    DeviceNode(
      path: path,
      access: NodeAccess(
        path: path, mode: 0o660, owner: "root", group: "lp", user: "tech", isAllowed: isAllowed,
        isListedInGroup: false))
  }

  private func device(
    _ kind: FoundDevice.Kind, _ vendor: UInt16 = 0x04B8, _ product: UInt16 = 0x0202,
    serial: String = "", port: String? = "1-2", nodes: [DeviceNode] = []
  ) -> FoundDevice {
    FoundDevice(
      kind: kind, vendorID: vendor, productID: product, manufacturer: "ACME", product: "Thing",
      serial: serial, usbPort: port, driver: nil, nodes: nodes)
  }

  private func list(
    _ devices: [FoundDevice], aliases: [String: [String]] = [:],
    holders: (String) -> [DeviceHolder] = { _ in [] }, isRoot: Bool = false
  ) throws -> DeviceListing {
    DeviceListing(
      devices, profiles: try library, aliases: aliases, holders: holders, user: "tech",
      isRoot: isRoot)
  }

  @Test("a known printer has its profile, and its serial number to paste")
  func printer() throws {
    let listing = try list([device(.printer, serial: "J5\"F", nodes: [node("/dev/bus/usb/1/4")])])
    let entry = listing.entries[0]
    #expect(entry.profiles.map(\.text) == ["epson-tm-t88v"])
    #expect(entry.selector == #""profile": "epson-tm-t88v", "usb": {"serial": "J5\"F"}"#)
    #expect(listing.lines.contains { $0.contains("/dev/bus/usb/1/4: tech may open it") })
  }

  /// What a device that says this of itself is taken for, when all Epson models have one USB id.
  private func epson(saying product: String) throws -> DeviceListing.Entry {
    var library = ProfileLibrary()
    for name in ["TM-T88V", "TM-T88VI", "TM-T20II", "TM-T20III", "TM-m30"] {
      let id = try #require(ProfileID("epson-" + name.lowercased()))
      library.insert(
        PrinterProfile(
          id: id, name: name, usb: [USBModel(vendor: 0x04B8, product: 0x0202)], columns: 42))
    }
    var device = device(.printer, serial: "J5")
    device.product = product
    let listing = DeviceListing(
      [device], profiles: library, aliases: [:], holders: { _ in [] }, user: "tech",
      isRoot: false)
    return listing.entries[0]
  }

  @Test(
    "of many models with one USB id the name tells which it is",
    arguments: [
      ("TM-T88V", "epson-tm-t88v"), ("EPSON TM-T88VI", "epson-tm-t88vi"),
      ("TM-T20II-JPN", "epson-tm-t20ii"), ("tm t20iii", "epson-tm-t20iii"),
      ("EPSON TM-m30 (80)", "epson-tm-m30"),
    ])
  func sharedID(product: String, profile: String) throws {
    let entry = try epson(saying: product)
    #expect(entry.profiles.map(\.text) == [profile])
    #expect(entry.selector == "\"profile\": \"\(profile)\", \"usb\": {\"serial\": \"J5\"}")
  }

  @Test(
    "a name that fits none of them leaves all of them to choose from",
    arguments: ["", "UB-U05", "TM-m30II", "TM-T88VII", "TM-T20"])
  func sharedIDWithoutName(product: String) throws {
    let entry = try epson(saying: product)
    #expect(entry.profiles.count == 5)
    #expect(entry.selector?.contains("\"epson-tm-m30 or epson-tm-t20ii or") == true)
  }

  @Test("twins and devices without a number are named by their port")
  func twins() throws {
    let twins = try list([
      device(.printer, serial: "1", port: "1-2"), device(.printer, serial: "1", port: "1-3"),
      device(.printer, port: "1-4"),
    ])
    let ports = twins.entries.map { $0.selector?.split(separator: "\"port\": ").last ?? "" }
    #expect(ports == ["\"1-2\"}", "\"1-3\"}", "\"1-4\"}"])
  }

  @Test("a printer without a profile is a guess, and said to be one")
  func unknownPrinter() throws {
    let listing = try list([device(.printer, 0x1234, 0x5678)])
    #expect(listing.entries[0].profiles.isEmpty)
    #expect(listing.entries[0].selector?.contains("generic-80mm") == true)
    #expect(listing.lines.contains { $0.contains("looks like a printer: try generic-80mm") })
  }

  @Test("a vendor class device that a profile knows is a printer")
  func vendorClass() throws {
    let listing = try list([device(.unknown), device(.unknown, 0x1234, 0x5678)])
    #expect(listing.entries.map(\.kind) == [.printer, .unknown])
    #expect(listing.entries[1].selector == nil)
  }

  @Test("a closed node is told with its cure")
  func closed() throws {
    let listing = try list([device(.printer, nodes: [node("/dev/bus/usb/1/4", isAllowed: false)])])
    let line = try #require(listing.lines.first { $0.contains("closed to tech") })
    #expect(line.contains("root:lp 0660"))
    #expect(line.contains("sudo usermod -aG lp tech"))
    #expect(listing.json.compact.contains(#""allowed":false,"cure":"Run `sudo usermod"#))
  }

  @Test("a serial line is named by what stays the same")
  func serial() throws {
    let aliases = [
      "/dev/ttyUSB0": ["/dev/serial/by-path/p0", "/dev/serial/by-id/usb-FTDI_1"],
      "/dev/ttyUSB1": ["/dev/serial/by-path/p1", "/dev/serial/by-id/usb-CH340"],
    ]
    let listing = try list(
      [
        device(.serial, serial: "A9", nodes: [node("/dev/ttyUSB0")]),
        device(.serial, nodes: [node("/dev/ttyUSB1")]),
      ], aliases: aliases)
    #expect(listing.entries[0].selector?.hasSuffix(#""/dev/serial/by-id/usb-FTDI_1""#) == true)
    #expect(listing.entries[1].selector?.hasSuffix(#""/dev/serial/by-path/p1""#) == true)
  }

  @Test("a terminal that is not on USB is named by a path")
  func otherTerminal() throws {
    let listing = try list(
      [device(.terminal, 0x04D9, 0x1603, port: nil, nodes: [node("/dev/input/event0")])],
      aliases: ["/dev/input/event0": ["/dev/input/by-path/platform-kbd"]])
    #expect(
      listing.entries[0].selector
        == #""profile": "counter-keypad", "device": {"path": "/dev/input/by-path/platform-kbd"}"#)
  }

  @Test("who uses a device is told once")
  func holders() throws {
    let listing = try list(
      [device(.printer, nodes: [node("/dev/a"), node("/dev/b")])],
      holders: { _ in [DeviceHolder(pid: 812, name: "kioskd")] })
    #expect(listing.entries[0].holders.count == 1)
    #expect(listing.lines.contains { $0.contains("in use by      kioskd (process 812)") })
  }

  @Test("nothing plugged in is said, and is an empty array for programs")
  func nothing() throws {
    let listing = try list([])
    #expect(listing.lines.count == 1)
    #expect(listing.json.compact == "[]")
  }
}
