public import Branch

/// Why a file is no picture that can be printed.
public enum PictureError: Error, Hashable, Sendable {
  /// Neither PNG nor PBM nor PGM.
  case unknownKind
  case fileTooLarge(bytes: Int)
  case badSize(width: Int, height: Int)
  /// The file ends before the picture does.
  case truncated
  /// A checksum does not fit what it was made of; the name is that of the PNG part.
  case badChecksum(of: String)
  /// Something that the format does not allow.
  case malformed(String)

  public var problem: Problem {
    let again = "Save the picture again, as PNG or PBM."
    let (code, cause, cure): (String, String, String) =
      switch self {
      case .unknownKind:
        ("picture-kind", "it is neither a PNG nor a PBM or PGM file", again)
      case .fileTooLarge(let bytes):
        (
          "picture-too-large", "it has \(bytes) bytes, more than \(GreyPicture.file_bytes_max)",
          "Make the picture smaller; a ticket is some 500 dots wide."
        )
      case .badSize(let width, let height):
        (
          "picture-size",
          "it is \(width) × \(height) dots; each side may have 1 to \(GreyPicture.side_max_px)",
          "Make the picture smaller; a ticket is some 500 dots wide."
        )
      case .truncated: ("picture-truncated", "the file ends before the picture does", again)
      case .badChecksum(let part):
        ("picture-damaged", "the checksum of \(part) is wrong", again)
      case .malformed(let what): ("picture-malformed", what, again)
      }
    return Problem(
      code: code, what: "The picture cannot be read", cause: cause, cure: cure)
  }
}
