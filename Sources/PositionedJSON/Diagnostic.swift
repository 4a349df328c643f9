import Branch

/// One mistake in a file that a person wrote: where it stands, what is wrong, what to do.
public struct Diagnostic: Error, Hashable, Sendable, CustomStringConvertible {
  /// The file as the person named it.
  public let file: String
  public let position: SourcePosition
  /// Dotted path of the value, `printers[0].usb.serial`; empty for the file as a whole.
  public let field: String
  /// One word for scripts and searches, `unknown-key`.
  public let code: String
  public let message: String
  /// What to do next; one sentence with its full stop.
  public let cure: String

  public init(
    file: String, position: SourcePosition, field: String, code: String, message: String,
    cure: String
  ) {
    self.file = file
    self.position = position
    self.field = field
    self.code = code
    self.message = message
    self.cure = cure
  }

  public var line: Int { position.line }
  public var column: Int { position.column }

  /// `file:line:col: field: message [code]. cure`, always a single line.
  public var description: String {
    let place = field.isEmpty ? "" : "\(field): "
    return singleLine("\(file):\(position): \(place)\(message) [\(code)]. \(cure)")
  }

  public var problem: Problem {
    Problem(
      code: code, what: singleLine("\(file):\(position)" + (field.isEmpty ? "" : ": \(field)")),
      cause: singleLine(message), cure: singleLine(cure))
  }
}

/// Control characters out of a broken file must not move the cursor of a technician's terminal.
func singleLine(_ text: String) -> String {
  guard text.unicodeScalars.contains(where: isControl) else { return text }
  var clean = ""
  for scalar in text.unicodeScalars {
    if isControl(scalar) {
      clean += "\\u{\(String(scalar.value, radix: 16))}"
    } else {
      clean.unicodeScalars.append(scalar)
    }
  }
  return clean
}

/// C0, DEL, C1, and the separators that terminals take for line ends.
func isControl(_ scalar: Unicode.Scalar) -> Bool {
  scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    || (0x2028...0x2029).contains(scalar.value)
}
