import Branch
import CommandLineKit
import DeviceProfiles
import Glibc
import LinuxIO
import NodeRuntime
import Pictures
import PositionedJSON
import TicketLayout
import TicketPreview
import TicketTemplates

/// The printer whose ticket is shown without `--printer`.
private let usualPrinter = "epson-tm-t88v"

/// Shows the ticket of a template as a printer will print it; nothing is printed.
func previewTicket(_ arguments: Arguments) throws -> ExitCode {
  let template = try soundTemplate(arguments.operands[0])
  if let language = arguments["language"], !template.languageCodes.contains(language) {
    let known = template.languageCodes.joined(separator: ", ")
    throw Misuse("the template does not speak '\(language)'; it has: \(known)", command: "preview")
  }
  let printer = TicketPreview.Printer(try previewProfile(arguments))
  var sample = SampleContent()
  sample.isOffline = arguments.has("offline")
  sample.isPriority = arguments.has("priority")
  sample.isReprint = arguments.has("reprint")
  sample.hasURL = arguments.has("url")
  sample.hasAppointment = arguments.has("appointment")
  let now = BranchClock.now()
  let content = sample.content(at: now.wall, zoneOffsetSeconds: now.zoneOffsetSeconds)
  let preview = printer.preview(template.document(content, language: arguments["language"]))
  let ink: Bool = StandardStream.output.isTerminal
  for line in preview.terminal(ink ? .coloured : .plain) { Output.line(line) }
  try write(preview, arguments)
  return tell(preview)
}

private func soundTemplate(_ file: String) throws -> TicketTemplate {
  let (template, mistakes) = loadTemplate(file)
  guard let template else {
    throw Misuse(
      "the template cannot be used:\n" + mistakes.map { "  \($0)" }.joined(separator: "\n"),
      command: "preview")
  }
  return template
}

private func previewProfile(_ arguments: Arguments) throws -> PrinterProfile {
  let profiles = loadProfiles(in: try profileDirectory(arguments)).0
  let id = arguments["printer"] ?? usualPrinter
  guard let profile = ProfileID(id).flatMap({ profiles.printers[$0] }) else {
    let known = profiles.ids(of: .printer).map(\.text).joined(separator: ", ")
    throw Misuse("there is no printer profile '\(id)'; there are: \(known)", command: "preview")
  }
  return profile
}

private func write(_ preview: TicketPreview, _ arguments: Arguments) throws {
  guard arguments["png"] != nil || arguments["svg"] != nil || arguments["pbm"] != nil,
    let picture = preview.picture
  else { return }
  if !preview.undrawn.isEmpty {
    let letters = preview.undrawn.map { "'\($0)'" }.joined(separator: ", ")
    Output.line(
      "warning: the printer has \(letters), and the picture cannot draw it: an empty box stands "
        + "there", to: .error)
  }
  if let file = arguments["png"] { try writeFile(file, picture.png(dpi: preview.dpi)) }
  if let file = arguments["svg"] { try writeFile(file, picture.svg(dpi: preview.dpi)) }
  if let file = arguments["pbm"] { try writeFile(file, picture.pbm) }
}

private func writeFile(_ path: String, _ bytes: [UInt8]) throws(Problem) {
  do throws(SystemError) {
    let file = try SystemCall.open(path, O_WRONLY | O_CREAT | O_TRUNC, mode: 0o644)
    var rest = bytes[...]
    while !rest.isEmpty {
      let result = rest.withUnsafeBytes { SystemCall.write(file.raw, $0) }
      switch result {
      case .bytes(let count): rest = rest.dropFirst(count)
      case .wouldBlock, .end: throw SystemError("write", errno: EIO)
      case .failed(let error): throw error
      }
    }
  } catch {
    throw Problem(
      code: "file", what: "cannot write \(path)", cause: error.text,
      cure: "Check the path and the disk.")
  }
}

private func tell(_ preview: TicketPreview) -> ExitCode {
  for shortfall in preview.shortfalls { Output.line("warning: \(shortfall.problem)", to: .error) }
  for fault in preview.faults {
    Output.line("error: the printer would not understand this: \(fault)", to: .error)
  }
  Output.line("\(preview.bytes_count) bytes, \(preview.columns) columns", to: .error)
  return preview.faults.isEmpty ? .success : .failure
}
