import Branch
import CLinux
import Glibc
import LinuxIO
import Testing

@testable import DeviceInventory

/// A sysfs with the devices of a branch, links and all, as Linux 6.1 lays them out.
private final class FakeSysfs {
  let scratch = ScratchDirectory()
  var root: String { scratch.path + "/sys" }
  var dev: String { scratch.path + "/dev" }
  private let hub = "devices/pci0000:00/0000:00:14.0/usb1"

  init() throws {
    for name in ["bus/usb/devices", "class/input", "class/tty", "class/usbmisc"] {
      try makeDirectories("\(root)/\(name)")
    }
    try device("usb1", "", ["bDeviceClass": "09", "idVendor": "1d6b", "idProduct": "0002"])
  }

  /// - Parameter path: below the root hub, `1-2` or `1-2/1-2.3`.
  func device(_ name: String, _ path: String, _ attributes: [String: String]) throws {
    let place = path.isEmpty ? hub : "\(hub)/\(path)"
    try makeDirectories("\(root)/\(place)")
    for (key, value) in attributes { try write("\(root)/\(place)/\(key)", value + "\n") }
    try #require(symlink("../../../\(place)", "\(root)/bus/usb/devices/\(name)") == 0)
  }

  func interface(_ name: String, _ path: String, _ number: String, driver: String?) throws {
    try device(name, "\(path)/\(name)", ["bInterfaceClass": number])
    guard let driver else { return }
    try makeDirectories("\(root)/bus/usb/drivers/\(driver)")
    let link = "\(root)/\(hub)/\(path)/\(name)/driver"
    try #require(symlink("../../../../../../../bus/usb/drivers/\(driver)", link) == 0)
  }

  func classDevice(_ className: String, _ name: String, below path: String) throws {
    try makeDirectories("\(root)/devices/\(path)/\(name)")
    let link = "\(root)/class/\(className)/\(name)"
    try #require(symlink("../../devices/\(path)/\(name)", link) == 0)
  }

  func node(_ path: String, mode: UInt32) throws {
    let parts = "\(dev)/\(path)".split(separator: "/").dropLast()
    try makeDirectories("/" + parts.joined(separator: "/"))
    try write("\(dev)/\(path)", "")
    try #require(chmod("\(dev)/\(path)", mode) == 0)
  }

  var inventory: DeviceInventory { DeviceInventory(sysfs: root, dev: dev) }
}

@Suite("what is plugged in")
struct InventoryTests {
  private let usb = "pci0000:00/0000:00:14.0/usb1"

  private func branch() throws -> FakeSysfs {
    let sysfs = try FakeSysfs()
    try sysfs.device(
      "1-1", "1-1",
      [
        "busnum": "1", "devnum": "4", "idVendor": "04b8", "idProduct": "0202",
        "bDeviceClass": "00", "manufacturer": "EPSON", "product": "TM-T88V", "serial": "J6QF",
      ])
    try sysfs.interface("1-1:1.0", "1-1", "07", driver: "usblp")
    try sysfs.classDevice("usbmisc", "lp0", below: "\(usb)/1-1/1-1:1.0/usbmisc")
    // A hub, and behind it a keypad with two event nodes and an FTDI line.
    try sysfs.device(
      "1-2", "1-2",
      [
        "busnum": "1", "devnum": "5", "idVendor": "0424", "idProduct": "2514",
        "bDeviceClass": "09",
      ])
    try sysfs.device(
      "1-2.3", "1-2/1-2.3",
      [
        "busnum": "1", "devnum": "6", "idVendor": "04d9", "idProduct": "1603",
        "bDeviceClass": "00", "product": "Numeric Keypad",
      ])
    try sysfs.interface("1-2.3:1.0", "1-2/1-2.3", "03", driver: "usbhid")
    let keypad = "\(usb)/1-2/1-2.3/1-2.3:1.0/0003:04D9:1603.0001/input/input7"
    for name in ["event5", "event6", "mouse0"] {
      try sysfs.classDevice("input", name, below: keypad)
    }
    try sysfs.device(
      "1-2.4", "1-2/1-2.4",
      [
        "busnum": "1", "devnum": "7", "idVendor": "0403", "idProduct": "6001",
        "bDeviceClass": "00", "serial": "FT1",
      ])
    try sysfs.interface("1-2.4:1.0", "1-2/1-2.4", "ff", driver: "ftdi_sio")
    try sysfs.classDevice(
      "tty", "ttyUSB0", below: "\(usb)/1-2/1-2.4/1-2.4:1.0/ttyUSB0/tty")
    try sysfs.classDevice("tty", "tty0", below: "virtual/tty")
    return sysfs
  }

