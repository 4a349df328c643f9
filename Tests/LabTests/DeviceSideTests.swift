import Configuration
import DeviceProfiles
import Testing

@testable import kioskd_lab

@Suite("The device side of the lab")
struct DeviceSideTests {
  @Test("a sign shows the priority text before all, and is dark without power")
  func face() {
    var face = SignFace()
    #expect(face.text.isEmpty)
    face.receive(HostSide.alphaFrame("A001"))
    #expect(face.text == "A001")
    let nuls: [UInt8] = [0, 0, 0, 0, 0]
    let priority = nuls + [0x01] + Array("Z00".utf8) + [0x02, 0x41, 0x30, 0x1b, 0x20, 0x62]
    face.receive(priority + Array("FIRE".utf8) + [0x04])
    #expect(face.text == "FIRE")
    face.receive(nuls + [0x01] + Array("Z00".utf8) + [0x02, 0x41, 0x30, 0x04])
    #expect(face.text == "A001")
    #expect(face.faults.isEmpty)
    face.receive([0x01, 0x5a] + nuls)
    #expect(!face.faults.isEmpty)
  }

  @Test("a frame is under way from its first byte behind the NULs to the one before its end")
  func frames() {
    let frame = HostSide.alphaFrame("A001")
    for count in 0...frame.count {
      var face = SignFace()
      face.receive(Array(frame.prefix(count)))
      #expect(face.isWithinFrame == (6..<frame.count).contains(count), "\(count) bytes")
      // Looking leaves no trace.
      #expect(face.faults.isEmpty)
      face.receive(Array(frame.dropFirst(count)))
      #expect(face.text == "A001" && face.faults.isEmpty)
    }
  }

