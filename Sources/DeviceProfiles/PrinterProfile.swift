import Barcodes
import Branch
import CodePages
import TicketLayout

/// How a printer tells that everything before a mark is on paper.
public enum CompletionReport: String, Sendable, CaseIterable {
  /// GS ( H fn 48 is answered when the data before it was printed.
  case processID = "process-id"
  /// ETB counts up in Star's automatic status when the data before it was printed.
  case etb
  /// Star's ESC GS ETX is echoed when the data before it was printed.
  case printEnd = "print-end"
  /// It does not; its tickets end as `unconfirmed`, unless the transport knows more.
  case none
}

/// An answer about the printer's state that can be trusted on this model.
public enum StatusReport: String, Sendable, CaseIterable, Comparable {
  /// GS a: four bytes by itself on every change.
  case asb
  /// DLE EOT n: one byte on request.
  case dleEOT = "dle-eot"
  /// DLE EOT 20: six bytes on request, Custom's own.
  case customFull = "custom-full"
  /// USB printer class GET_PORT_STATUS.
  case portStatus = "port-status"
  /// Star's ESC RS a: a packet by itself on every change.
  case starASB = "star-asb"
  /// Star's ESC ACK SOH: the same packet on request.
  case starRequest = "star-request"

  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A way to empty a printer's buffers that this model obeys.
public enum BufferClearing: String, Sendable, CaseIterable {
  /// DLE ENQ 2, behind an error that can be mended.
  case dleENQ = "dle-enq"
  /// DLE DC4 function 8: in any state, and it tells when it is done.
  case dleDC4 = "dle-dc4-8"
  /// USB printer class SOFT_RESET.
  case softReset = "soft-reset"
}

/// What is known about a model of printer. An unknown fact has its cautious value: no
/// cutter, no confirmation, no trusted status.
public struct PrinterProfile: Hashable, Sendable {
  public static let columns = 16...120
  public static let width_pixels = 100...2000
  public static let dpi = 50...1200
  public static let feed_dots = 0...1000
  public static let usbModels_max = 32
  public static let nearEnd_m = 1...100

  public let id: ProfileID
  public let name: String
  public let vendor: String
  /// The commands it obeys; ESC/POS when nothing else is said.
  public let language: PrinterLanguage
  /// Empty: nothing tells this model on the bus.
  public let usb: [USBModel]
  /// Characters of font A in a line.
  public let columns: Int
  /// The same of font B; nil: it has none, or nobody knows.
  public let columnsB: Int?
  public let width_pixels: Int?
  public let dpi: Int?
  /// Vertical motion units an inch that ESC J counts in [Epson, GS P]; nil: one a dot.
  public let feedUnitsPerInch: Int?
  /// Number n of ESC t n for each table the model is known to have.
  public let codePages: [CodePage: UInt8]
  /// Characters of two bytes (`FS &`); nil: none.
  public let doubleByte: DoubleByteSet?
  /// Barcodes that it draws by itself; others are sent as raster images.
  public let nativeBarcodes: Set<BarcodeSymbology>
  /// Keeps pictures in its download memory and prints them by key, GS ( L.
  public let storesPictures: Bool
  /// Has a socket that opens a drawer, ESC p.
  public let hasDrawer: Bool
  /// How its buzzer sounds; nil: it has none, or nobody knows.
  public let bell: BellKind?
  /// Draws QR symbols by itself, GS ( k; otherwise they are sent as raster images.
  public let nativeQR: Bool
  public let cut: CutKind
  /// Paper to feed before the cut, so that the last line has passed the knife; dots.
  public let cutFeed_dots: Int
  public let completion: CompletionReport
  public let status: Set<StatusReport>
  /// Metres that are left of a roll when it says that little is left; nil: nobody knows.
  public let nearEnd_m: Int?
  /// The commands of its presenter; nil: it has none, or nobody knows.
  public let presenter: PresenterKind?
  /// It may print a ticket while another stands in its presenter.
  public let printsBehindPresented: Bool
  public let clears: Set<BufferClearing>
  /// Switched on, it takes bytes of 0x80 and more for Chinese characters.
  public let startsInDoubleByte: Bool

  public init(
    id: ProfileID, name: String, vendor: String = "", language: PrinterLanguage = .escpos,
    usb: [USBModel] = [], columns: Int, columnsB: Int? = nil,
    width_pixels: Int? = nil, dpi: Int? = nil, feedUnitsPerInch: Int? = nil,
    codePages: [CodePage: UInt8] = [:], doubleByte: DoubleByteSet? = nil,
    nativeBarcodes: Set<BarcodeSymbology> = [], storesPictures: Bool = false,
    hasDrawer: Bool = false, bell: BellKind? = nil, nativeQR: Bool = false, cut: CutKind = .none,
    cutFeed_dots: Int = 0, completion: CompletionReport = .none, status: Set<StatusReport> = [],
    nearEnd_m: Int? = nil, presenter: PresenterKind? = nil, printsBehindPresented: Bool = false,
    clears: Set<BufferClearing> = [], startsInDoubleByte: Bool = false
  ) {
    self.id = id
    self.name = name
    self.vendor = vendor
    self.language = language
    self.usb = usb
    self.columns = columns
    self.columnsB = columnsB
    self.width_pixels = width_pixels
    self.dpi = dpi
    self.feedUnitsPerInch = feedUnitsPerInch
    self.codePages = codePages
    self.doubleByte = doubleByte
    self.nativeBarcodes = nativeBarcodes
    self.storesPictures = storesPictures
    self.hasDrawer = hasDrawer
    self.bell = bell
    self.nativeQR = nativeQR
    self.cut = cut
    self.cutFeed_dots = cutFeed_dots
    self.completion = completion
    self.status = status
    self.nearEnd_m = nearEnd_m
    self.presenter = presenter
    self.printsBehindPresented = printsBehindPresented
    self.clears = clears
    self.startsInDoubleByte = startsInDoubleByte
  }
}
