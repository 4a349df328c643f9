public import TicketDesign
public import TicketLayout

/// Tickets to ESC/POS for one model of printer. Make one and keep it: it holds lookup tables.
public struct TicketEncoder: Sendable {
  public var capabilities: PrinterCapabilities { setter.capabilities }
  let setter: TextSetter

  /// Room for a ticket with a native QR symbol.
  private static let usual_bytes = 512

  /// `doubleByte` is the table of the capabilities' double-byte set, if they name one.
  public init(_ capabilities: PrinterCapabilities, doubleByte: DoubleByteTable? = nil) {
    setter = TextSetter(capabilities, doubleByte: doubleByte)
  }

  /// With a `completion` id, the printer is asked to answer when all of it has been printed;
  /// ignored where the capabilities say that it never answers. Logos that are `stored` in the
  /// printer (see `store`) are printed by their key.
  public func encode(
    _ document: TicketDocument, completion: ProcessID? = nil, stored: Set<Logo.Key> = []
  ) -> EncodedTicket {
    var bytes: [UInt8] = []
    let shortfalls = append(document, completion: completion, stored: stored, to: &bytes)
    return EncodedTicket(bytes: bytes, shortfalls: shortfalls)
  }

  /// As `encode`, into bytes that exist already.
  public func append(
    _ document: TicketDocument, completion: ProcessID? = nil, stored: Set<Logo.Key> = [],
    to bytes: inout [UInt8]
  ) -> [Shortfall] {
    var writing = TicketWriting(self, document, stored: stored)
    swap(&writing.pen.bytes, &bytes)
    writing.pen.bytes.reserveCapacity(writing.pen.bytes.count + Self.usual_bytes)
    writing.pen.initialize()
    for element in document.elements { writing.write(element) }
    if let completion, capabilities.processID {
      StatusRequest.processID(completion).append(to: &writing.pen.bytes)
    }
    swap(&writing.pen.bytes, &bytes)
    return writing.shortfalls
  }

  /// The bytes that leave a logo in the printer's memory until its power goes, so that tickets
  /// print it by its key; nil where the printer keeps no pictures or this one is too large.
  public func store(_ logo: Logo) -> [UInt8]? {
    guard StoredPicture.fits(logo, capabilities) else { return nil }
    var pen = Pen([])
    StoredPicture.define(logo, &pen)
    return pen.bytes
  }
}
