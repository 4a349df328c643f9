import CLinux
import Glibc

/// A virtual device's side of a wire that the pump serves.
protocol Watched: AnyObject {
  /// -1 while there is nothing to watch.
  var descriptor: Int32 { get }
  /// Called when bytes or an error wait on the descriptor.
  func serve()
  /// Called every `Pump.tick_ms`, to open what was not there before.
  func tick()
}

/// Time passes in the lab only here: the virtual devices are served while a step waits for a
/// moment or a condition. One thread, so a scenario needs no locks.
final class Pump {
  /// How often conditions are looked at and lost wires are opened again.
  static let tick_ms: Int64 = 20

  private var watched: [any Watched] = []

  func watch(_ device: any Watched) { watched.append(device) }

  /// Serves until the condition holds or the time is over; tells whether it held.
  @discardableResult
  func run(
    for span_ms: Int64,
    until condition: () throws(LabError) -> Bool = { () throws(LabError) in false }
  ) throws(LabError) -> Bool {
    let end = monotonic_ms() + span_ms
    while true {
      if try condition() { return true }
      let left = end - monotonic_ms()
      if left <= 0 { return false }
      serve(for: min(left, Self.tick_ms))
    }
  }

  private func serve(for span_ms: Int64) {
    let end = monotonic_ms() + span_ms
    for device in watched { device.tick() }
    repeat {
      var polls = watched.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
      let left = max(0, end - monotonic_ms())
      guard poll(&polls, UInt(polls.count), Int32(left)) > 0 else { return }
      for (device, ready) in zip(watched, polls) where ready.revents != 0 { device.serve() }
    } while monotonic_ms() < end
  }
}
