public import Branch
import CUPSPrinter
public import Configuration
public import EvdevTerminal
public import LinuxIO
public import SerialPort

/// The transports that a node uses for its devices, for those who try a device without a node.
public enum NodeTransports {
  /// - Parameter node: marks print jobs at a spooler.
  public static func printer(
    _ printer: PrinterConfiguration, node: NodeID, loop: EventLoop,
    onEvent: @escaping (PrinterPortEvent) -> Void
  ) -> any PrinterPort {
    makePrinterPort(
      printer, node: node, loop: loop, isTrial: true, note: { _ in }, onEvent: onEvent)
  }

  /// How a node hears of the jobs in a queue, in words for a technician.
  public static func following(_ queue: CUPSQueue) -> String {
    CUPSFollowing.describe(server: queue.server, feed: queue.feed)
  }

  public static func sign(
    _ sign: SignConfiguration, loop: EventLoop, onEvent: @escaping (SerialEvent) -> Void
  ) -> SerialPort {
    SerialPort(
      loop: loop, path: sign.port, settings: sign.profile.serial, direction: sign.rs485,
      onEvent: onEvent)
  }
}

extension TerminalSelector {
  /// The device as the configuration names it.
  public init(_ device: TerminalDevice) {
    switch device {
    case .serial(let serial): self = .serial(serial)
    case .port(let port): self = .port(port)
    case .byID(let name): self = .byID(name)
    case .path(let path): self = .path(path)
    }
  }
}
