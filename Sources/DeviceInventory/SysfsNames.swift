/// What the paths of sysfs say by themselves.
package enum SysfsNames {
  /// `1-2.3`: a device; not `usb1` (a root hub), not `1-2.3:1.0` (an interface).
  package static func isDevice(_ name: some StringProtocol) -> Bool {
    isInterfaceOrDevice(name) && !name.contains(":")
  }

  /// `1-2.3:1.0`.
  package static func isInterface(_ name: some StringProtocol) -> Bool {
    isInterfaceOrDevice(name) && name.contains(":")
  }

  private static func isInterfaceOrDevice(_ name: some StringProtocol) -> Bool {
    guard let first = name.utf8.first, (0x30...0x39).contains(first) else { return false }
    // Digits, and `-`, `.`, `:` between them.
    let isAllowed = name.utf8.allSatisfy {
      (0x2D...0x2E).contains($0) || (0x30...0x3A).contains($0)
    }
    return isAllowed && name.contains("-")
  }

  /// The interface that a class device belongs to, from the target of its link in /sys/class:
  /// `../../devices/pci0000:00/0000:00:14.0/usb1/1-2/1-2:1.0/0003:04D9:1603.0001/input/…/event5`
  /// gives `1-2:1.0`. nil: it is not on USB.
  package static func interface(inLink target: String) -> String? {
    // The last one: a device behind a hub has the hub's parts before its own.
    target.split(separator: "/").last(where: isInterface).map(String.init)
  }

  /// The device of an interface.
  package static func device(of interface: String) -> String {
    interface.split(separator: ":").first.map(String.init) ?? interface
  }

  /// `/dev/input/event5`: the directory that udev and devtmpfs use for a class.
  static func node(_ name: String, inClass name_class: String) -> String {
    switch name_class {
    case "input": "input/\(name)"
    case "usbmisc": "usb/\(name)"
    default: name
    }
  }

  static func threeDigits(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 3 - digits.utf8.count)) + digits
  }
}
