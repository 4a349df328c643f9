// swift-tools-version: 6.2
// This file is the map of kioskd: one target a room, one comment line a target. Imports go down
// the floors only; a dependency on the same floor is spelled out here or it does not exist.
// Tests/HouseTests compares every `import` line in Sources with what stands here.
import PackageDescription

let house: [SwiftSetting] = [.treatAllWarnings(as: .error)]

/// Rooms whose code runs once at the start, or a few times a minute: small is worth more than fast
/// there, since each page of it stays in the memory of a box that sleeps.
let seldom: Set<String> = [
  "PositionedJSON", "DeviceProfiles", "Configuration", "TicketTemplates", "BranchCore", "LinuxIO",
  "USBPrinter", "CUPSPrinter", "PathPrinter", "SerialPort", "EvdevTerminal", "DeviceInventory",
  "CommandLineKit", "NodeRuntime", "Technician", "DemoBranch", "TicketPreview", "TerminalInput",
  "SignProtocols", "SignTraffic", "Captures",
]
let small: [SwiftSetting] = [.unsafeFlags(["-Osize"], .when(configuration: .release))]

/// A library room: a folder under Sources with its allowed imports.
func room(_ name: String, _ dependencies: [String] = []) -> Target {
  .target(
    name: name, dependencies: dependencies.map { .byName(name: $0) },
    exclude: documents[name] ?? [], swiftSettings: house + (seldom.contains(name) ? small : []))
}

func program(_ name: String, _ dependencies: [String]) -> Target {
  .executableTarget(
    name: name, dependencies: dependencies.map { .byName(name: $0) },
    exclude: documents[name] ?? [], swiftSettings: house, linkerSettings: [compact])
}

/// How a released program is linked, so that few of its pages come into memory; what each of it
/// saves stands in BENCH.md. The linker is the one that comes with Swift.
let linking = Context.packageDirectory + "/Sources/Linking"
let compact = LinkerSetting.unsafeFlags(
  ["-use-ld=lld", "-L\(linking)", "-Xclang-linker", "-static-libgcc"]
    + [
      "-z", "pack-relative-relocs", "--no-export-dynamic", "--no-warn-symbol-ordering",
      "--symbol-ordering-file=\(linking)/runtime.order",
    ].flatMap { ["-Xlinker", $0] },
  .when(configuration: .release))

func tests(_ name: String, _ dependencies: [String]) -> Target {
  .testTarget(
    name: name, dependencies: dependencies.map { .byName(name: $0) },
    exclude: documents[name] ?? [], swiftSettings: house)
}

/// Documents that live beside the code they describe.
let documents: [String: [String]] = [
  "Captures": ["CAPTURES.md"],
  "Configuration": ["CONFIGURATION.md"],
  "JournalFormat": ["JOURNAL.md"],
  "QueueProtocol": ["PROTOCOL.md"],
  "kioskd-bench": ["BENCH.md"],
]

let floor0: [Target] = [
  // Headers and inline wrappers for what Glibc's module map does not import.
  .target(name: "CLinux"),
  // libusb-1.0, the system library.
  .systemLibrary(name: "CLibUSB", pkgConfig: "libusb-1.0", providers: [.apt(["libusb-1.0-0-dev"])]),
  // libcups2 headers; the library itself is loaded when a CUPS printer is configured.
  .systemLibrary(name: "CCUPS", providers: [.apt(["libcups2-dev"])]),
  // C reference loops that kioskd-bench measures against.
  .target(name: "CReference"),
  // The words of the field: ids, ticket numbers, instants, facts, conditions, problems.
  room("Branch"),
]

