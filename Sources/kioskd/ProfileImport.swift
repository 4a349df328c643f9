import Branch
import CommandLineKit
import DeviceProfiles
import Glibc
import LinuxIO
import PositionedJSON
import Technician

let profileImportCommand = CommandSpec(
  "profile import", "Make a device profile of an entry of the database escpos-printer-db.",
  options: [
    .value("model", "KEY", "which entry; needed if the file has several"),
    .value("out", "FILE", "write the profile there, to a file that is not there yet"),
  ],
  operands: [Operand("FILE", "capabilities.json, or one entry of it; - reads standard input")],
  details: [
    "The open database (github.com/receipt-print-hq/escpos-printer-db, CC BY 4.0) knows columns, "
      + "code pages, barcodes and cutters of common ESC/POS printers. The profile goes to standard "
      + "output, as JSON with comments; each fact names the database as its source, and what the "
      + "database does not know stands in comments with the way to find it out. Without --model "
      + "the entries of a file are listed.",
    "Exit code 0: the profile is written. 1: the file or the entry cannot be used, or the file of "
      + "--out is there already. 2: no entry was chosen.",
    " Example: kioskd profile import capabilities.json --model TM-T88V",
    " Example: kioskd profile import entry.json --out Devices/epson-tm-t88v.json",
  ])

/// Turns an entry of the database into a profile.
func importProfile(_ arguments: Arguments) throws -> ExitCode {
  let file = arguments.operands[0]
  let out = arguments["out"]
  if let out { try checkProfileName(out, "option '--out'", "profile import") }
  let isInput = file == "-"
  let bytes = isInput ? try readInput() : try readFile(file)
  let (database, mistakes) = PrinterDatabase.read(
    file: isInput ? "standard input" : file, bytes: bytes)
  guard let database else { return tell(mistakes) }
  let entry = try chosenEntry(database, arguments)
  let (profile, diagnostics) = database.profile(of: entry, calling: arguments["model"])
  guard let profile else { return tell(diagnostics) }
  guard let out else {
    Output.write(profile.text)
    return .success
  }
  try writeNew(out, profile.text)
  Output.line(
    "wrote \(out); try it: kioskd print-test --path PRINTER --profile \(profileID(out)) "
      + "--profiles \(folder(of: out))")
  return .success
}

private func tell(_ mistakes: [Diagnostic]) -> ExitCode {
  for mistake in mistakes { Output.line("\(mistake)", to: .error) }
  return .failure
}

private func chosenEntry(
  _ database: PrinterDatabase, _ arguments: Arguments
) throws -> PrinterDatabase.Entry {
  guard let model = arguments["model"] else {
    if database.entries.count == 1 { return database.entries[0] }
    throw Misuse(
      "choose one of these entries with --model KEY:\n"
        + database.entries.map { "  " + CheckLine.printable(listed($0)) }.joined(separator: "\n"),
      command: arguments.command.name)
  }
  if let entry = database.entries.first(where: { $0.key == model }) { return entry }
  // A bare entry does not say how the database calls it.
  if database.isBareEntry { return database.entries[0] }
  let near = database.nearestKey(to: model)
  throw Problem(
    code: "unknown-model", what: "no entry \(model) in \(database.file)",
    cause: "the file has \(database.entries.count) other entries",
    cure: near.map { "Did you mean \($0)?" } ?? "Leave --model out to see them.")
}

/// `TM-T88V     Epson TM-T88V`
private func listed(_ entry: PrinterDatabase.Entry) -> String {
  let name = [entry.vendor, entry.name].compactMap(\.self).joined(separator: " ")
  return entry.key + String(repeating: " ", count: max(1, 18 - entry.key.count)) + name
}

/// A profile under a name that cannot be an id would never be found.
func checkProfileName(
  _ path: String, _ operand: String, _ command: String
) throws(Misuse) {
  guard ProfileLibrary.isProfile(fileName: path), ProfileID(profileID(path)) != nil else {
    throw Misuse(
      "\(operand) takes the file of a profile: 1 to \(ProfileID.length_max) of "
        + "a-z A-Z 0-9 . _ - and .json, not '\(path)'", command: command)
  }
}

func profileID(_ path: String) -> String {
  String((path.split(separator: "/").last ?? "").dropLast(".json".utf8.count))
}

func folder(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

/// Standard input to its end. Whoever shares it may have made it non-blocking.
private func readInput() throws(Problem) -> [UInt8] {
  do throws(SystemError) {
    return try readAll(STDIN_FILENO) {
      var wait = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
      poll(&wait, 1, -1)
      return true
    }
  } catch {
    throw fileProblem("standard input", error)
  }
}

/// Writes a file that is not there yet: a profile that somebody has worked on is not lost. What
/// cannot be written whole is taken away again.
func writeNew(_ path: String, _ text: String) throws(Problem) {
  do throws(SystemError) {
    let file = try SystemCall.open(path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
    do throws(SystemError) {
      try writeAll(text, to: file.raw)
    } catch {
      unlink(path)
      throw error
    }
  } catch {
    throw Problem(
      code: "file", what: "cannot write \(path)", cause: error.text,
      cure: error.errno == EEXIST
        ? "Move the old file away, or choose another name." : "Check the folder and the disk.")
  }
}

private func writeAll(_ text: String, to raw: CInt) throws(SystemError) {
  var rest = Array(text.utf8)[...]
  while !rest.isEmpty {
    switch rest.withUnsafeBytes({ SystemCall.write(raw, $0) }) {
    case .bytes(let count): rest = rest.dropFirst(count)
    case .wouldBlock, .end: throw SystemError("write", errno: EIO)
    case .failed(let error): throw error
    }
  }
  try SystemCall.check("fsync", fsync(raw))
}
