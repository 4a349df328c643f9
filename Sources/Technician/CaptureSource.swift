public import Branch
public import Captures
import CLinux
public import DeviceProfiles
import EvdevTerminal
import Glibc
import LinuxIO

/// What a path is, and what a capture of it says about itself.
public struct CaptureSource {
  public let path: String
  public let kind: Capture.Kind

  /// - Parameter kind: what the person says; nil: what the path itself tells.
  /// Throws `capture-kind` when nobody can tell, `device-absent` when there is no such path.
  public init(path: String, kind: Capture.Kind?) throws(Problem) {
    self.path = path
    if let kind {
      self.kind = kind
      return
    }
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw Problem(
        code: "device-absent", what: "cannot record \(path)",
        cause: String(cString: strerror(errno)),
        cure: "Run `kioskd devices`, and give one of the paths that it lists. A printer without a "
          + "path is recorded by `kioskd print-test --config FILE --printer ID --capture FILE`.")
    }
    if Self.isUSBDevice(status) { throw Self.usbDevice(path) }
    guard let found = Self.kind(path, status) else {
      throw Problem(
        code: "capture-kind", what: "cannot record \(path)",
        cause: "the path does not tell whether it is a terminal, a serial line or a printer",
        cure: "Say it with --kind evdev, --kind serial or --kind printer.")
    }
    self.kind = found
  }

  /// Major 189 in the kernel's admin-guide/devices.txt.
  static func isUSBDevice(_ status: stat) -> Bool {
    status.st_mode & S_IFMT == S_IFCHR && (status.st_rdev >> 8) & 0xFFF == 189
  }

  /// libusb's way to a printer: who speaks to it has claimed it, and nobody else hears.
  static func usbDevice(_ path: String) -> Problem {
    Problem(
      code: "capture-usb", what: "cannot record \(path)",
      cause: "only one program at a time can use a USB device without a driver",
      cure:
        "Record a printer's test: `kioskd print-test --config FILE --printer ID --capture FILE`. "
        + "Or give the printer to the kernel, `sudo modprobe usblp`, and record /dev/usb/lp0.")
  }

  /// Numbers of character devices from the kernel's admin-guide/devices.txt.
  private static func kind(_ path: String, _ status: stat) -> Capture.Kind? {
    let type = status.st_mode & S_IFMT
    if type == S_IFIFO { return .evdev }
    guard type == S_IFCHR else { return nil }
    let major = (status.st_rdev >> 8) & 0xFFF
    let minor = (status.st_rdev & 0xFF) | ((status.st_rdev >> 12) & 0xFFF00)
    switch major {
    case 13: return .evdev
    case 6: return .printer
    case 180: return minor < 16 ? .printer : nil
    default: break
    }
    guard let node = try? SystemCall.open(path, O_RDONLY | O_NOCTTY | O_NONBLOCK) else {
      return nil
    }
    return isatty(node.raw) == 1 ? .serial : nil
  }

  /// The head of a capture of it.
  ///
  /// - Parameters:
  ///   - tool: name and version of the program.
  ///   - withSerial: the serial number is told, also where it is part of a path.
  public func header(
    tool: String, command: [String], profile: ProfileID?, withSerial: Bool
  ) -> CaptureHeader {
    var header = CaptureHeader(kind: kind, tool: tool)
    let node = resolvedPath(path) ?? path
    let name = SmallFile.lastPart(node)
    let input = InputNode.all().first { $0.path == node }
    let usb =
      switch kind {
      case .evdev: input?.usb
      case .serial: USBIdentity(behind: "/sys/class/tty/\(name)")
      case .printer: USBIdentity(behind: "/sys/class/usbmisc/\(name)")
      }
    let serial = usb?.serial ?? input?.unique ?? ""
    func told(_ text: String) -> String {
      withSerial || serial.isEmpty ? text : Self.hiding(serial, in: text)
    }
    header.command = told(command.map(Self.shellWord).joined(separator: " "))
    header.recorded = Clock.wall().description
    header.kernel = Self.kernel
    let product = [usb?.manufacturer, usb?.product].compactMap(\.self).joined(separator: " ")
    header.device = told(input.map(\.name) ?? product)
    header.usb = usb.map { "\($0.vendorID):\($0.productID)" } ?? ""
    if !serial.isEmpty { header.serial = withSerial ? serial : CaptureHeader.hidden }
    header.path = told(path)
    header.profile = profile?.text ?? ""
    if let input {
      header.abilities = [("keys", input.keys), ("LEDs", input.leds), ("sounds", input.sounds)]
        .filter { !$0.1.isEmpty }.map { "\($0.0) \(Self.ranges($0.1))" }
    }
    return header
  }

  /// A path in by-id has the serial number in it.
  private static func hiding(_ serial: String, in text: String) -> String {
    guard serial.utf8.count > 2 else { return text }
    return text.split(separator: serial, omittingEmptySubsequences: false)
      .joined(separator: "(\(CaptureHeader.hidden))")
  }

  private static func shellWord(_ word: String) -> String {
    let plain = word.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || "/._-=:+,".utf8.contains(byte)
    }
    if plain, !word.isEmpty { return word }
    return "'"
      + word.split(separator: "'", omittingEmptySubsequences: false)
      .joined(separator: "'\\''") + "'"
  }

  /// `1-14 16 28`
  public static func ranges(_ codes: Set<UInt16>) -> String {
    var runs: [ClosedRange<UInt16>] = []
    for code in codes.sorted() {
      if let last = runs.last, last.upperBound + 1 == code {
        runs[runs.count - 1] = last.lowerBound...code
      } else {
        runs.append(code...code)
      }
    }
    return runs.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: " ")
  }

  /// `Linux 6.12.0-18-amd64`
  private static var kernel: String {
    let words = ["ostype", "osrelease"].compactMap { SmallFile.text("/proc/sys/kernel/\($0)") }
    return words.joined(separator: " ")
  }
}
