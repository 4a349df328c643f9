extension DeviceCondition {
  /// What a technician reads and does.
  public var words: (text: String, cure: String) {
    switch self {
    case .mediaEmpty: ("the paper is out", "Put in a new roll and close the cover.")
    case .mediaLow: ("the paper is nearly out", "Put in a new roll soon.")
    case .mediaJam:
      ("paper or cutter is jammed", "Open the cover, clear the jam, switch it off and on.")
    case .coverOpen: ("the cover is open", "Close the cover.")
    case .offline: ("it is offline", "Switch it on, or press its feed or online button.")
    case .paused: ("its queue is paused", "Run `sudo cupsenable` with the name of the queue.")
    case .timedOut: ("it does not answer", "Switch it on and check its cable.")
    case .other: ("it reports an error", "Look for an error light; switch it off and on.")
    }
  }
}
