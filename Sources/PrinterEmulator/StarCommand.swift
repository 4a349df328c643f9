import Barcodes

/// One command of a Star stream, with its parameters checked.
enum StarCommand: Equatable {
  case character(UInt8)
  /// Of two bytes.
  case pair(UInt16)
  case shiftJIS(Bool)
  case lineFeed
  case nothing
  case initialize
  case font(Font)
  case codePage(UInt8)
  case align(PrintedAlignment)
  case bold(Bool)
  case underline(Bool)
  case invert(Bool)
  case size(width: Int, height: Int)
  case lineSpacing(px: Int)
  case feedLines(Int)
  case cut(PrintedCut, feeds: Bool)
  /// ESC k: 24 rows that stand on a line.
  case band(PrintedRaster)
  /// ESC GS S: a picture of its own height.
  case block(PrintedRaster)
  case qr(QRFunction)
  case barcode(StarBarcodeCommand)
  /// ESC BEL: tenths of a second on and off for external device 1.
  case pulse
  case drive(device: Int)
  case automaticStatus(Bool)
  case clearCounter
  case countedMark
  case echoedMark(function: UInt8, first: UInt8, second: UInt8)
  case raster(StarRasterCommand)
}

/// What ESC * r and the commands within raster mode say.
enum StarRasterCommand: Equatable {
  case initialize
  case enter
  case quit
  case clear
  /// Dots; 0 for paper as long as it comes.
  case pageLength(Int)
  case endMode(StarPageEnd)
  case formFeedMode(StarPageEnd)
  /// One row of dots; `b` goes on to the next one, `k` stays.
  case row([UInt8], goesOn: Bool)
  case move(rows: Int)
  case formFeed
  case end
}

/// What happens at the end of a page or of the document.
struct StarPageEnd: Equatable {
  var feeds = false
  var cut: PrintedCut?
}

/// `ESC b` with all it says.
struct StarBarcodeCommand: Equatable {
  let symbology: BarcodeSymbology
  let text: String
  let hasCaption: Bool
  let moduleWidth_px: Int
  let height_px: Int
}

/// What the front of the buffer holds.
enum StarParsed {
  /// More bytes must come before anything can be said.
  case incomplete
  case command(StarCommand, length: Int)
  case fault(CommandFault.Kind, length: Int)
}
