public import Branch
public import CommandLineKit
public import DeviceInventory
public import DeviceProfiles
public import LinuxIO

/// What is plugged in, in the words of a configuration.
public struct DeviceListing: Sendable {
  /// One device, with all that a technician needs to write it down.
  public struct Entry: Sendable, Equatable {
    public let device: FoundDevice
    /// A vendor class printer is one by its profile only.
    public let kind: FoundDevice.Kind
    /// Those whose USB ids fit, and of these the ones that its name fits, if it fits any; sorted.
    public let profiles: [ProfileID]
    /// Names that stay the same, of the nodes in /dev.
    public let aliases: [String]
    /// Who has a node of it open.
    public let holders: [DeviceHolder]
    /// Text to paste into the configuration; nil for what kioskd has no use for.
    public let selector: String?
  }

  public let entries: [Entry]
  private let user: String
  private let isRoot: Bool

  /// - Parameters:
  ///   - aliases: links in /dev by the node that they lead to.
  ///   - holders: who has a node open.
  ///   - user: who asks.
  public init(
    _ devices: [FoundDevice], profiles: ProfileLibrary, aliases: [String: [String]],
    holders: (String) -> [DeviceHolder], user: String, isRoot: Bool
  ) {
    self.user = user
    self.isRoot = isRoot
    entries = devices.map { device in
      let ids = Self.profiles(of: device, in: profiles)
      var kind = device.kind
      if kind == .unknown, !ids.isEmpty { kind = .printer }
      let own = device.nodes.flatMap { aliases[$0.path] ?? [] }.sorted()
      let isTwin =
        devices.count { $0.kind == device.kind && $0.serial == device.serial } > 1
      return Entry(
        device: device, kind: kind, profiles: ids, aliases: own,
        holders: Self.unique(device.nodes.flatMap { holders($0.path) }),
        selector: Self.selector(device, kind, ids, own, profiles, isTwin: isTwin))
    }
  }

  private static func profiles(of device: FoundDevice, in library: ProfileLibrary) -> [ProfileID] {
    guard let vendor = device.vendorID, let product = device.productID else { return [] }
    let model = USBModel(vendor: vendor, product: product)
    switch device.kind {
    case .printer, .unknown:
      let fitting = library.printers.values.filter { $0.usb.contains(model) }
      return ModelNames.narrow(fitting, by: device.product).map(\.id).sorted()
    case .terminal:
      return library.terminals.values.filter { $0.usb.contains(model) }.map(\.id).sorted()
    case .serial: return []
    }
  }

  private static func unique(_ holders: [DeviceHolder]) -> [DeviceHolder] {
    holders.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  // MARK: what to write down

  /// `"profile": "epson-tm-t88v", "usb": {"serial": "J5HF"}`. The serial number finds a device at
  /// any port; without one, or with twins, only the port tells which is meant.
  private static func selector(
    _ device: FoundDevice, _ kind: FoundDevice.Kind, _ ids: [ProfileID], _ aliases: [String],
    _ library: ProfileLibrary, isTwin: Bool
  ) -> String? {
    func quoted(_ text: String) -> String { OutputJSON.quoted(text) }
    let place: String? =
      if !device.serial.isEmpty, !isTwin {
        "{\"serial\": \(quoted(device.serial))}"
      } else {
        device.usbPort.map { "{\"port\": \(quoted($0))}" }
      }
    switch kind {
    case .printer:
      // Of several, only who looks at the type plate knows which.
      let fitting = ids.isEmpty ? "generic-80mm" : ids.map(\.text).joined(separator: " or ")
      return place.map { "\"profile\": \(quoted(fitting)), \"usb\": \($0)" }
    case .terminal:
      let path = (aliases.first ?? device.nodes.first?.path).map { "{\"path\": \(quoted($0))}" }
      return (place ?? path).map {
        "\"profile\": \(quoted(ids.first?.text ?? "PROFILE")), \"device\": \($0)"
      }
    case .serial:
      // by-id repeats for twins and for adapters without a number: then the plug decides.
      let isNumbered = !device.serial.isEmpty && !isTwin
      let wanted = isNumbered ? "/by-id/" : "/by-path/"
      let path = aliases.first { $0.contains(wanted) } ?? aliases.first ?? device.nodes.first?.path
      let signs = library.signs.keys.sorted().map(\.text)
      let known = signs.isEmpty ? "PROFILE" : signs.joined(separator: " or ")
      return path.map { "\"profile\": \(quoted(known)), \"port\": \(quoted($0))" }
    case .unknown: return nil
    }
  }
}

extension DeviceListing {
  /// For people.
  public var lines: [String] {
    if entries.isEmpty {
      return ["nothing is plugged in that kioskd could use: no USB and no input devices"]
    }
    var lines: [String] = []
    for entry in entries { lines += self.lines(entry).map(CheckLine.printable) + [""] }
    if isRoot {
      lines.append(
        "checked as root, who may open everything; for the service's user run "
          + "`sudo -u kioskd kioskd devices`")
    } else {
      lines.removeLast()
    }
    return lines
  }

