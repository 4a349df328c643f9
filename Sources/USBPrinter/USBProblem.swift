import Branch
import CLibUSB
import Glibc
import LinuxIO

/// The problems of a USB printer, in words for a technician.
enum USBProblem {
  static func absent(_ selector: USBPrinterSelector) -> Problem {
    Problem(
      code: "absent", what: "\(selector) is not there", cause: "no device like it is plugged in",
      cure: "Plug it in and switch it on; `kioskd devices` lists what is there.")
  }

  static func ambiguous(_ selector: USBPrinterSelector, _ found: [USBCandidate]) -> Problem {
    let ports = found.map { $0.serial.isEmpty ? $0.port : "\($0.port) (serial \($0.serial))" }
    return Problem(
      code: "ambiguous-device", what: "\(selector) is not one but \(found.count)",
      cause: "they are at \(ports.joined(separator: ", "))",
      cure: "Name the serial number or the port in the configuration.")
  }

  static func notPrinter(_ selector: USBPrinterSelector, _ device: USBCandidate) -> Problem {
    Problem(
      code: "not-a-printer", what: "\(selector) is no printer",
      cause: "\(device.identity) has no interface of the printer class",
      cure: "Correct the selector; a printer in serial mode belongs under its /dev/tty path.")
  }

  static func opening(_ device: USBCandidate, _ node: String, _ error: SystemError) -> Problem {
    switch error.errno {
    case EACCES, EPERM:
      let cause = NodeAccess.check(node)?.problem
      return Problem(
        code: "access-denied", what: "\(device.identity) may not be opened",
        cause: cause.map { "\(node): \($0.cause)" } ?? "\(node): \(error.text)",
        cure: cause?.cure ?? "Install kioskd's udev rules and plug the printer again.")
    case ENOENT, ENODEV, ENXIO:
      return Problem(
        code: "absent", what: "\(device.identity) is not there", cause: "\(node): \(error.text)",
        cure: "Plug it in again.")
    default:
      return Problem(
        code: "open-failed", what: "\(device.identity) cannot be opened",
        cause: "\(node): \(error.text)", cure: "Plug it in again; `dmesg` may say more.")
    }
  }

  static func claiming(_ device: USBCandidate, _ node: String, _ code: CInt) -> Problem {
    switch code {
    case LIBUSB_ERROR_BUSY.rawValue:
      return Problem(
        code: "device-busy", what: "\(device.identity) is in use",
        cause: "another program has claimed it, the usb backend of CUPS for instance",
        cure: "`sudo fuser -v \(node)` names the program; end it, or take its queue out of CUPS.")
    case LIBUSB_ERROR_NO_DEVICE.rawValue, LIBUSB_ERROR_NOT_FOUND.rawValue:
      return lost(device.identity, "it went while it was opened")
    default:
      return Problem(
        code: "open-failed", what: "\(device.identity) cannot be used", cause: text(code),
        cure: "Plug it in again; `dmesg` may say more.")
    }
  }

  static func noInterface(_ device: USBCandidate) -> Problem {
    Problem(
      code: "not-a-printer", what: "\(device.identity) has no usable printer interface",
      cause: "none of its alternate settings is a printer with a bulk OUT endpoint",
      cure: "Set the printer to its USB printer class mode; its manual tells how.")
  }

  static func lost(_ identity: String, _ cause: String) -> Problem {
    Problem(
      code: "device-lost", what: "\(identity) went away", cause: cause,
      cure: "Plug the printer in again; kioskd finds it by itself.")
  }

  static func notThere(_ selector: USBPrinterSelector) -> Problem {
    Problem(
      code: "absent", what: "\(selector) is not open", cause: "it is being looked for",
      cure: "`kioskd devices` lists what is there.")
  }

  static func bus(_ identity: String, _ cause: String) -> Problem {
    Problem(
      code: "bus-error", what: "\(identity) does not take bytes", cause: cause,
      cure: "Check the cable and hub; kioskd opens the printer again by itself.")
  }

  static func stalled(_ identity: String) -> Problem {
    Problem(
      code: "device-refused", what: "\(identity) refused bytes",
      cause: "it stalled its data endpoint",
      cure: "Look for an error light at the printer; switch it off and on.")
  }

  static func cancelled(_ identity: String) -> Problem {
    Problem(
      code: "cancelled", what: "the job at \(identity) was given up",
      cause: "the printer did not take all of it in time, or the job was no longer wanted",
      cure: "Look for paper, cover and jam at the printer.")
  }

  static func library(_ code: CInt) -> Problem {
    Problem(
      code: "libusb-failed", what: "libusb cannot be used", cause: text(code),
      cure: "Check that /dev and /sys are mounted, and `ulimit -n`.")
  }

  static func text(_ code: CInt) -> String {
    libusb_error_name(code).map { String(cString: $0) } ?? "libusb error \(code)"
  }
}
