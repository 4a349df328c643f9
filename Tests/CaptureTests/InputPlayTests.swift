import Branch
import Captures
import Foundation
import LinuxIO
import TerminalInput
import Testing

@testable import Technician

@Suite("A recorded box, played on a device made for it")
struct InputPlayTests {
  private func capture(_ entries: String, head: String = "") throws -> Capture {
    let text = "kioskd-capture 1\nkind: evdev\ntool: t\n\(head)\n" + entries
    return try Capture.read(file: "t", bytes: Array(text.utf8))
  }

  /// `1 28 1, 0 0 0`, one text a group, behind its time.
  private func played(_ entries: String) throws -> [String] {
    InputPlay.groups(of: try capture(entries)).map { group in
      let records = group.records.map { "\($0.type) \($0.code) \($0.value)" }
      return "\(group.time_us): \(records.joined(separator: ", "))"
    }
  }

  @Test("what happened at one moment is played together, each moment with its report")
  func moments() throws {
    let entries = """
      10 in 4 4 458792
      10 in 1 28 1
      10 in 0 0 0
      900 in 1 28 2
      900 in 0 0 1
      1000 in 1 28 0
      1000 end x

      """
    #expect(
      try played(entries) == [
        "10: 4 4 458792, 1 28 1, 0 0 0", "900: 1 28 2, 0 0 0", "1000: 1 28 0, 0 0 0",
      ])
  }

  @Test("lamps and sounds, which the host had made, are not played, and neither are empty reports")
  func hostsOwn() throws {
    let entries = """
      10 in 17 0 1
      10 in 0 0 0
      20 in 18 2 880
      20 in 20 0 250
      20 in 1 2 1
      20 in 0 0 0

      """
    #expect(try played(entries) == ["20: 1 2 1, 0 0 0"])
  }

  @Test("keys that were down at first are so before it begins; later differences are made up")
  func readAnew() throws {
    let entries = """
      5 down 2 3
      10 in 1 2 0
      10 in 0 0 0
      20 in 0 3 0
      20 down 3 4
      30 in 1 4 0
      30 in 0 0 0
      40 down
      50 down

      """
    #expect(InputPlay.heldAtFirst(try capture(entries)) == [2, 3])
    #expect(
      try played(entries) == [
        "10: 1 2 0, 0 0 0", "20: 1 4 1, 0 0 0", "30: 1 4 0, 0 0 0", "40: 1 3 0, 0 0 0",
      ])
    #expect(InputPlay.heldAtFirst(try capture("5 in 1 2 1\n6 down 2 3\n")) == [])
  }

  @Test("the device can do what the recorder found, and all that it did")
  func form() throws {
    let head =
      "ability: keys 1-3 28\nability: LEDs 0 2\nability: sounds 2\nability: keys 9-4 x 900\n"
    let form = InputForm(
      try capture(
        "1 down 77\n2 in 1 30 1\n3 in 3 0 -5\n4 in 3 0 90\n5 in 3 1 2147483647\n6 in 4 4 1\n",
        head: head))
    #expect(form.codes[EventType.key] == [1, 2, 3, 28, 30, 77])
    #expect(form.codes[EventType.led] == [0, 2] && form.codes[EventType.sound] == [2])
    #expect(form.codes[EventType.misc] == [4])
    #expect(form.axes == [0: -5...90, 1: 2_147_483_646...2_147_483_647])
    #expect(form.codes[EventType.absolute] == [0, 1] && form.codes[EventType.sync] == nil)
  }

  @Test(
    "each recording that is kept is played with every key press of the recording",
    arguments: KeptCaptureTests.names.filter { !$0.hasSuffix(KeptCaptureTests.ending) })
  func kept(name: String) throws {
    let file = KeptCaptureTests.folder.appendingPathComponent(name)
    let capture = try Capture.read(file: name, bytes: [UInt8](Data(contentsOf: file)))
    func presses(_ records: [InputRecord]) -> Int {
      records.count { $0.type == EventType.key && $0.value == 1 }
    }
    let recorded = capture.entries.compactMap { entry in
      if case .input(let record) = entry.event { record } else { nil }
    }
    let groups = InputPlay.groups(of: capture)
    #expect(presses(groups.flatMap(\.records)) == presses(recorded))
    #expect(groups.isEmpty == (capture.header.kind != .evdev))
    #expect(groups.allSatisfy { $0.records.last == InputPlay.report && $0.records.count > 1 })
    let form = InputForm(capture)
    for record in groups.flatMap(\.records) where record.type != EventType.sync {
      #expect(form.codes[record.type]?.contains(record.code) == true)
    }
  }

  @Test(
    "why no device can be made is told with its cure",
    arguments: [
      (ENOENT, "uinput-absent", "modprobe"), (ENODEV, "uinput-absent", "evdev"),
      (EACCES, "access-denied", "GROUP="), (EPERM, "access-denied", "sudo"),
      (EINVAL, "uinput-refused", "FIFO"),
    ])
  func refused(error: CInt, code: String, cure: String) {
    let problem = DevicePlayer.making("/dev/uinput", SystemError("open", errno: error))
    #expect(problem.code == code && problem.cure.contains(cure))
  }

  @Test("a USB device that libusb speaks to is refused with the command that records it")
  func usbDevice() {
    var status = stat()
    status.st_mode = S_IFCHR
    status.st_rdev = 189 << 8 | 3
    #expect(CaptureSource.isUSBDevice(status))
    status.st_rdev = 188 << 8 | 3
    #expect(!CaptureSource.isUSBDevice(status))
    let problem = CaptureSource.usbDevice("/dev/bus/usb/001/004")
    #expect(problem.code == "capture-usb" && problem.cure.contains("print-test --config"))
  }
}
