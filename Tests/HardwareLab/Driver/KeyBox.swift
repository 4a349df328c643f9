/// How a device is plugged in and pulled, and what the host made for it.
protocol Cable {
  /// The host sees the device.
  var isPlugged: Bool { get }
  /// Device nodes that the host's drivers made for the device.
  var nodes: [String] { get }
  func set(plugged: Bool) throws(LabError)
}

extension Cable {
  /// N of /dev/input/eventN.
  var eventNumber: Int? {
    nodes.first { $0.hasPrefix("/dev/input/event") }
      .flatMap { Int($0.dropFirst("/dev/input/event".count)) }
  }
}

/// Keys under a scenario's fingers, and what the box answers with.
protocol KeyBox: Watched {
  /// Lamps that were lit since the last key went down.
  var lampsSeen: Set<Lamp> { get }
  var lampsLit: Set<Lamp> { get }
  /// Pitches that were heard since then, in hertz; 0 is silence.
  var tonesHeard: [Int] { get }
  func hold(_ key: String, pump: Pump) throws(LabError)
  /// The key alone comes up.
  func release(_ key: String, pump: Pump) throws(LabError)
  /// All keys come up.
  func release(pump: Pump) throws(LabError)
  /// A hand that lets go of a box without a cable: nobody is told.
  func releaseUnplugged()
}
