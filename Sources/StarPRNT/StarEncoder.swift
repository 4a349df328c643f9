public import TicketDesign
public import TicketLayout

/// Tickets to StarPRNT, Star Line or Star Graphic mode for one model. Make one and keep it: it
/// holds tables.
public struct StarEncoder: Sendable {
  public var capabilities: PrinterCapabilities { setter.capabilities }
  let setter: TextSetter

  /// Room for a ticket with a native QR symbol.
  private static let usual_bytes = 512

  /// `doubleByte` is the table of the capabilities' double-byte set. Only that of Japan is used: a
  /// command enters and leaves it (`ESC $`), while the others depend on a printer's switches.
  public init(_ capabilities: PrinterCapabilities, doubleByte: DoubleByteTable? = nil) {
    var known = capabilities
    if known.doubleByte != .shiftJIS { known.doubleByte = nil }
    setter = TextSetter(known, doubleByte: doubleByte)
  }

  /// With a `completion` mark, the printer is asked to tell when all of it has been printed;
  /// ignored where the capabilities say that it never does.
  public func encode(_ document: TicketDocument, completion: UInt64? = nil) -> EncodedTicket {
    if capabilities.language == .starGraphic { return draw(document, completion) }
    var writing = StarWriting(self, document)
    writing.pen.bytes.reserveCapacity(Self.usual_bytes)
    writing.pen.initialize()
    for element in document.elements { writing.write(element) }
    if let completion, capabilities.processID {
      writing.pen.bytes += mark(completion).bytes
    }
    return EncodedTicket(bytes: writing.pen.bytes, shortfalls: writing.shortfalls)
  }

  private func draw(_ document: TicketDocument, _ completion: UInt64?) -> EncodedTicket {
    var writing = StarGraphicWriting(self)
    for element in document.elements { writing.write(element) }
    var bytes = writing.finish()
    if let completion, capabilities.processID { bytes += mark(completion).bytes }
    return EncodedTicket(bytes: bytes, shortfalls: writing.shortfalls)
  }

  private func mark(_ completion: UInt64) -> StarRequest {
    switch capabilities.starMark {
    case .counted: .countedMark
    case .echoed: .echoedMark(UInt16(truncatingIfNeeded: completion))
    }
  }
}
