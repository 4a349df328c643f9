/// Something that a strict printer does not accept, and where in the stream it stood.
public struct CommandFault: Hashable, Sendable, CustomStringConvertible {
  public enum Kind: Hashable, Sendable {
    /// No command begins like this.
    case unknownCommand
    /// A known command with a parameter outside of its range.
    case badParameter
    /// The command exists, this model does not have it.
    case unsupported
    /// A byte above 0x7F that the active code page leaves undefined.
    case undefinedCharacter
    /// A picture or symbol wider than the paper.
    case tooWide
    /// A QR symbol was asked for with nothing stored, or with more than fits.
    case badSymbol
    /// A ticket was cut while another stood in the presenter.
    case overPresented
    /// Only heeded at the beginning of a line, and the line already holds text.
    case notAtLineStart
    /// The bytes of a real-time command within data: printers obey them there.
    case realTimeWithinData
    /// More bytes than the buffer takes, while the printer was stopped; they are lost.
    case bufferOverflow
  }

  public let kind: Kind
  /// Bytes received before it, since the printer was made.
  public let offset: Int
  /// The first bytes of the command, 8 at most.
  public let bytes: [UInt8]

  public var description: String {
    let digits = Array("0123456789abcdef")
    let hex = bytes.map { "\(digits[Int($0 >> 4)])\(digits[Int($0 & 15)])" }
    return "\(kind) at byte \(offset): \(hex.joined(separator: " "))"
  }
}
