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
  /// printer (see `store`) are printed by their key; with any of them the ticket must stand right
  /// behind the bytes that store them, or behind another whole ticket.
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
    if stored.isEmpty {
      initialize(&writing.pen)
    } else {
      writing.pen.neutralize(doubleByte: capabilities.doubleByte != nil)
    }
    for element in document.elements { writing.write(element) }
    if let completion, capabilities.processID {
      StatusRequest.processID(completion).append(to: &writing.pen.bytes)
    }
    swap(&writing.pen.bytes, &bytes)
    return writing.shortfalls
  }

  /// ESC @ ends automatic status as well (Epson ESC/POS reference, GS a): a printer that was asked
  /// for it once would be blind behind its first ticket.
  private func initialize(_ pen: inout Pen) {
    pen.initialize()
    if capabilities.tellsStatus { StatusRequest.enableAutomaticStatus.append(to: &pen.bytes) }
    pen.startsInDoubleByte = capabilities.startsInDoubleByte
  }

  /// The bytes that leave logos in the printer's memory until its power goes or it is reset, so
  /// that tickets print them by their keys. Left out are those that are too large for it.
  public func store(_ logos: [Logo]) -> StoredPictures {
    let kept = logos.filter { StoredPicture.fits($0, capabilities) }
    guard !kept.isEmpty else { return StoredPictures() }
    var pen = Pen([])
    initialize(&pen)
    for logo in kept { StoredPicture.define(logo, &pen) }
    return StoredPictures(keys: Set(kept.map(\.key)), bytes: pen.bytes)
  }
}

/// Logos for a printer's memory.
public struct StoredPictures: Hashable, Sendable {
  public var keys: Set<Logo.Key> = []
  /// What brings them; forgets those that were there before.
  public var bytes: [UInt8] = []

  public init(keys: Set<Logo.Key> = [], bytes: [UInt8] = []) {
    self.keys = keys
    self.bytes = bytes
  }
}
