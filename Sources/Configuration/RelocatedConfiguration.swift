public import DeviceProfiles
extension NodeConfiguration {
  /// The same branch with other surroundings: every device at a path, another hub, another journal.
  /// Roles, profiles and keys stay. What runs it thus rehearses a real branch on virtual devices.
  /// - Parameters:
  ///   - devicePath: absolute path that stands in for a device, by its configured id.
  ///   - journalDirectory: absolute.
  public func relocated(
    hub address: HubAddress, journalDirectory: String, devicePath: (String) -> String
  ) -> NodeConfiguration {
    var relocated = NodeConfiguration(
      node: node, branch: branch,
      journal: JournalConfiguration(
        directory: journalDirectory, segment_bytes: journal.segment_bytes,
        cap_bytes: journal.cap_bytes),
      hub: HubConfiguration(
        addresses: [address], heartbeat: hub.heartbeat, answer: hub.answer),
      devicesDirectory: devicesDirectory, services: services, numbers: numbers,
      counters: counters,
      printers: printers.map { $0.at(path: devicePath($0.id.text)) },
      signs: signs.map { $0.at(path: devicePath($0.id.text)) },
      terminals: terminals.map { $0.at(path: devicePath($0.id.text)) }, tickets: tickets,
      clerks: clerks)
    relocated.designs = designs
    return relocated
  }
}

extension NodeConfiguration {
  /// The same branch with printers of another model. Whether tickets are held out is the model's
  /// own affair: nothing of it is taken over.
  public func withPrinters(of profile: PrinterProfile) -> NodeConfiguration {
    var changed = NodeConfiguration(
      node: node, branch: branch, journal: journal, hub: hub, devicesDirectory: devicesDirectory,
      services: services, numbers: numbers, counters: counters,
      printers: printers.map { $0.of(profile) }, signs: signs, terminals: terminals,
      tickets: tickets, clerks: clerks)
    changed.designs = designs
    return changed
  }
}

extension PrinterConfiguration {
  fileprivate func of(_ profile: PrinterProfile) -> PrinterConfiguration {
    PrinterConfiguration(
      id: id, profile: profile, device: device, jobExpiry: jobExpiry, confirm: confirm,
      template: template, roll_m: roll_m, presenting: nil)
  }

  fileprivate func at(path: String) -> PrinterConfiguration {
    PrinterConfiguration(
      id: id, profile: profile, device: .path(path), jobExpiry: jobExpiry, confirm: confirm,
      template: template, roll_m: roll_m, presenting: presenting)
  }
}

extension SignConfiguration {
  fileprivate func at(path: String) -> SignConfiguration {
    SignConfiguration(
      id: id, profile: profile, port: path, shows: shows, looks: looks,
      signProtocol: signProtocol, rs485: nil, refresh: refresh)
  }
}

extension TerminalConfiguration {
  fileprivate func at(path: String) -> TerminalConfiguration {
    TerminalConfiguration(
      id: id, profile: profile, device: .path(path), actions: actions, strokes: strokes,
      scanner: scanner, lockout: lockout, longPress: longPress, printers: printers,
      sign: sign, counter: counter, showsNumberFor: showsNumberFor, feedback: feedback)
  }
}
