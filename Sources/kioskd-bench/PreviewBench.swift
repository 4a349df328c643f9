import Branch
import DeviceProfiles
import LinuxIO
import Pictures
import TicketPreview
import TicketTemplates

/// From a template to the bytes of a picture of its ticket, as `kioskd preview --png` makes them.
struct PreviewBench {
  private static let template = "town-hall.json"
  private static let printer = "epson-tm-t88v"
  private static let rounds_min = 20

  private let template: TicketTemplate
  private let printer: TicketPreview.Printer

  init(profiles: Profiles) throws(Problem) {
    let folder = profiles.directory + "/tickets/"
    func bytes(_ name: String) throws(Problem) -> [UInt8] {
      if let bytes = SmallFile.bytes(folder + name) { return bytes }
      throw benchProblem("no \(folder + name)", "it is not there or cannot be read")
    }
    let (template, mistakes) = TicketTemplate.read(
      file: Self.template, bytes: try bytes(Self.template), picture: bytes)
    guard let template, let id = ProfileID(Self.printer),
      let profile = profiles.library.printers[id]
    else {
      throw benchProblem(
        "the template cannot be used", mistakes.first.map { "\($0)" } ?? "no \(Self.printer)")
    }
    self.template = template
    printer = TicketPreview.Printer(profile)
  }

  func run(seconds: Int) throws(Problem) -> Measure {
    var times: [Double] = []
    var size = 0
    let start = Clock.nanoseconds()
    while times.count < Self.rounds_min || secondsSince(start) < Double(seconds) {
      let begun = Clock.nanoseconds()
      size = try draw(times.count)
      times.append(secondsSince(begun) * 1000)
    }
    times.sort()
    var measure = Measure("preview")
    measure.add("png_ms", times[times.count / 2], decimals: 2)
    measure.add("png_ms_p99", times[times.count * 99 / 100], decimals: 2)
    measure.add("png_bytes", size)
    measure.add("tickets", times.count)
    return measure
  }

  /// Another minute and number in each round.
  private func draw(_ round: Int) throws(Problem) -> Int {
    let wall = WallTime(ms: 1_795_341_600_000 + Int64(round) * 60_000)
    var sample = SampleContent()
    sample.isPriority = round % 2 == 0
    let content = sample.content(at: wall, zoneOffsetSeconds: 3600)
    let language = template.languageCodes[round % template.languageCodes.count]
    let preview = printer.preview(template.document(content, language: language))
    guard preview.faults.isEmpty, let picture = preview.picture else {
      throw benchProblem("the ticket cannot be drawn", "\(preview.faults)")
    }
    return picture.png(dpi: preview.dpi).count
  }
}