let floor1: [Target] = [
  // JSON with comments that remembers line and column of every value.
  room("PositionedJSON", ["Branch"]),
  // QR symbols as modules.
  room("QRCode"),
  // Linear symbols as bars and spaces.
  room("Barcodes"),
  // PNG, PBM and PGM files to black dots, and black dots to files.
  room("Pictures", ["Branch"]),
  // Single-byte character sets of printers, as tables.
  room("CodePages"),
  // What stands for letters that a device does not have.
  room("PlainLetters"),
  // Letters of printers' two fonts, drawn from strokes.
  room("PaperFont"),
  // What stands on a ticket, independent of any printer.
  room("TicketDesign", ["Branch", "Barcodes"]),
  // A ticket's design as a file: texts in several languages, variables, conditions, logos.
  room("TicketTemplates", ["Branch", "PositionedJSON", "TicketDesign", "Barcodes", "Pictures"]),
  // What every printer language needs: characters, lines and symbols that a model can show.
  room(
    "TicketLayout",
    [
      "Branch", "TicketDesign", "QRCode", "Barcodes", "CodePages", "PaperFont", "PlainLetters",
    ]),
  // ESC/POS: tickets to bytes, status bytes to values.
  room("ESCPOS", ["Branch", "TicketDesign", "TicketLayout", "QRCode", "Barcodes", "CodePages"]),
  // StarPRNT, Star Line and Graphic mode: tickets to bytes, status bytes to values.
  room("StarPRNT", ["Branch", "TicketDesign", "TicketLayout", "QRCode", "Barcodes", "PaperFont"]),
  // One printer's language, whichever it is: ticket and questions to bytes, answers to words.
  room("Tongues", ["Branch", "TicketDesign", "TicketLayout", "ESCPOS", "StarPRNT"]),
  // Strict readers of ESC/POS and Star's languages that draw the paper; tests, demo, lab use them.
  room("PrinterEmulator", ["QRCode", "Barcodes", "CodePages", "PaperFont", "Pictures"]),
  // Frames of LED signs, both directions.
  room("SignProtocols", ["Branch", "PlainLetters"]),
  // What is known about each model of printer, sign and terminal, as data.
  room(
    "DeviceProfiles",
    ["Branch", "PositionedJSON", "Barcodes", "CodePages", "TicketLayout", "SignProtocols"]),
  // The one configuration file of a node.
  room(
    "Configuration",
    [
      "Branch", "PositionedJSON", "DeviceProfiles", "TicketDesign", "TicketLayout",
      "SignProtocols", "TicketTemplates",
    ]),
  // input_event records to key presses.
  room("TerminalInput", ["Branch", "DeviceProfiles"]),
  // Recordings of what devices sent and got: our form and that of other programs, read again.
  room("Captures", ["Branch", "DeviceProfiles", "SignProtocols", "TerminalInput"]),
  // The line protocol between node and hub.
  room("QueueProtocol", ["Branch"]),
  // Journal segments and records as bytes.
  room("JournalFormat", ["Branch", "CLinux"]),
]

let floor2: [Target] = [
  // What a node decides.
  room(
    "BranchCore",
    [
      "Branch", "DeviceProfiles", "Configuration", "TicketDesign", "TicketTemplates",
      "TicketLayout", "ESCPOS", "Tongues", "SignProtocols", "TerminalInput", "QueueProtocol",
    ]),
  // Whose frame goes over a line of signs next, and what an answer means.
  room("SignTraffic", ["Branch", "SignProtocols"]),
  // What a queue service decides.
  room("QueueEngine", ["Branch", "QueueProtocol"]),
]

let floor3: [Target] = [
  // Owned descriptors, the one syscall gate, epoll loop, timerfd, workers.
  room("LinuxIO", ["CLinux", "Branch"])
]

let floor4: [Target] = [
  // Printers over libusb: hotplug, asynchronous transfers, class requests.
  room("USBPrinter", ["Branch", "LinuxIO", "CLibUSB", "CLinux"]),
  // Printers behind a CUPS queue; libcups is loaded on first use.
  room("CUPSPrinter", ["Branch", "LinuxIO", "CCUPS", "CLinux"]),
  // Printers behind a plain path: character device, FIFO or file.
  room("PathPrinter", ["Branch", "LinuxIO", "CLinux"]),
  // Serial lines with termios by profile.
  room("SerialPort", ["Branch", "LinuxIO", "CLinux"]),
  // Buttons, keypads and scanners over evdev, or records from a path.
  room("EvdevTerminal", ["Branch", "LinuxIO", "CLinux", "TerminalInput"]),
  // What is plugged in, read from sysfs, and who may open it.
  room("DeviceInventory", ["Branch", "LinuxIO", "CLinux"]),
  // TCP lines, both ends.
  room("LineSocket", ["Branch", "LinuxIO", "CLinux", "QueueProtocol"]),
  // The durable journal on disk.
  room("JournalStore", ["Branch", "LinuxIO", "CLinux", "JournalFormat"]),
]

