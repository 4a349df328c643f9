import Captures
import DeviceProfiles
import EvdevTerminal
import Foundation
import Testing

@testable import Technician

@Suite("What input devices say of themselves")
struct AbilityTests {
  /// A tree as the kernel has it in /sys/class/input; goes with its owner.
  final class Tree {
    let path = FileManager.default.temporaryDirectory
      .appendingPathComponent("kioskd-input-\(UUID().uuidString)").path

    deinit { try? FileManager.default.removeItem(atPath: path) }

    var roots: InputRoots { InputRoots(devices: "/dev/input", sysfs: path) }

    func add(_ node: String, name: String, key: String, led: String = "0", snd: String = "0")
      throws
    {
      let device = path + "/\(node)/device"
      try FileManager.default.createDirectory(
        atPath: device + "/capabilities", withIntermediateDirectories: true)
      for (file, text) in [
        ("name", name), ("capabilities/key", key), ("capabilities/led", led),
        ("capabilities/snd", snd),
      ] { try Data((text + "\n").utf8).write(to: URL(fileURLWithPath: "\(device)/\(file)")) }
    }
  }

  @Test("keys, lamps and sounds are told by their names, without opening anything")
  func listed() throws {
    let tree = Tree()
    // Bits 1 to 4 of keys, LEDs 0 and 1, sounds 1 and 2.
    try tree.add("event0", name: "Corner\u{1B}[31m box", key: "1e", led: "3", snd: "6")
    try tree.add("event1", name: "Mouse wheel", key: "0")
    let lines = AbilityListing.lines(path: nil, ProfileLibrary(), tree.roots)
    #expect(
      lines == [
        "/dev/input/event0  Corner\u{FFFD}[31m box", "  keys: KEY_ESC KEY_1 KEY_2 KEY_3",
        "  LEDs: LED_NUML LED_CAPSL", "  sounds: SND_BELL SND_TONE",
      ])
    let wheel = AbilityListing.lines(path: "/dev/input/event1", ProfileLibrary(), tree.roots)
    #expect(wheel == ["/dev/input/event1  Mouse wheel"])
    #expect(AbilityListing.lines(path: "/dev/input/event7", ProfileLibrary(), tree.roots) == [])
  }

  @Test("a keyboard's hundred keys are counted, and not all named")
  func many() throws {
    let tree = Tree()
    try tree.add("event0", name: "Keyboard", key: "fffffffffffffffe ffffffffffffffff")
    let keys = AbilityListing.lines(path: nil, ProfileLibrary(), tree.roots)[1]
    #expect(keys.hasPrefix("  keys (127): "))
    #expect(keys.hasSuffix(" …"))
    #expect(keys.count < 300)
  }

  @Test("boxes that may be taught are devices with keys, each once")
  func boxes() throws {
    let tree = Tree()
    try tree.add("event0", name: "Corner box", key: "1e", led: "3", snd: "6")
    try tree.add("event1", name: "Mouse wheel", key: "0")
    let boxes = TaughtBox.all(tree.roots)
    #expect(boxes.map(\.name) == ["Corner box"])
    #expect(boxes.first?.leds == [0, 1])
    #expect(boxes.first?.sounds == [1, 2])
    #expect(boxes.first?.selector == .path("/dev/input/event0"))
  }

  @Test("a box is told as a configuration takes it: by serial number, port, or whole path")
  func deviceTexts() throws {
    let tree = Tree()
    for (node, serial) in [("event0", "7\"A"), ("event1", "0001"), ("event2", "0001")] {
      try tree.add(node, name: node, key: "1e")
      // In the place of the USB device above it.
      for (file, text) in [("idVendor", "04d9"), ("idProduct", "a0cd"), ("serial", serial)] {
        try Data(text.utf8).write(to: URL(fileURLWithPath: "\(tree.path)/\(node)/\(file)"))
      }
    }
    #expect(
      TaughtBox.all(tree.roots).map(\.deviceText) == [
        #"{"serial": "7\"A"}"#, #"{"port": "event1"}"#, #"{"port": "event2"}"#,
      ])
    let folder = FileManager.default.currentDirectoryPath
    #expect(TaughtBox(path: ".").deviceText == "{\"path\": \"\(folder)\"}")
    #expect(TaughtBox(path: "/nowhere").deviceText == "{\"path\": \"/nowhere\"}")
  }

  @Test("codes are written as ranges")
  func ranges() {
    #expect(CaptureSource.ranges([]) == "")
    #expect(CaptureSource.ranges([5, 1, 2, 3, 7, 8]) == "1-3 5 7-8")
  }

  @Test("a lamp's and a beeper's names stand in the profile that was taught")
  func taught() throws {
    var profile = TaughtProfile(name: "Corner \"box\"", day: "2026-11-22")
    profile.leds = [0, 1]
    profile.sounds = [1, 2]
    profile.keys = [
      TaughtProfile.TaughtKey(stroke: .press(2), name: try #require(KeyName("one")))
    ]
    profile.bounce = .milliseconds(21)
    profile.scanner = ScannerSettings(layout: .fr, prefix: "]\"C", suffix: .tab)
    profile.usb = USBModel("04d9:a0cd")
    var library = ProfileLibrary()
    let mistakes = library.add(fileName: "box.json", bytes: Array(profile.text.utf8))
    #expect(mistakes.map(\.description) == [])
    let read = try #require(library.terminals.values.first)
    #expect(read.name == "Corner \"box\"")
    #expect(read.okLED == 0)
    #expect(read.errorLED == 1)
    #expect(read.beeper == .tone)
    #expect(read.debounce == .milliseconds(42))
    #expect(read.scanner == profile.scanner)
    #expect(read.usb == [try #require(USBModel("04d9:a0cd"))])
    #expect(read.key(code: 2)?.name.text == "one")
  }
}