  @Test("printer, keypad and serial line are told with ids, port, driver and nodes")
  func wholeBranch() throws {
    let sysfs = try branch()
    let found = sysfs.inventory.devices()
    #expect(found.map(\.kind) == [.printer, .terminal, .serial])
    #expect(found.map(\.usbPort) == ["1-1", "1-2.3", "1-2.4"])
    #expect(found.map(\.ids) == ["04b8:0202", "04d9:1603", "0403:6001"])
    #expect(found.map(\.driver) == ["usblp", "usbhid", "ftdi_sio"])
    let nodes = found.map { $0.nodes.map { String($0.path.dropFirst(sysfs.dev.utf8.count + 1)) } }
    #expect(
      nodes == [["bus/usb/001/004", "usb/lp0"], ["input/event5", "input/event6"], ["ttyUSB0"]])
    #expect(found[0].manufacturer == "EPSON" && found[0].serial == "J6QF")
    #expect(found[1].manufacturer == "" && found[1].product == "Numeric Keypad")
  }

  @Test("a device of no known kind is listed as unknown, a keyboard off USB as a terminal")
  func others() throws {
    let sysfs = try FakeSysfs()
    try sysfs.device(
      "2-1", "2-1",
      [
        "busnum": "2", "devnum": "2", "idVendor": "0951", "idProduct": "1666",
        "bDeviceClass": "00",
      ])
    try sysfs.interface("2-1:1.0", "2-1", "08", driver: nil)
    for (name, keys) in [
      ("event0", "402000000 3803078f800d001 feffffdfffefffff fffffffffffffffe"),
      ("event1", "0 0 0 0"),
    ] {
      let input = "platform/i8042/serio0/input/input\(name)"
      try sysfs.classDevice("input", name, below: input)
      let place = "\(sysfs.root)/devices/\(input)"
      for (key, value) in ["capabilities/key": keys, "name": "AT keyboard", "id/vendor": "0001"] {
        let parts = "\(place)/\(key)".split(separator: "/").dropLast()
        try makeDirectories("/" + parts.joined(separator: "/"))
        try write("\(place)/\(key)", value)
      }
      try #require(symlink("..", "\(place)/\(name)/device") == 0)
    }
    let found = sysfs.inventory.devices()
    #expect(found.map(\.kind) == [.unknown, .terminal])
    #expect(found[0].driver == nil)
    #expect(found[0].nodes.map(\.path) == [sysfs.dev + "/bus/usb/002/002"])
    #expect(found[1].product == "AT keyboard" && found[1].usbPort == nil)
    #expect(found[1].nodes.map(\.path) == [sysfs.dev + "/input/event0"])
  }

  @Test("without sysfs there is nothing, and a device that goes while it is read does not matter")
  func emptyAndTorn() throws {
    #expect(DeviceInventory(sysfs: "/no/such", dev: "/dev").devices().isEmpty)
    let sysfs = try branch()
    let place = "\(sysfs.root)/bus/usb/devices/1-1"
    for attribute in ["busnum", "devnum", "idProduct", "idVendor"] {
      unlink("\(place)/\(attribute)")
      let ports = sysfs.inventory.devices().compactMap(\.usbPort)
      #expect(ports.contains("1-1") == (attribute != "idVendor"))
    }
  }

  @Test("a node tells whether this user may open it")
  func access() throws {
    let sysfs = try branch()
    try sysfs.node("ttyUSB0", mode: 0o660)
    let serial = try #require(sysfs.inventory.devices().last)
    let node = try #require(serial.nodes.first)
    #expect(node.access?.mode == 0o660 && node.access?.isAllowed == true)
    #expect(sysfs.inventory.devices().first?.nodes.first?.access == nil)
  }

  @Test("the cure fits the cause: group, restart, or udev rule")
  func cures() {
    func access(_ mode: UInt32, _ group: String, allowed: Bool = false, listed: Bool = false)
      -> NodeAccess
    {
      NodeAccess(
        path: "/dev/bus/usb/001/004", mode: mode, owner: "root", group: group, user: "kiosk",
        isAllowed: allowed, isListedInGroup: listed)
    }
    #expect(access(0o660, "lp", allowed: true).cure == nil)
    #expect(
      access(0o664, "lp").cure == "Run `sudo usermod -aG lp kiosk`, then restart kioskd.")
    #expect(access(0o660, "lp", listed: true).cure?.contains("restart") == true)
    #expect(access(0o664, "root").cure?.contains("udev") == true)
    #expect(access(0o600, "lp").cure?.contains("udev") == true)
    let problem = access(0o664, "lp").problem
    #expect(problem?.code == "access-denied")
    #expect(problem?.cause == "the node belongs to root:lp 0664")
  }

  @Test("users and groups are read from passwd and group, members and primary groups alike")
  func accounts() {
    let accounts = Accounts(
      passwd: "root:x:0:0:root:/root:/bin/sh\nkiosk:x:990:7::/:/bin/false\nbroken\n",
      group: "root:x:0:\nlp:x:7:\ndialout:x:20:anna,kiosk\n:\n")
    #expect(accounts.user(990) == "kiosk" && accounts.user(5) == "5")
    #expect(accounts.group(20) == "dialout" && accounts.group(21) == "21")
    #expect(accounts.isListed("kiosk", in: 20) && accounts.isListed("kiosk", in: 7))
    #expect(!accounts.isListed("kiosk", in: 0) && !accounts.isListed("ann", in: 20))
  }
}
