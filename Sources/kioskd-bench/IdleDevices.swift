import Branch
import Glibc
import LinuxIO

/// What stands in a branch where nobody comes.
final class IdleDevices {
  /// Name of the measure.
  let name: String
  let configurationText: String
  private let signs: [SignEnd]
  private let printers: [PrinterEnd]

  private init(
    _ name: String, _ text: String, signs: [SignEnd], printers: [PrinterEnd] = []
  ) {
    self.name = name
    configurationText = text
    self.signs = signs
    self.printers = printers
  }

  /// A small branch: a USB printer, a sign, three terminals, most of them unplugged.
  static func few(_ scratch: Scratch) throws(Problem) -> IdleDevices {
    let sign = try SignEnd()
    let kiosk = try scratch.makePipe("kiosk")
    return IdleDevices(
      "idle",
      """
      "printers": [{"id": "front", "profile": "epson-tm-t88v", "usb": {"serial": "BENCH"}}],
        "signs": [{
          "id": "s1", "profile": "alpha-sign", "port": "\(sign.path)", "counter": "1",
        }],
        "terminals": [
          {
            "id": "kiosk", "profile": "kiosk-4-button", "device": {"path": "\(kiosk)"},
            "keys": {"button1": {"ticket": "cash"}}, "printers": ["front"],
          },
          {
            "id": "keypad-1", "profile": "counter-keypad",
            "device": {"byId": "usb-bench-event-kbd"}, "counter": "1", "sign": "s1",
          },
          {
            "id": "smileys-1", "profile": "smiley-5", "device": {"serial": "BENCH-SMILEYS"},
            "counter": "1",
          },
        ],
      """, signs: [sign])
  }

  /// A large one: 16 terminals, 8 signs and 4 printers, half of each unplugged.
  static func many(_ scratch: Scratch) throws(Problem) -> IdleDevices {
    var terminals: [String] = []
    var signs: [SignEnd] = []
    var signTexts: [String] = []
    var printers: [PrinterEnd] = []
    var printerTexts: [String] = []
    for number in 1...8 {
      let pipe = try scratch.makePipe("smileys-\(number)")
      let there = #"{"path": "\#(pipe)"}"#
      let absent = #"{"serial": "BENCH-\#(number)"}"#
      for (id, device) in [("there", there), ("absent", absent)] {
        terminals.append(
          #"{"id": "\#(id)-\#(number)", "profile": "smiley-5", "device": \#(device), "#
            + #""counter": "1"}"#)
      }
    }
    for number in 1...4 {
      signs.append(try SignEnd())
      let absent = "/dev/serial/by-id/usb-bench-\(number)"
      for (id, port) in [("there", signs[number - 1].path), ("absent", absent)] {
        signTexts.append(
          #"{"id": "\#(id)-sign-\#(number)", "profile": "alpha-sign", "port": "\#(port)", "#
            + #""counter": "1"}"#)
      }
    }
    for number in 1...2 {
      printers.append(try PrinterEnd())
      let there = #""path": "\#(printers[number - 1].path)""#
      let absent = #""usb": {"serial": "BENCH-\#(number)"}"#
      for (id, place) in [("there", there), ("absent", absent)] {
        printerTexts.append(
          #"{"id": "\#(id)-printer-\#(number)", "profile": "epson-tm-t88v", \#(place)}"#)
      }
    }
    let text = """
      "printers": [\(printerTexts.joined(separator: ", "))],
        "signs": [\(signTexts.joined(separator: ", "))],
        "terminals": [\(terminals.joined(separator: ", "))],
      """
    return IdleDevices("idle-many", text, signs: signs, printers: printers)
  }

  /// The devices that are there take and answer what the node sends them.
  func answer(for span: Span) throws(Problem) {
    let end = Clock.monotonic() + span
    for printer in printers { try printer.waitForHost() }
    repeat {
      for printer in printers { try printer.settle(Span(ms: 50)) }
      for sign in signs { sign.drain() }
      Wait.pause(Span(ms: 50))
    } while Clock.monotonic() < end
  }
}
