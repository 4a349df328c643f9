/// How a serial adapter was told to speak: `9600 7E1`.
struct LineSettings: Equatable {
  var baud: String?
  /// Data bits, parity, stop bits.
  var format: String?

  /// What the driver asked for since the adapter was last reset, which it is when it is plugged in;
  /// from what QEMU traces (QEMU, hw/usb/trace-events: usb_serial_set_*):
  ///
  ///     usb_serial_set_flow_control dev 0:0 flow control 0              the reset: no address yet
  ///     usb_serial_set_data dev 0:1 parity E, data bits 7, stop bits 1
  ///     usb_serial_set_baud dev 0:1 baud rate 9600
  init(trace: String) {
    for line in trace.split(separator: "\n") {
      let words = line.split { $0 == " " || $0 == "," }.map(String.init)
      guard words.count > 2, words[1] == "dev" else { continue }
      func value(_ name: String) -> String? {
        words.firstIndex(of: name).flatMap { words.dropFirst($0 + 1).first }
      }
      switch words[0] {
      case "usb_serial_set_baud": baud = value("rate")
      case "usb_serial_set_data":
        // Both kinds of bits have a word before: `data bits 7`, `stop bits 1`.
        let bits = words.indices.filter { words[$0] == "bits" && $0 + 1 < words.count }
        guard bits.count == 2, let parity = value("parity") else { continue }
        format = words[bits[0] + 1] + parity + words[bits[1] + 1]
      case _ where words[2].hasSuffix(":0"): (baud, format) = (nil, nil)
      default: break
      }
    }
  }

  var description: String { "\(baud ?? "?") \(format ?? "?")" }
}
