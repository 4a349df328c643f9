import Branch
import TerminalInput

/// Recordings of other programs.
enum ForeignForm: CaseIterable {
  case evtest, evemu, libinput

  /// Whether a file with this first line is one of them.
  func begins(_ first: String) -> Bool {
    switch self {
    case .evtest:
      first.hasPrefix("Input driver version is ") || first.hasPrefix("Event: time ")
        || first.hasPrefix("No device specified") || first.hasPrefix("Available devices:")
        || first.hasPrefix("Select the device event")
    case .evemu: ["# EVEMU ", "N: ", "E: "].contains { first.hasPrefix($0) }
    case .libinput: first == "# libinput record" || first == "version: 1"
    }
  }

  func read(_ lines: inout CaptureLines, first: String) throws(Problem) -> Capture {
    switch self {
    case .evtest: try EvtestText.read(&lines, first: first)
    case .evemu: try EvemuFile.read(&lines, first: first)
    case .libinput: try LibinputRecording.read(&lines, first: first)
    }
  }
}

/// Makes entries of records whose stamps are of any clock: the first is at 0.
struct ForeignEntries {
  private(set) var entries: [Capture.Entry] = []
  var remarks: [String] = []
  /// From the clock of the stamps to that of the capture.
  private var offset_us: Int64?
  private var backwards = 0
  private var dropped = 0

  mutating func add(
    at stamp_us: Int64, type: UInt16, code: UInt16, value: Int32, _ lines: CaptureLines
  ) throws(Problem) {
    guard entries.count < Capture.entries_max else {
      throw lines.mistake("size", "there are more than \(Capture.entries_max) events")
    }
    guard let record = InputRecord(type: type, code: code, value: value) else {
      throw lines.mistake("line", "the kernel sends no event with this type, code and value")
    }
    let last = entries.last?.time_us ?? 0
    var offset_us = self.offset_us ?? -stamp_us
    if stamp_us + offset_us < last {
      // How long that took nobody knows; what follows is as far behind it as its stamps say.
      backwards += 1
      offset_us = last - stamp_us
    }
    self.offset_us = offset_us
    let time_us = stamp_us + offset_us
    guard time_us <= Capture.time_us_max else {
      throw lines.mistake("time", "it is more than a week behind the first event")
    }
    if type == EventType.sync, code == EventCode.dropped { dropped += 1 }
    entries.append(Capture.Entry(time_us, .input(record)))
  }

  func capture(_ header: CaptureHeader, _ lines: CaptureLines) throws(Problem) -> Capture {
    var remarks = remarks
    if lines.isTorn { remarks.append("the last line is not whole and was left out") }
    if backwards > 0 {
      let times = backwards == 1 ? "" : " \(backwards) times"
      remarks.append("the clock was set back\(times); no time passes there")
    }
    if dropped > 0 {
      remarks.append("events were dropped; which keys were down then the recording does not tell")
    }
    guard let last = entries.last else {
      throw Problem(
        code: "capture-empty", what: "\(lines.file) has no events",
        cause: "nothing was pressed while it was recorded",
        cure: "Record it again and press keys.")
    }
    let end = Capture.Entry(last.time_us, .end("the recording of \(header.tool) ends"))
    return Capture(header: header, entries: entries + [end], remarks: remarks)
  }
}

extension CaptureHeader {
  /// `3`, `0x4d9` as evtest and evemu write numbers of a device.
  static func usb(bus: UInt16, vendor: UInt16, product: UInt16) -> String {
    func hex(_ number: UInt16) -> String {
      let digits = String(number, radix: 16)
      return String(repeating: "0", count: 4 - digits.count) + digits
    }
    // BUS_USB of linux/input.h
    return bus == 3 ? "\(hex(vendor)):\(hex(product))" : ""
  }
}
