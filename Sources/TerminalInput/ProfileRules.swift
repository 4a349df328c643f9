public import DeviceProfiles

extension TerminalRules {
  /// Of a profile without a configuration: all its keys count.
  public init(_ profile: TerminalProfile) {
    self.init(
      strokes: profile.keys.flatMap(\.strokes), scanner: profile.scanner,
      debounce: profile.debounce, lockout: profile.lockout, longPress: profile.longPress)
  }
}
