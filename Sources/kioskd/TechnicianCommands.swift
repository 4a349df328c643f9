import CommandLineKit

private let profiles = CommandOption.value(
  "profiles", "DIR", "directory of the profiles, instead of the installed ones")

/// What a technician does with cables, paper and keys.
let technicianCommands: [CommandSpec] = [
  CommandSpec(
    "devices", "List what is plugged in, and how to name it in a configuration.",
    options: [.flag("json", "for programs: an array of objects"), profiles],
    details: [
      "For each device: the profile that fits by its USB ids, the text for the configuration, and "
        + "whether this user may open it, with the exact cure if not. Nothing is opened. "
        + "Built-in serial ports (/dev/ttyS0) are not listed: they do not say what hangs on them.",
      "Exit code 0, also when nothing is there. 2: --profiles is no folder.",
      " Example: sudo -u kioskd kioskd devices",
    ]),
  CommandSpec(
    "doctor", "Check a node: each device, the hub, the journal, one line each.",
    options: [.value("config", "FILE", "configuration of the node", required: true)],
    details: [
      "Opens each device as kioskd does and asks printers how they are; takes at most 5 seconds. "
        + "Prints nothing, shows nothing, and leaves a running kioskd alone: of a device that it "
        + "holds its own report is shown. The hub gets a PING, which asks whether it has a session "
        + "with the running node.",
      "Lines begin with \"ok\" or \"FAIL\"; a failure tells cause and cure. Exit code 0: all is "
        + "fine. 1: something is wrong, be it the configuration itself.",
      "Run it as the service's user, whose rights count.",
      " Example: sudo -u kioskd kioskd doctor --config /etc/kioskd/kioskd.json",
    ]),
  CommandSpec(
    "print-test", "Print a test ticket and tell whether it came out.",
    options: [
      .value("config", "FILE", "configuration of the node"),
      .value("printer", "ID", "which printer of the configuration; needed if it has several"),
      .value("path", "PATH", "a printer without configuration: device, FIFO or file"),
      .value("profile", "ID", "profile of the printer at --path"),
      .value("capture", "FILE", "record what is sent and answered, for kioskd replay"),
      profiles,
    ],
    details: [
      "The ticket is marked TEST and shows the characters of the profile's code pages, a QR code, "
        + "and the cut. Neither journal nor hub learn of it. A printer that a running kioskd holds "
        + "must be set free first: sudo systemctl stop kioskd.",
      "Exit code 0: printed, or unconfirmed by a printer that has no way to confirm: look at the "
        + "paper. 1: failed, or no confirmation from a printer that should give one.",
      " Example: kioskd print-test --config /etc/kioskd/kioskd.json --printer front\n"
        + "          kioskd print-test --path /dev/usb/lp0 --profile generic-80mm",
    ]),
  CommandSpec(
    "preview", "Show a ticket template as a printer will print it.",
    options: [
      .value("printer", "ID", "profile of the printer (epson-tm-t88v)"),
      .value("language", "CODE", "one of the template's languages (its first)"),
      .flag("offline", "as if the queue service were out of reach"),
      .flag("priority", "for a customer who goes before others"),
      .flag("appointment", "for a customer with an appointment"),
      .flag("reprint", "a second paper for the same number"),
      .flag("url", "as if tickets.url of a configuration named a page for phones"),
      .value("png", "FILE", "write a picture"),
      .value("svg", "FILE", "write a drawing, sharp at any size"),
      .value("pbm", "FILE", "write the bare dots"),
      profiles,
    ],
    operands: [Operand("TEMPLATE", "file with the ticket's design")],
    details: [
      "Made-up customers and numbers go through the same code as a real ticket, up to an emulated "
        + "printer that refuses what a real one would not understand. What cannot be shown as "
        + "designed is told as a warning.",
      "Exit code 0: the printer understands every byte. 1: it does not, or a file could not be "
        + "written. 2: the template has mistakes.",
      " Example: kioskd preview Devices/tickets/town-hall.json --language de --png ticket.png",
    ]),
  signTestCommand,
  CommandSpec(
    "keys", "Watch key presses: time, device, code, name, key and action.",
    options: [
      .value("config", "FILE", "configuration of the node: keys get their names and actions"),
      .value("terminal", "ID", "only this terminal of the configuration"),
      .value("device", "PATH", "only this device, FIFO or file of records"),
      .value("profile", "ID", "read the keys of --device as those of this model"),
      .value("layout", "LAYOUT", "show what each key gives: us, uk, de, fr, be, es"),
      .flag("list", "show what the devices can send and obey, and end"),
      .value("seconds", "N", "end after this time"),
      .value("count", "N", "end after so many presses"),
      profiles,
    ],
    details: [
      "Without --config and --device: all input devices with keys. Devices are not grabbed, so "
        + "that presses reach the console, too. A running kioskd has grabbed its terminals, and "
        + "nobody else sees their presses; it must be stopped first: sudo systemctl stop kioskd.",
      "Held keys, two at once, bouncing contacts and codes as a scanner types them are told on "
        + "standard error, with the name that a profile has for them. With --layout each key "
        + "stands alone and shows its character, with Shift and AltGr as they are held.",
      "Runs until ctrl-C. Exit code 0: the presses asked for with --count came, or a device was "
        + "watched. 1: not so.",
      " Example: kioskd keys --config /etc/kioskd/kioskd.json --terminal kiosk --count 4",
    ]),
]

func runTechnicianCommand(_ arguments: Arguments) throws -> ExitCode {
  switch arguments.command.name {
  case "devices": try listDevices(arguments)
  case "doctor": try runDoctor(arguments)
  case "print-test": try printTest(arguments)
  case "preview": try previewTicket(arguments)
  case "sign-test": try signTest(arguments)
  case "keys": try watchKeys(arguments)
  case "capture": try captureDevice(arguments)
  case "replay": try replayCapture(arguments)
  default: throw Misuse("there is no command '\(arguments.command.name)'")
  }
}
