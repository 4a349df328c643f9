import Branch
public import Configuration
import DeviceProfiles
import EvdevTerminal
import LinuxIO
public import TerminalInput
import USBPrinter

// Words of the configuration to words of the transports, which know nothing of configurations.

extension EvdevTerminal {
  convenience init(
    _ terminal: TerminalConfiguration, loop: EventLoop, onEvent: @escaping (TerminalEvent) -> Void
  ) {
    self.init(
      loop: loop, selector: TerminalSelector(terminal.device),
      wanted: terminal.scanner == nil ? terminal.profile.wantedCodes : [],
      rules: TerminalRules(terminal), onEvent: onEvent)
  }
}

extension TerminalRules {
  /// What a terminal makes of its keys, by profile and configuration.
  public init(_ terminal: TerminalConfiguration) {
    // A PIN may have a digit twice in a row, and begin and end with one key.
    let ofPIN = terminal.strokeActions.filter { _, action in
      if case .digit = action { true } else { action.plain == .logOn }
    }
    // A key that means nothing may be a digit of a PIN, which is not to be read as a code.
    let keys = terminal.profile.keys.flatMap(\.strokes).flatMap(\.codes)
    self.init(
      strokes: terminal.strokeActions.keys, others: Set(keys), scanner: terminal.scanner,
      debounce: terminal.profile.debounce, lockout: terminal.lockout,
      longPress: terminal.longPress, unlocked: Set(ofPIN.keys))
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
