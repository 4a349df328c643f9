import Branch
import Glibc
import LinuxIO

/// A clerk's "next", and the first byte of the customer's number at the counter's sign: through a
/// hub that makes the call durable. Node and hub are processes of their own; keys, printer and sign
/// are here.
struct CallBench {
  /// On an idle machine.
  static let p99_us_max = 5_000.0
  /// Calls that are not counted: pages and caches are cold.
  static let warmUp = 5
  static let call_max = Span.seconds(10)
  /// Longer than the silence that the sign's profile wants behind a frame: nobody waits for it.
  static let pause = Span(ms: 120)
  static let flushes = 200
  /// KEY_F5, "next" of the counter keypad.
  private static let next: UInt16 = 96

  let scratch: Scratch
  let profiles: Profiles

  func run(count: Int) throws(Problem) -> Measure {
    let flush = Sorted(
      try Reference(scratch.file("reference"), group_bytes: 512).times(Self.flushes))
    let hub = try HubChild(scratch)
    let printer = try PrinterEnd()
    let sign = try SignEnd()
    let buttons = (kiosk: try scratch.makePipe("kiosk"), keypad: try scratch.makePipe("keypad"))
    let configuration = try scratch.write(
      configurationText(hub.port, printer.path, sign.path, buttons), to: "kioskd.json")
    let node = try Child.node(configuration, profiles)
    let kiosk = try KeyPipe(buttons.kiosk)
    let keypad = try KeyPipe(buttons.keypad)
    try printer.waitForHost()
    for _ in 0..<count + Self.warmUp { try giveTicket(kiosk, printer) }
    for _ in 0..<Self.warmUp { _ = try one(keypad, sign) }
    var times: [Double] = []
    for _ in 0..<count { times.append(try one(keypad, sign)) }
    node.end()
    hub.end()
    return measure(count, Sorted(times), flush: flush)
  }

  private func measure(_ count: Int, _ times: Sorted, flush: Sorted) -> Measure {
    var measure = Measure("call")
    measure.add("count", count)
    measure.add("p50_us", times.percentile(50) / 1000)
    measure.add("p99_us", times.percentile(99) / 1000)
    measure.add("p99_us_max", Self.p99_us_max)
    measure.add("within", times.percentile(99) / 1000 <= Self.p99_us_max)
    measure.add("flush_p50_us", flush.percentile(50) / 1000)
    measure.add("flush_p99_us", flush.percentile(99) / 1000)
    measure.add("filesystem", scratch.fileSystem)
    return measure
  }

  private func configurationText(
    _ port: UInt16, _ printer: String, _ sign: String, _ buttons: (kiosk: String, keypad: String)
  ) -> String {
    profiles.configurationText(
      journal: scratch.file("node"), hubPort: port, reserve: 400,
      """
      "printers": [{"id": "front", "profile": "epson-tm-t88v", "path": "\(printer)"}],
        "signs": [{"id": "sign", "profile": "stx-etx-sign", "port": "\(sign)", "counter": "1"}],
        "terminals": [
          {"id": "kiosk", "profile": "kiosk-4-button", "device": {"path": "\(buttons.kiosk)"},
           "keys": {"button1": {"ticket": "cash"}}, "printers": ["front"]},
          {"id": "keypad", "profile": "counter-keypad", "device": {"path": "\(buttons.keypad)"},
           "counter": "1"},
        ],
      """)
  }

  private func giveTicket(_ kiosk: KeyPipe, _ printer: PrinterEnd) throws(Problem) {
    try printer.settle(PressBench.pause)
    try kiosk.press(KeyPipe.key1)
    try printer.finishTicket(within: Self.call_max)
  }

  /// Nanoseconds.
  private func one(_ keypad: KeyPipe, _ sign: SignEnd) throws(Problem) -> Double {
    sign.settle(Self.pause)
    let start = Clock.nanoseconds()
    try keypad.press(Self.next)
    return Double(try sign.firstByte(within: Self.call_max) - start)
  }
}