  private func lines(_ entry: Entry) -> [String] {
    let device = entry.device
    let name = [device.manufacturer, device.product].filter { !$0.isEmpty }
      .joined(separator: " ")
    var head = [
      device.usbPort.map { "port \($0)" } ?? device.nodes.first?.path ?? "?",
      entry.kind == .unknown ? "other" : entry.kind.rawValue, name.isEmpty ? "(no name)" : name,
    ]
    if let ids = device.ids { head.append(ids) }
    if !device.serial.isEmpty { head.append("serial \(device.serial)") }
    var lines = [head.joined(separator: "  ")]
    func say(_ title: String, _ text: String) {
      lines.append("  " + title + String(repeating: " ", count: max(1, 15 - title.count)) + text)
    }
    if entry.kind != .unknown { say("profile", profileText(entry)) }
    if let selector = entry.selector { say("configuration", selector) }
    for node in device.nodes { say("node", accessText(node)) }
    for alias in entry.aliases { say("also", alias) }
    if let driver = device.driver { say("driver", driver) }
    if !entry.holders.isEmpty {
      say("in use by", entry.holders.map(\.description).joined(separator: ", "))
    }
    return lines
  }

  private func profileText(_ entry: Entry) -> String {
    if !entry.profiles.isEmpty { return entry.profiles.map(\.text).joined(separator: " or ") }
    switch entry.kind {
    case .printer: return "none; looks like a printer: try generic-80mm, or generic-58mm"
    case .terminal: return "none; `kioskd teach` makes one of its presses"
    case .serial: return "a serial line does not say what hangs on it: choose that of the sign"
    case .unknown: return ""
    }
  }

  private func accessText(_ node: DeviceNode) -> String {
    guard let access = node.access else { return "\(node.path) is not there" }
    if access.isAllowed { return "\(node.path): \(access.user) may open it" }
    return "\(node.path) is closed to \(access.user) (\(access.ownership)): \(access.cure ?? "")"
  }

  /// For programs: an array with one object a device.
  public var json: OutputJSON {
    .array(
      entries.map { entry in
        let device = entry.device
        return .object([
          .init("kind", .string(entry.kind.rawValue)), .init("ids", .optional(device.ids)),
          .init("manufacturer", .string(device.manufacturer)),
          .init("product", .string(device.product)), .init("serial", .string(device.serial)),
          .init("port", .optional(device.usbPort)), .init("driver", .optional(device.driver)),
          .init("profiles", .array(entry.profiles.map { .string($0.text) })),
          .init("configuration", .optional(entry.selector)),
          .init("nodes", .array(device.nodes.map(Self.json))),
          .init("aliases", .array(entry.aliases.map { .string($0) })),
          .init(
            "holders",
            .array(
              entry.holders.map {
                .object([.init("pid", .integer(Int64($0.pid))), .init("name", .string($0.name))])
              })),
        ])
      })
  }

  private static func json(_ node: DeviceNode) -> OutputJSON {
    .object([
      .init("path", .string(node.path)), .init("exists", .bool(node.access != nil)),
      .init("allowed", .bool(node.access?.isAllowed ?? false)),
      .init("cure", .optional(node.access?.cure)),
    ])
  }
}

/// Links that udev makes, by what they lead to.
public enum NodeAliases {
  static let directories = [
    "/dev/serial/by-id", "/dev/serial/by-path", "/dev/input/by-id", "/dev/input/by-path",
  ]

  public static func read() -> [String: [String]] {
    var found: [String: [String]] = [:]
    for directory in directories {
      for name in SmallFile.entries(directory) {
        let link = directory + "/" + name
        if let node = resolvedPath(link) { found[node, default: []].append(link) }
      }
    }
    return found
  }
}
