import Branch
import CUPSPrinter
import CommandLineKit
import Configuration
import DeviceInventory
import JournalStore
import LineSocket
import LinuxIO
import TicketDesign
import USBPrinter

extension FuzzTarget {
  /// What a printer calls itself, what sysfs calls the places where devices are, and what a spooler
  /// says of a queue.
  static let deviceNames = FuzzTarget(name: "device-names") { bytes in
    if let id = DeviceID(bytes) {
      always(!(id.manufacturer.isEmpty && id.model.isEmpty), "an id that names nothing")
      for text in [id.manufacturer, id.model, id.serial] {
        always(!text.unicodeScalars.contains("\0"), "a zero in \(text)")
        always(text.first?.isWhitespace != true, "a blank before \(text)")
      }
    }
    let text = String(decoding: bytes, as: UTF8.self)
    always(!(SysfsNames.isDevice(text) && SysfsNames.isInterface(text)), "\(text) is both")
    if let interface = SysfsNames.interface(inLink: text) {
      always(SysfsNames.isInterface(interface), "\(interface) is no interface")
      let device = SysfsNames.device(of: interface)
      always(!device.contains(":") && interface.hasPrefix(device), "\(interface) is of \(device)")
    }
    if QueueState.condition(text) == nil {
      always(!text.hasSuffix("-error"), "an error of a spooler is passed over: \(text)")
    }
    let said = BackendWords.line(text)
    always(said.unicodeScalars.count <= BackendWords.message_max + 1, "\(said) is too long")
    always(
      said.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control },
      "control characters reach the log")
  }

  /// Addresses as they stand in the configuration, on the command line and in the environment.
  static let addresses = FuzzTarget(name: "addresses") { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    if let key = Logo.Key(text) {
      always([key.first, key.second] == bytes.prefix(2), "\(bytes) is the key of another logo")
    }
    for isAnyPort in [false, true] {
      guard let target = HostPort(text, allowsAnyPort: isAnyPort) else { continue }
      always(isAnyPort || target.port > 0, "port 0 is taken")
      let again = HostPort(target.description, allowsAnyPort: isAnyPort)
      always(again == target, "\(target) comes back as \(String(describing: again))")
      // What is a number needs no name server; anything else is refused at once.
      _ = try? SocketAddress.find(target, numericOnly: true)
    }
    if let hub = HubAddress(text) {
      let target = HostPort(hub.description)
      always(
        target?.host == hub.host && target?.port == hub.port,
        "\(hub) is configured, and connected to as \(String(describing: target))")
    }
    _ = UnixAddress(text)
  }

  /// Words of a command line, with line feeds between.
  static let commandLine = FuzzTarget(name: "command-line") { bytes in
    let words = bytes.split(separator: 10, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    guard case .run(let arguments) = program.parse(words) else { return }
    let name = arguments.command.name
    let operands_max = name == "run" ? 0 : 1
    always(arguments.operands.count <= operands_max, "\(arguments.operands) are too many")
    switch name {
    case "run": always(arguments["config"] != "", "an option without its value")
    case "journal show": always(!arguments.required("data").isEmpty, "a directory without a name")
    default: always(arguments.operands.count == 1, "the directory is missing")
    }
  }

  private static let program = ProgramSpec(
    "kioskd", "Drives the devices of a branch.", version: "1",
    commands: [
      CommandSpec(
        "run", "Runs.", options: [.value("config", "FILE", "Which."), .flag("json", "As JSON.")]),
      CommandSpec(
        "journal show", "Shows.", options: [.value("data", "DIR", "Where.", required: true)],
        operands: [Operand("FROM", "From here on.", optional: true)]),
      CommandSpec("journal verify", "Looks.", operands: [Operand("DIR", "Where.")]),
    ])

  /// Tables of the system: passwd(5), group(5), and a line of proc_locks(5).
  static let systemTables = FuzzTarget(name: "system-tables") { bytes in
    let text = String(decoding: bytes, as: UTF8.self)
    let accounts = Accounts(passwd: text, group: text)
    for id: UInt32 in [0, 7, .max] {
      _ = accounts.group(id)
      _ = accounts.isListed(accounts.user(id), in: id)
    }
    if let pid = JournalUse.holder(text[...], inode: 17) {
      always(pid > 0 && text.contains("FLOCK"), "process \(pid) holds \(text)")
    }
  }

  /// Records of inotify(7): whole ones only, and none beyond the end.
  static let inotify = FuzzTarget(name: "inotify") { bytes in
    // Behind a slice's start, as the watch reads them.
    let events = InotifyEvent.parse(([0, 0, 0] + bytes)[3...])
    always(events.count * 16 <= bytes.count, "\(events.count) records in \(bytes.count) bytes")
    always(events.allSatisfy { !$0.name.utf8.contains(0) }, "a zero in a name")
  }

  /// What the kernel says of a device: no part of another part.
  static let kernelEvents = FuzzTarget(name: "kernel-events") { bytes in
    guard let event = KernelEvent.parse(bytes) else { return }
    let parts = bytes.split(separator: 0)
    always(parts.contains { $0.starts(with: Array("SUBSYSTEM=".utf8)) }, "\(event)")
    always(!event.action.utf8.contains(0) && !event.subsystem.utf8.contains(0), "a zero in a part")
  }
}
