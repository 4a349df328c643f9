import Branch
public import DeviceProfiles
import EvdevTerminal

/// What input devices can send and obey, as they say themselves; nothing is opened.
public enum AbilityListing {
  static let names_max = 24

  /// - Parameter path: only this event node; nil: all that have keys.
  /// Empty when there is none.
  public static func lines(path: String?, _ profiles: ProfileLibrary) -> [String] {
    lines(path: path, profiles, InputRoots())
  }

  static func lines(
    path: String?, _ profiles: ProfileLibrary, _ roots: InputRoots
  ) -> [String] {
    let nodes = InputNode.all(roots).filter { path == nil ? !$0.keys.isEmpty : $0.path == path }
    return nodes.flatMap { node in
      let usb = node.usb.map { "  \($0.vendorID):\($0.productID)" } ?? ""
      var lines = ["\(node.path)  \(node.name)\(usb)"]
      func say(_ title: String, _ names: [String]) {
        guard !names.isEmpty else { return }
        let more = names.count > names_max ? " …" : ""
        let list = names.prefix(names_max).joined(separator: " ") + more
        lines.append("  \(title)\(names.count > names_max ? " (\(names.count))" : ""): \(list)")
      }
      say("keys", node.keys.sorted().map { LinuxKeys.written($0) })
      say("LEDs", node.leds.sorted().map { LinuxKeys.ledName(of: $0) ?? "\($0)" })
      say("sounds", node.sounds.sorted().map(sound))
      say("profile", fitting(node, profiles))
      return lines.map(CheckLine.printable)
    }
  }

  private static func sound(_ code: UInt16) -> String {
    Beeper.allCases.first { $0.code == code }?.rawValue ?? (code == 0 ? "SND_CLICK" : "\(code)")
  }

  private static func fitting(_ node: InputNode, _ profiles: ProfileLibrary) -> [String] {
    guard let usb = node.usb, let model = USBModel("\(usb.vendorID):\(usb.productID)") else {
      return []
    }
    return profiles.terminals.values.filter { $0.usb.contains(model) }.map(\.id.text).sorted()
  }
}
