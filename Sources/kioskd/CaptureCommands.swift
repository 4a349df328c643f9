import CommandLineKit

/// Recordings of what devices send and get, and what becomes of them.
let captureCommands: [CommandSpec] = [
  CommandSpec(
    "capture", "Record what a device sends and gets, into a file that others can replay.",
    options: [
      .value("kind", "KIND", "evdev, serial or printer; needed where the path does not tell"),
      .value("profile", "ID", "profile of the device: line settings, questions, replay"),
      .value("line", "'9600 8N1'", "settings of a serial line, where there is no profile"),
      .value(
        "through", "LINK", "make LINK, for a program that shall reach the device through here"),
      .flag("grab", "take an input device away from console and desktop"),
      .flag("with-serial", "tell the device's serial number"),
      .value("note", "TEXT", "what was done, for whoever reads it"),
      .value("seconds", "N", "end after this time"),
      .value("events", "N", "end after so many events or pieces of bytes"),
      .profiles,
    ],
    operands: [
      Operand("DEVICE", "event node, serial port, printer's node, FIFO or pty"),
      Operand("FILE", "the capture; must not be there yet"),
    ],
    details: [
      "An input device is listened to without being taken from others, unless --grab is given. Of "
        + "a serial line everything that comes is recorded; with --through LINK also all that "
        + "another program, which opens LINK in place of DEVICE, sends. So it is with a printer at "
        + "a path; without --through it needs --profile, is asked how it is, and then listened "
        + "to. A test ticket over any cable, also USB without a path, is recorded by kioskd "
        + "print-test --capture FILE.",
      "Runs until ctrl-C. The file has whole lines at any moment. Whatever was typed or scanned "
        + "stands in it: record no passwords. Tests/Captures takes such files as tests.",
      "Exit code 0: the device was there and the file is whole. 1: not so.",
      " Example: kioskd capture /dev/input/event3 box.capture --profile kiosk-4-button",
      " Example: kioskd capture /dev/ttyUSB0 sign.capture --profile alpha-sign --through /tmp/sign",
    ]),
  CommandSpec(
    "replay", "Show how a capture would be read, or play it to a device.",
    options: [
      .value("profile", "ID", "read it as this model, instead of the one that it names"),
      .value("layout", "LAYOUT", "read keys as those of a scanner: us, uk, de, fr, be, es"),
      .value("to", "PATH", "write it to a serial port, pty, FIFO or file, as it was timed"),
      .value("direction", "WAY", "with --to: out (to the device, the usual) or in (from it)"),
      .value("link", "LINK", "with --to /dev/uinput: make LINK, under which a node finds the box"),
      .flag("fast", "with --to: without the pauses"),
      .flag("expect", "write what is shown to FILE.expected, for Tests/Captures"),
      .profiles,
    ],
    operands: [
      Operand("FILE", "of kioskd capture, evtest, evemu-record or libinput record")
    ],
    details: [
      "Keys, long presses, chords and scanned codes are read by the code that a node uses, on the "
        + "clock of the recording; bytes of signs and printers are decoded by their profile. "
        + "Without one each key stands alone, and bytes are shown as they are. libinput records "
        + "keys only with --show-keycodes.",
      "With --to, the records of an input device are written as a FIFO of a terminal takes them. "
        + "With --to /dev/uinput a device like the recorded one is made, played when a program has "
        + "opened it, and removed in the end.",
      "Exit code 0: the capture was read, and played. 1: it cannot be read, or not be played.",
      " Example: kioskd replay box.capture --profile counter-keypad",
      " Example: kioskd replay scan.txt --layout de",
      " Example: kioskd replay sign.capture --to /dev/ttyUSB0",
      " Example: kioskd replay box.capture --to /dev/uinput --link /dev/input/by-id/box",
    ]),
]

extension CommandOption {
  /// `--profiles DIR`
  static let profiles = CommandOption.value(
    "profiles", "DIR", "directory of the profiles, instead of the installed ones")
}