let floor5: [Target] = [
  // Arguments, help texts, exit codes and terminal output of the programs.
  room("CommandLineKit", ["Branch", "LinuxIO", "CLinux"]),
  // A node: effects of BranchCore to I/O, I/O to events.
  room(
    "NodeRuntime",
    [
      "Branch", "PositionedJSON", "DeviceProfiles", "Configuration", "TicketDesign", "TicketLayout",
      "ESCPOS",
      "SignProtocols", "SignTraffic", "TerminalInput", "QueueProtocol", "JournalFormat",
      "BranchCore", "LinuxIO", "CLinux", "USBPrinter", "CUPSPrinter", "PathPrinter", "SerialPort",
      "EvdevTerminal", "LineSocket", "JournalStore",
    ]),
  // Tickets as a model of printer will print them, as pictures.
  room(
    "TicketPreview",
    [
      "Branch", "DeviceProfiles", "TicketDesign", "TicketLayout", "Tongues", "PrinterEmulator",
      "Pictures", "LinuxIO", "NodeRuntime",
    ]),
  // A queue service: effects of QueueEngine to I/O, I/O to events.
  room(
    "HubRuntime",
    [
      "Branch", "QueueProtocol", "JournalFormat", "QueueEngine", "LinuxIO", "CLinux", "LineSocket",
      "JournalStore",
    ]),
  // What a technician asks of a branch's devices: what is there, is it well, does it work.
  room(
    "Technician",
    [
      "Branch", "DeviceProfiles", "Configuration", "TicketDesign", "TicketLayout", "Tongues",
      "SignProtocols", "SignTraffic", "TerminalInput", "QueueProtocol", "JournalFormat",
      "BranchCore", "LinuxIO", "CLinux", "PathPrinter", "SerialPort", "EvdevTerminal",
      "DeviceInventory", "LineSocket", "JournalStore", "NodeRuntime", "CommandLineKit", "Captures",
      "ESCPOS", "StarPRNT", "PrinterEmulator", "TicketPreview",
    ]),
  // Virtual printer, sign and terminals behind ptys and FIFOs, and the scripts that drive them.
  room(
    "DemoBranch",
    [
      "Branch", "PositionedJSON", "DeviceProfiles", "Configuration", "PrinterEmulator",
      "SignProtocols", "TerminalInput", "QueueProtocol", "JournalFormat", "LinuxIO", "CLinux",
      "LineSocket", "JournalStore", "NodeRuntime", "HubRuntime", "QRCode", "QueueEngine",
      "BranchCore", "CodePages", "TicketPreview",
    ]),
]

let floor6: [Target] = [
  // The daemon and the technician's subcommands.
  program(
    "kioskd",
    [
      "Branch", "PositionedJSON", "DeviceProfiles", "Configuration", "TicketDesign", "TicketLayout",
      "Tongues", "SignProtocols", "TerminalInput", "QueueProtocol", "JournalFormat", "LinuxIO",
      "CLinux", "USBPrinter", "CUPSPrinter", "PathPrinter", "SerialPort", "EvdevTerminal",
      "DeviceInventory", "LineSocket", "JournalStore", "NodeRuntime", "HubRuntime", "DemoBranch",
      "CommandLineKit", "Technician", "TicketTemplates", "Pictures", "TicketPreview", "Captures",
      "SignTraffic",
    ]),
  // The queue service.
  program(
    "queuehub",
    [
      "Branch", "QueueProtocol", "JournalFormat", "QueueEngine", "LinuxIO", "CLinux",
      "LineSocket", "JournalStore", "HubRuntime", "CommandLineKit",
    ]),
  // Figures, as ratios against references in the same run.
  program(
    "kioskd-bench",
    [
      "Branch", "PositionedJSON", "DeviceProfiles", "Configuration", "TicketDesign", "TicketLayout",
      "ESCPOS",
      "QueueProtocol", "JournalFormat", "LinuxIO", "CLinux", "CReference", "LineSocket",
      "JournalStore", "NodeRuntime", "HubRuntime", "QRCode", "Barcodes", "TerminalInput",
      "CommandLineKit", "TicketTemplates", "Pictures", "TicketPreview",
    ]),
]

