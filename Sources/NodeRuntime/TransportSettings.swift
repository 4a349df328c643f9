import Branch
import Configuration
import DeviceProfiles
import EvdevTerminal
import LinuxIO
import USBPrinter

// Words of the configuration to words of the transports, which know nothing of configurations.

extension EvdevTerminal {
  convenience init(
    _ terminal: TerminalConfiguration, loop: EventLoop, onEvent: @escaping (TerminalEvent) -> Void
  ) {
    self.init(
      loop: loop, selector: TerminalSelector(terminal.device),
      wanted: Set(terminal.profile.keys.flatMap(\.codes)),
      debounce: terminal.profile.debounce, onEvent: onEvent)
  }
}

extension USBPrinterSelector {
  init(_ selector: USBSelector) {
    switch selector {
    case .serial(let serial): self = .serial(serial)
    case .port(let port): self = .port(port)
    case .model(let model): self = .model(vendorID: model.vendor, productID: model.product)
    case .any: self = .anyPrinter
    }
  }
}
