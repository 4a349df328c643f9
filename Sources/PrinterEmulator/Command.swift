import Barcodes

/// One command of the stream, with its parameters checked.
enum Command: Equatable {
  case character(UInt8)
  /// Of a double-byte set.
  case pair(UInt16)
  case doubleByte(Bool)
  case lineFeed
  case nothing
  case initialize
  case codePage(UInt8)
  case align(PrintedAlignment)
  case bold(Bool)
  case underline(Bool)
  case invert(Bool)
  case size(width: Int, height: Int)
  case font(Font)
  /// ESC !: 01 font B, 08 bold, 10 double height, 20 double width, 80 underline.
  case printMode(UInt8)
  case feedLines(Int)
  case feedDots(Int)
  /// nil for the default.
  case lineSpacing(Int?)
  case cut(PrintedCut, feed_px: Int)
  case escCut(PrintedCut)
  case qr(QRFunction)
  case raster(PrintedRaster, scaleX: Int, scaleY: Int)
  case processID([UInt8])
  case automaticStatus(UInt8)
  case paperSensor
  case drawerSensor
  case barcode(BarcodeSymbology, String)
  case barcodeHeight(Int)
  case barcodeModule(Int)
  case barcodeCaption(BarcodeCaption)
  case definePicture(PictureKey, PrintedRaster)
  case printPicture(PictureKey, scaleX: Int, scaleY: Int)
  /// FS P: cuts and holds out, for so many seconds.
  case presentCut(isRetracted: Bool, after_s: Int)
  /// GS e 3.
  case present
  /// GS e 2 and 5.
  case endPresenting(isRetracted: Bool)
  case drawer(UInt8)
  case bell
}

/// Where the text of a barcode stands, GS H.
enum BarcodeCaption: UInt8, Equatable {
  case none, above, below, both
}

/// The two bytes under which a picture is kept.
struct PictureKey: Hashable, Sendable {
  let first: UInt8
  let second: UInt8
}

/// Functions of `GS ( k` with cn = 49.
enum QRFunction: Equatable {
  case model(UInt8)
  case moduleSize(Int)
  case level(QRErrorLevel)
  case store([UInt8])
  case printStored
}

/// What the front of the buffer holds.
enum Parsed {
  /// More bytes must come before anything can be said.
  case incomplete
  case command(Command, length: Int)
  case fault(CommandFault.Kind, length: Int)
}
