import Branch
import Configuration
import DeviceProfiles

/// A key by the name of its terminal's profile, `button1`.
typealias DeviceKey = KeyName

/// A device that can be pulled.
enum DeviceRef: Hashable, Sendable, CustomStringConvertible {
  case printer(PrinterID)
  case sign(SignID)
  case terminal(TerminalID)

  var description: String {
    switch self {
    case .printer(let id): id.text
    case .sign(let id): id.text
    case .terminal(let id): id.text
    }
  }
}

extension NodeConfiguration {
  /// Every device, in the order of the file.
  var devices: [DeviceRef] {
    printers.map { .printer($0.id) } + signs.map { .sign($0.id) }
      + terminals.map { .terminal($0.id) }
  }
}
