import Branch
import CommandLineKit
import Configuration
import Pictures
import PositionedJSON
import TicketTemplates

/// A template with its pictures, whose names are told from the template's own folder.
func loadTemplate(_ file: String) -> (template: TicketTemplate?, diagnostics: [Diagnostic]) {
  do throws(Problem) {
    let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
    let bytes = try readRegularFile(file)
    return TicketTemplate.read(file: file, bytes: bytes) { name throws(Problem) in
      let path = name.hasPrefix("/") ? name : folder + name
      return try readRegularFile(path, bytes_max: GreyPicture.file_bytes_max)
    }
  } catch {
    let diagnostic = Diagnostic(
      file: file, position: .start, field: "", code: error.code,
      message: "\(error.what): \(error.cause)", cure: error.cure)
    return (nil, [diagnostic])
  }
}