  @Test(
    "QEMU's monitor says done, why not, or something else",
    arguments: [
      (#"{"return": {}}"#, .done),
      (#"{"error": {"class": "DeviceNotFound", "desc": "no bus"}}"#, .refused("no bus")),
      (#"{"error": {}}"#, .refused("?")),
      (#"{"QMP": {"version": {"qemu": {"major": 7}}, "capabilities": ["oob"]}}"#, .news),
      (#"{"event": "DEVICE_DELETED", "data": {"device": "ftdi-1"}}"#, .news),
      ("", .news),
    ] as [(String, MonitorLine)])
  func monitor(line: String, meaning: MonitorLine) {
    #expect(MonitorLine(Array((line + "\r").utf8)) == meaning)
  }

  @Test("an adapter speaks as it was told last, and forgets it when it is plugged in")
  func settings() {
    let told = """
      usb_serial_set_flow_control dev 0:0 flow control 0
      usb_serial_set_data dev 0:1 parity N, data bits 8, stop bits 1
      usb_serial_set_baud dev 0:1 baud rate 19200
      usb_serial_set_data dev 0:1 parity E, data bits 7, stop bits 2
      usb_serial_set_baud dev 0:1 baud rate 9600
      usb_serial_set_flow_control dev 0:10 flow control 0
      usb_serial_set_data dev 0:1 parity
      usb_serial_set_baud

      """
    #expect(LineSettings(trace: told).description == "9600 7E2")
    let reset = "usb_serial_set_flow_control dev 0:0 flow control 0\n"
    #expect(LineSettings(trace: told + reset).description == "? ?")
    let baud = "usb_serial_set_baud dev 0:2 baud rate 300"
    #expect(LineSettings(trace: told + reset + baud).description == "300 ?")
  }

  @Test("QEMU brings an adapter where a sign of the branch hangs on one, and nowhere else")
  func adapters() throws {
    #expect(LabBranch.allCases.filter(\.hasAdapter) == [.ftdi])
    let adapter = try #require(LabDevice.standing(in: .ftdi).first { $0.isAdapter })
    let link = "/dev/serial/by-id/usb-QEMU_QEMU_USB_SERIAL_LAB-FTDI-1-if00-port0"
    #expect(adapter.serialLink == link)
    let machine = Adapter.machine(sockets: "/tmp/x").joined(separator: " ")
    // A port of the guest at the far end of each socket: the line, and the monitor.
    for (outer, port) in [("adapter", "line"), ("qmp", "monitor")] {
      #expect(machine.contains("socket,id=\(outer),path=/tmp/x/\(port).sock,server=on"))
      #expect(machine.contains("virtserialport,chardev=\(port),name=\(port)"))
    }
    #expect(Adapter.linePath.hasSuffix("/line") && Monitor.path.hasSuffix("/monitor"))
  }

  @Test("a ticket counts when it is cut, not when it is torn")
  func paper() {
    var trail = PaperTrail()
    _ = trail.receive(HostSide.ticket("A001"))
    _ = trail.receive(Array("A002\n".utf8))
    trail.losePower()
    #expect(trail.tickets.map(\.isCut) == [true, false])
    #expect(trail.tickets[0].shows("A001") && !trail.tickets[0].shows("A002"))
  }

  @Test("a ticket waits for paper, and the printer says why")
  func outOfPaper() {
    var trail = PaperTrail()
    _ = trail.setPaper(out: true)
    #expect(trail.receive([0x10, 0x04, 0x04]) == [0x72])
    _ = trail.receive(HostSide.ticket("A001"))
    #expect(trail.tickets.isEmpty)
    _ = trail.setPaper(out: false)
    #expect(trail.tickets.count == 1)
    #expect(trail.receive([0x10, 0x04, 0x04]) == [0x12])
  }

  @Test(
    "keys have the usages of the HID tables",
    arguments: [
      ("1", 0x1e), ("KEY_0", 0x27), ("KPENTER", 0x58), ("KP1", 0x59), ("KP0", 0x62), ("a", 0x04),
      ("F1", 0x3a),
    ] as [(String, UInt8)])
  func usages(key: String, usage: UInt8) {
    #expect(KeyUsages.usage(of: key) == usage)
  }

  @Test(
    "each branch of the lab is a valid configuration of exactly the devices that stand there",
    arguments: LabBranch.allCases)
  func branch(_ branch: LabBranch) throws {
    let here = #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    let files = ["/\(here)/Devices", "/\(here)/Tests/HardwareLab/Profiles"].flatMap { folder in
      list(folder).map { (name: $0, bytes: readBytes("\(folder)/\($0)") ?? []) }
    }
    let (profiles, complaints) = ProfileLibrary.load(files)
    #expect(complaints.isEmpty)
    let path = branch.configuration.dropFirst("/lab".count)
    let bytes = try #require(readBytes("/\(here)/Tests/HardwareLab\(path)"))
    let (node, mistakes) = NodeConfiguration.read(
      file: "branch.json", bytes: bytes, profiles: profiles)
    #expect(mistakes.isEmpty, "\(mistakes)")
    let configuration = try #require(node)
    let text = String(decoding: bytes, as: UTF8.self)
    let devices = LabDevice.standing(in: branch).filter { !$0.isStranger && $0.partOf == nil }
    for device in devices {
      let name = device.kind == .sign ? device.serialLink : device.identity.serial
      // One without a number is known by its port.
      if !name.isEmpty { #expect(text.contains("\"\(name)\""), "no \(name) in \(path)") }
    }
    // Signs on one line are one device.
    let lines = Set(configuration.signs.map(\.port)).count
    let count = configuration.printers.count + lines
    #expect(count + configuration.terminals.count == devices.count)
  }

  @Test("no branch has more devices than the guest has ports and the kernel has HID gadgets")
  func room() {
    for branch in LabBranch.allCases {
      let gadgets = LabDevice.standing(in: branch).filter { !$0.sounds }
      #expect(gadgets.count { $0.partOf == nil } <= 9, "\(branch): dummy_hcd num=9 in guest-init")
      #expect(gadgets.count { $0.kind == .box } <= 4, "\(branch): HIDG_MINORS of f_hid.c")
    }
  }

  @Test("every scenario that ships can be read")
  func scenarios() throws {
    let here = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    let paths = matches("/\(here)/HardwareLab/Scenarios/*.scenario")
    #expect(paths.count >= 8)
    for path in paths { _ = try Lab.load(path) }
  }
}
