/// Types codes on a scanner's keys.
struct ScannerHand {
  let device: LabDevice
  let box: VirtualBox
  let pump: Pump

  private static let enter: UInt8 = 0x28
  /// Between two reports; a character every 8 ms, as scanners type out of their box.
  var pace_ms: Int64 = 4

  /// Each key goes down in a report of its own and up in the next, as scanners send them.
  /// - Parameter ended: with Enter.
  func type(_ scanning: Scanning, ended: Bool) throws(LabError) {
    guard let layout = scanning.layout ?? device.layout else {
      throw LabError("\(device.name) is no scanner")
    }
    for character in scanning.code.unicodeScalars {
      let key = scanning.isByKeypad ? ScannerLayout.keypadStrike(character) : nil
      guard let strike = key ?? layout.strike(character) else {
        throw LabError("a scanner set to \(layout) cannot type '\(character)'")
      }
      try tap(adapted(strike, to: character))
    }
    if ended { try tap(KeyStrike(usage: Self.enter)) }
  }

  /// Many scanners look at the lamp, so that with Caps Lock the right letter comes of it.
  private func adapted(_ strike: KeyStrike, to character: Unicode.Scalar) -> KeyStrike {
    guard device.heedsCapsLock, box.lampsLit.contains(.capslock),
      character.properties.isAlphabetic
    else { return strike }
    return KeyStrike(
      usage: strike.usage, modifiers: strike.modifiers ^ KeyStrike.leftShift)
  }

  private func tap(_ strike: KeyStrike) throws(LabError) {
    try box.send(strike.modifiers, box.held + [strike.usage], pump: pump)
    try pump.run(for: pace_ms)
    try box.send(0, box.held, pump: pump)
    try pump.run(for: pace_ms)
  }
}
