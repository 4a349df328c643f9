import Branch
import Captures
import Glibc
import LinuxIO

/// Why a recording cannot be played on a device of its own.
extension DevicePlayer {
  static func otherKind(_ kind: Capture.Kind) -> Problem {
    Problem(
      code: "replay-kind", what: "no input device can play this capture",
      cause: "it is of kind \(kind.rawValue)",
      cure: "Play it to a serial port, a pty, a FIFO or a file.")
  }

  static let empty = Problem(
    code: "replay-empty", what: "there is nothing to play", cause: "the capture has no events",
    cure: "Take another capture.")

  static func making(_ path: String, _ error: SystemError) -> Problem {
    switch error.errno {
    case ENOENT, ENODEV, ENXIO, ENOTDIR:
      Problem(
        code: "uinput-absent", what: "\(path) makes no input devices", cause: error.description,
        cure: "Load the kernel's modules: `sudo modprobe -a uinput evdev`; in a container, on its "
          + "host. Or play it into a FIFO that a terminal has as its path.")
    case EACCES, EPERM:
      Problem(
        code: DeviceProblems.denied, what: "\(path) may not be opened by this user",
        cause: error.description,
        cure: "Run it with sudo, or give it to a group: write KERNEL==\"uinput\", "
          + "GROUP=\"input\", MODE=\"0660\" into /etc/udev/rules.d/60-uinput.rules, run `sudo "
          + "udevadm control --reload` and `sudo udevadm trigger \(path)`, and join the group.")
    default:
      Problem(
        code: "uinput-refused", what: "the kernel does not make such a device",
        cause: error.description, cure: "It needs Linux 4.5 or newer; else play it into a FIFO.")
    }
  }

  static func linking(_ link: String, _ error: CInt) -> Problem {
    Problem(
      code: "replay-link", what: "\(link) cannot be made",
      cause: SystemError("symlink", errno: error).text,
      cure: "Name one that is not there, in a directory that is and that you may write.")
  }

  var unread: Problem {
    Problem(
      code: "replay-unread", what: "nobody reads \(result.node)",
      cause: "no program opened it within \(Self.finding.ms / 1000) s",
      cure: "Give a terminal the path that --link makes and start kioskd, or let evtest or "
        + "`kioskd keys --device` read it. The programs of others are seen by root only.")
  }

  var lost: Problem {
    Problem(
      code: DeviceProblems.failed, what: "\(result.node) takes no more events",
      cause: "\(result.sent) records were played",
      cure: "Play it again; see `sudo dmesg` for what the kernel says.")
  }
}