let proof: [Target] = [
  // Drives the QEMU hardware lab, inside and outside of the guest.
  .executableTarget(
    name: "kioskd-lab",
    dependencies: [
      "CLinux", "PrinterEmulator", "SignProtocols", "PositionedJSON", "JournalFormat",
      "JournalStore",
    ],
    path: "Tests/HardwareLab/Driver", swiftSettings: house),
  // Stops the real journal at every moment of recorded runs, a million times.
  .executableTarget(
    name: "crash-explorer", dependencies: ["Branch", "CLinux", "JournalFormat", "JournalStore"],
    path: "Tests/CrashExplorer", swiftSettings: house),
  // Every parser under libFuzzer; Tests/fuzz links it.
  .target(
    name: "Fuzz",
    dependencies: [
      "Branch", "PositionedJSON", "DeviceProfiles", "Configuration", "TicketDesign", "ESCPOS",
      "StarPRNT", "PrinterEmulator", "SignProtocols", "TerminalInput", "QueueProtocol",
      "JournalFormat", "BranchCore", "QueueEngine", "LinuxIO", "LineSocket", "USBPrinter",
      "CUPSPrinter", "DeviceInventory", "CommandLineKit", "DemoBranch", "JournalStore",
      "TicketTemplates", "Pictures", "Captures",
    ], path: "Tests/Fuzz", exclude: ["Corpus", "PARSERS.md"], swiftSettings: house),
  // A real cupsd of a test's own.
  .target(
    name: "PrivateCUPS", dependencies: ["LinuxIO", "CLinux"], path: "Tests/TestSupport/PrivateCUPS",
    swiftSettings: house),
  // Random numbers that a seed repeats.
  .target(name: "TestSeeds", path: "Tests/TestSupport/TestSeeds", swiftSettings: house),
  // A loop with a printer port on it.
  .target(
    name: "PortBench", dependencies: ["Branch", "LinuxIO"], path: "Tests/TestSupport/PortBench",
    swiftSettings: house),
  // The lab's own judgement: its scenario reader and the rules that its facts are held to.
  tests("LabTests", ["kioskd-lab", "Configuration", "DeviceProfiles"]),
  // A branch, its hub and all that can go wrong, made of one seed; the real cores and codecs.
  .target(
    name: "BranchSimulator",
    dependencies: [
      "Branch", "CodePages", "TicketLayout", "ESCPOS", "PrinterEmulator", "SignProtocols",
      "QueueProtocol",
      "JournalFormat", "BranchCore", "QueueEngine", "Configuration",
    ], path: "Tests/BranchSimulator", exclude: ["Command", "SIMULATOR.md"], swiftSettings: house),
  // Runs as many seeds as one likes; Tests/simulate calls it.
  .executableTarget(
    name: "branch-simulate", dependencies: ["BranchSimulator"],
    path: "Tests/BranchSimulator/Command", swiftSettings: house),
  tests("BranchSimulatorTests", ["BranchSimulator"]),
  // House style and the import map.
  tests("HouseTests", []),
  tests("BranchTests", ["Branch"]),
  tests("PositionedJSONTests", ["Branch", "PositionedJSON"]),
  tests(
    "ConfigurationTests",
    [
      "Branch", "PositionedJSON", "DeviceProfiles", "Configuration", "CodePages", "SignProtocols",
    ]),
  tests(
    "ESCPOSTests",
    [
      "Branch", "Barcodes", "QRCode", "CodePages", "TicketDesign", "TicketLayout", "ESCPOS",
      "StarPRNT", "PrinterEmulator",
    ]),
  tests("PaperFontTests", ["PaperFont", "CodePages"]),
  tests("PicturesTests", ["Pictures", "TestSeeds"]),
  tests(
    "TicketTemplatesTests",
    ["Branch", "PositionedJSON", "TicketDesign", "Barcodes", "Pictures", "TicketTemplates"]),
  tests("SignProtocolsTests", ["Branch", "SignProtocols"]),
  tests("SignTrafficTests", ["Branch", "SignProtocols", "SignTraffic", "TestSeeds"]),
  tests("TerminalInputTests", ["Branch", "DeviceProfiles", "TerminalInput", "TestSeeds"]),
  // Recordings and their forms; each file in Tests/Captures is a test.
  tests(
    "CaptureTests",
    [
      "Branch", "DeviceProfiles", "TerminalInput", "SignProtocols", "Captures", "LinuxIO",
      "Technician",
    ]),
  tests("QueueProtocolTests", ["Branch", "QueueProtocol", "TestSeeds"]),
  tests("JournalTests", ["Branch", "CLinux", "JournalFormat", "JournalStore", "LinuxIO"]),
  tests(
    "BranchCoreTests",
    [
      "Branch", "DeviceProfiles", "Configuration", "PositionedJSON", "TicketDesign", "TicketLayout",
      "ESCPOS",
      "SignProtocols", "TerminalInput", "QueueProtocol", "BranchCore", "PrinterEmulator",
      "QueueEngine", "TestSeeds", "TicketTemplates",
    ]),
  tests("QueueEngineTests", ["Branch", "QueueProtocol", "QueueEngine", "TestSeeds"]),
  tests("LinuxIOTests", ["Branch", "LinuxIO", "CLinux", "LineSocket"]),
  tests("CommandLineKitTests", ["Branch", "LinuxIO", "CLinux", "CommandLineKit"]),
  tests(
    "TransportTests",
    [
      "Branch", "LinuxIO", "CLinux", "SerialPort", "EvdevTerminal", "PathPrinter", "USBPrinter",
      "DeviceInventory", "TerminalInput", "PortBench",
    ]),
  tests(
    "TechnicianTests",
    [
      "Branch", "Configuration", "DeviceProfiles", "DeviceInventory", "ESCPOS", "JournalStore",
      "LinuxIO", "PrinterEmulator", "CommandLineKit", "Technician", "TicketDesign", "TicketLayout",
      "Tongues", "Captures", "EvdevTerminal",
    ]),
  // The built programs, run as a technician runs them.
  tests(
    "ToolTests",
    [
      "Branch", "LinuxIO", "CLinux", "PrinterEmulator", "TerminalInput", "QueueProtocol",
      "JournalFormat", "JournalStore", "SignProtocols", "kioskd", "queuehub",
    ]),
  tests(
    "CUPSTests",
    ["Branch", "LinuxIO", "CLinux", "CUPSPrinter", "Technician", "PrivateCUPS", "PortBench"]),
  tests(
    "HostTests",
    [
      "Branch", "PositionedJSON", "DeviceProfiles", "Configuration", "QueueProtocol",
      "JournalFormat", "JournalStore", "LinuxIO", "CLinux", "LineSocket", "NodeRuntime",
      "HubRuntime", "DemoBranch", "PrinterEmulator", "SignProtocols", "SignTraffic",
      "QueueEngine", "BranchCore", "TerminalInput", "PrivateCUPS",
    ]),
]

let package = Package(
  name: "kioskd",
  products: [
    .executable(name: "kioskd", targets: ["kioskd"]),
    .executable(name: "queuehub", targets: ["queuehub"]),
    .executable(name: "kioskd-bench", targets: ["kioskd-bench"]),
    .executable(name: "crash-explorer", targets: ["crash-explorer"]),
    .library(name: "fuzz", type: .static, targets: ["Fuzz"]),
  ],
  targets: floor0 + floor1 + floor2 + floor3 + floor4 + floor5 + floor6 + proof,
  swiftLanguageModes: [.v6]
)
