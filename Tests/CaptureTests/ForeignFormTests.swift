import Branch
import Captures
import Testing

@Suite("recordings of other programs") struct ForeignFormTests {
  private func read(_ text: String) throws(Problem) -> Capture {
    try Capture.read(file: "x", bytes: Array(text.utf8))
  }

  private func records(_ capture: Capture) -> [String] {
    capture.entries.compactMap { entry in
      guard case .input(let record) = entry.event else { return nil }
      return "\(entry.time_us) \(record.type) \(record.code) \(record.value)"
    }
  }

  private let press = ["0 4 4 458780", "0 1 28 1", "0 0 0 0", "3000 1 28 0", "3000 0 0 0"]

  @Test("evtest prints a description, then events")
  func evtest() throws {
    let capture = try read(
      """
      Input driver version is 1.0.1
      Input device ID: bus 0x3 vendor 0x4d9 product 0xa0cd version 0x111
      Input device name: "Stand-in "USB" Keypad"
      Supported events:
        Event type 0 (EV_SYN)
      Properties:
      Testing ... (interrupt to exit)
      Event: time 1763820000.160456, type 4 (EV_MSC), code 4 (MSC_SCAN), value 7001c
      Event: time 1763820000.160456, type 1 (EV_KEY), code 28 (KEY_ENTER), value 1
      Event: time 1763820000.160456, -------------- SYN_REPORT ------------
      Event: time 1763820000.163456, type 1 (EV_KEY), code 28 (KEY_ENTER), value 0
      Event: time 1763820000.163456, -------------- SYN_REPORT ------------

      """)
    #expect(capture.header.device == "Stand-in \"USB\" Keypad")
    #expect(capture.header.usb == "04d9:a0cd")
    #expect(records(capture) == press)
    #expect(capture.isWhole)
  }

  @Test("evtest may have asked first which device is meant, and a file been to another system")
  func evtestAsked() throws {
    let asked = "No device specified, trying to scan all of /dev/input/event*\nAvailable devices:\n"
    let event = "Event: time 5.000000, type 1 (EV_KEY), code 28 (KEY_ENTER), value 1\n"
    #expect(records(try read(asked + event)) == ["0 1 28 1"])
    let lines = (asked + event).split(separator: "\n")
    #expect(
      records(try read("\u{FEFF}" + lines.joined(separator: "\r\n") + "\r\n")) == ["0 1 28 1"])
  }

  @Test("evemu writes numbers in hexadecimal and values in decimal")
  func evemu() throws {
    let capture = try read(
      """
      # EVEMU 1.3
      # Kernel: 6.1.0
      N: Stand-in USB Keypad
      I: 0003 04d9 a0cd 0111
      P: 00 00 00 00 00 00 00 00
      B: 00 0b 00 00 00 00 00 00 00
      A: 00 0 255 0 0 0
      L: 00 1
      ################################
      E: 0.000001 0004 0004 458780\t# EV_MSC / MSC_SCAN
      E: 0.000001 0001 001c 0001\t# EV_KEY / KEY_ENTER
      E: 0.000001 0000 0000 0000\t# ------------ SYN_REPORT (0) ---------- +0ms
      E: 0.003001 0001 001c 0000
      E: 0.003001 0000 0000 0000

      """)
    #expect(capture.header.device == "Stand-in USB Keypad")
    #expect(capture.header.usb == "04d9:a0cd")
    #expect(capture.header.kernel == "Linux 6.1.0")
    #expect(records(capture) == press)
  }

  private func libinput(_ comment: String = "", _ more: String = "") -> String {
    """
    # libinput record
    version: 1
    ndevices: 1
    libinput:
      version: "1.22.1"
    devices:
    - node: /dev/input/event3
      evdev:
        # Name: Stand-in USB Keypad
        name: "Stand-in USB Keypad"
        id: [3, 1241, 41165, 273]
        codes:
          0: [0, 1] # EV_SYN
      udev:
        properties:
        - ID_INPUT=1
      events:
      - libinput:
        - {time: 1.000000, type: KEYBOARD_KEY, key: 28, state: pressed}
      - hid:
          time: [  0,  1]
          hidraw0: [0x01]
      - evdev:
        - [  0,  33000,   4,   4,  458780] # EV_MSC / MSC_SCAN
        - [  0,  33000,   1,  28,       1] # EV_KEY / KEY_ENTER\(comment)
        - [  0,  33000,   0,   0,       0] # ------------ SYN_REPORT (0) ------- +0ms
      - evdev:
        - [  0,  36000,   1,  28,       0]
        - [  0,  36000,   0,   0,       0]
    \(more)
    """
  }

  @Test("libinput writes YAML, of which the events of its first device are taken")
  func libinputRecord() throws {
    let capture = try read(libinput())
    #expect(capture.header.device == "Stand-in USB Keypad")
    #expect(capture.header.usb == "04d9:a0cd")
    #expect(capture.header.path == "/dev/input/event3")
    #expect(records(capture) == press)
    #expect(capture.remarks.isEmpty)
  }

  @Test("keys that libinput made alike are told of, and other devices")
  func obfuscated() throws {
    #expect(try read(libinput(" (obfuscated)")).remarks.contains { $0.contains("--show-keycodes") })
    let two = libinput(
      "", "- node: /dev/input/event4\n  events:\n  - evdev:\n    - [0, 0, 1, 2, 1]\n")
    let capture = try read(two)
    #expect(records(capture) == press)
    #expect(capture.remarks.contains { $0.contains("2 devices") })
  }

  @Test("a clock that was set back is told of; no time passes there, and all of it behind")
  func backwards() throws {
    let capture = try read(
      "E: 5.000000 0001 001c 0001\nE: 4.000000 0001 001c 0000\nE: 4.200000 0001 001c 0001\n"
        + "E: 6.000000 0001 001c 0000\nE: 1.000000 0000 0000 0000\n")
    #expect(
      records(capture) == [
        "0 1 28 1", "0 1 28 0", "200000 1 28 1", "2000000 1 28 0", "2000000 0 0 0",
      ])
    #expect(capture.remarks == ["the clock was set back 2 times; no time passes there"])
  }

  @Test(
    "half a form is a mistake, told with its line",
    arguments: [
      "Event: time 1.000000, type 1 (EV_KEY), code 28 (KEY_ENTER)\n",
      "Event: time 1.0, -------------- SYN_REPORT ------------\n",
      "Event: time 1.000000, -------------- SYN_RAPPORT ------------\n",
      "Event: time 1.000000, type 1 (EV_KEY), code 999 (?), value 1\n",
      "Event: time 1.000000, -------------- SYN_REPORT ------------\nhello\n",
      "# EVEMU 2.0\n", "N: x\nI: 3 4\n", "E: 1.000000 0001 001c\n", "E: 1.000000 0001 001c 0009\n",
      "E: 1.000000 0001 0x1c 1\n", "E: 1.000000 0001 001c 1 2\n", "N: x\nhello\n",
      "# libinput record\nversion: 2\n",
      "version: 1\n- node: x\n  events:\n  - evdev:\n    - [0, 0, 1, 2]\n",
      "version: 1\n- node: x\n  events:\n  - evdev:\n    - [0, 1000000, 1, 2, 1]\n",
    ])
  func mistakes(text: String) {
    #expect(throws: Problem.self) { try read(text) }
  }

  @Test(
    "a recording without events is told as that",
    arguments: ["# EVEMU 1.3\nN: x\n", "version: 1\n"])
  func empty(text: String) {
    do throws(Problem) {
      _ = try read(text)
      Issue.record("it was read")
    } catch {
      #expect(error.code == "capture-empty")
    }
  }
}
