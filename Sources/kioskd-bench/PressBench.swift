import Branch
import Glibc
import LinuxIO

/// A button pressed, and the first byte of the ticket at the printer: with a hub that gives each
/// number, and without one. Node and hub are processes of their own; button and printer are here.
struct PressBench {
  /// Presses that are not counted: pages, caches and the printer's first status are cold.
  static let warmUp = 5
  /// What a press may take at most; the product gives up before.
  static let press_max = Span.seconds(10)
  /// People do not press while the facts of the ticket before are being written.
  static let pause = Span(ms: 20)
  static let flushes = 200

  let scratch: Scratch
  let profiles: Profiles

  func run(count: Int) throws(Problem) -> Measure {
    let flush = Sorted(
      try Reference(scratch.file("reference"), group_bytes: 512).times(Self.flushes))
    let hub = try HubChild(scratch)
    let printer = try PrinterEnd()
    let button = try scratch.makePipe("kiosk")
    let configuration = try scratch.write(
      configurationText(hub.port, printer: printer.path, button: button), to: "kioskd.json")
    let node = try Child.node(configuration, profiles)
    let kiosk = try KeyPipe(button)
    try warmUp(kiosk, printer)
    let online = Sorted(try measure(count, kiosk, printer))
    hub.end()
    Wait.pause(Span(ms: 200))
    let offline = Sorted(try measure(count, kiosk, printer))
    node.end()
    return measure(count, online: online, offline: offline, flush: flush)
  }

  private func measure(_ count: Int, online: Sorted, offline: Sorted, flush: Sorted) -> Measure {
    var measure = Measure("press")
    measure.add("count", count)
    measure.add("p50_us", online.percentile(50) / 1000)
    measure.add("p99_us", online.percentile(99) / 1000)
    measure.add("offline_p50_us", offline.percentile(50) / 1000)
    measure.add("offline_p99_us", offline.percentile(99) / 1000)
    measure.add("flush_p50_us", flush.percentile(50) / 1000)
    measure.add("flush_p99_us", flush.percentile(99) / 1000)
    measure.add("filesystem", scratch.fileSystem)
    return measure
  }

  private func configurationText(_ port: UInt16, printer: String, button: String) -> String {
    profiles.configurationText(
      journal: scratch.file("node"), hubPort: port, reserve: 400,
      """
      "printers": [{"id": "front", "profile": "epson-tm-t88v", "path": "\(printer)"}],
        "terminals": [{
          "id": "kiosk", "profile": "kiosk-4-button", "device": {"path": "\(button)"},
          "keys": {"button1": {"ticket": "cash"}}, "printers": ["front"],
        }],
      """)
  }

  private func warmUp(_ kiosk: KeyPipe, _ printer: PrinterEnd) throws(Problem) {
    try printer.waitForHost()
    for _ in 0..<Self.warmUp { _ = try one(kiosk, printer) }
  }

  private func measure(_ count: Int, _ kiosk: KeyPipe, _ printer: PrinterEnd)
    throws(Problem) -> [Double]
  {
    var times: [Double] = []
    for _ in 0..<count { times.append(try one(kiosk, printer)) }
    return times
  }

  /// Nanoseconds.
  private func one(_ kiosk: KeyPipe, _ printer: PrinterEnd) throws(Problem) -> Double {
    try printer.settle(Self.pause)
    let start = Clock.nanoseconds()
    try kiosk.press(KeyPipe.key1)
    let first = try printer.firstByte(within: Self.press_max)
    try printer.finishTicket(within: Self.press_max)
    return Double(first - start)
  }
}
