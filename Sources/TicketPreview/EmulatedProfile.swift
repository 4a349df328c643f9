public import DeviceProfiles
import LinuxIO
import NodeRuntime
public import PrinterEmulator
import TicketLayout

extension EmulatedModel {
  /// The printer that a profile describes.
  public init(_ profile: PrinterProfile) {
    let pages = profile.codePages.map { ($0.value, $0.key) }
    self.init(
      width_px: profile.width_pixels ?? profile.columns * Font.a.width_px,
      codePages: Dictionary(pages, uniquingKeysWith: { first, _ in first }),
      hasNativeQR: profile.nativeQR, hasProcessID: profile.completion == .processID,
      storesPictures: profile.storesPictures, hasGSV: profile.cut != .escM)
    doubleByte = profile.doubleByte?.scalars ?? [:]
    setColumns(profile.columns, .a)
    if let columnsB = profile.columnsB { setColumns(columnsB, .b) }
    if profile.cut == .none { tearFeed_px = profile.cutFeed_dots }
  }
}

extension DoubleByteSet {
  /// Its characters by their code.
  fileprivate var scalars: [UInt16: Unicode.Scalar] {
    Dictionary(
      CharacterSet.doubleByteCharacters(characterSet).map { ($0.code, $0.scalar) },
      uniquingKeysWith: { first, _ in first })
  }
}

extension EmulatedStarModel {
  /// The printer that a profile of one of Star's languages describes.
  public init(_ profile: PrinterProfile) {
    let pages = profile.codePages.map { ($0.value, $0.key) }
    self.init(
      Language(profile.language),
      width_px: profile.width_pixels ?? profile.columns * Font.a.width_px,
      codePages: Dictionary(pages, uniquingKeysWith: { first, _ in first }),
      hasNativeQR: profile.nativeQR)
    // In Graphic mode the printer knows the way to its tear bar by itself.
    if profile.cut == .none { tearFeed_px = language == .graphic ? 1 : profile.cutFeed_dots }
    if profile.doubleByte == .shiftJIS { doubleByte = DoubleByteSet.shiftJIS.scalars }
  }
}

extension EmulatedStarModel.Language {
  /// ESC/POS is none of them, and counts as StarPRNT.
  init(_ language: PrinterLanguage) {
    switch language {
    case .starLine: self = .line
    case .starGraphic: self = .graphic
    case .starPRNT, .escpos: self = .prnt
    }
  }
}

/// A strict printer as a profile describes it, in the profile's language.
public func emulatedPrinter(of profile: PrinterProfile) -> any PaperPrinter {
  profile.language == .escpos
    ? EmulatedPrinter(EmulatedModel(profile)) : EmulatedStarPrinter(EmulatedStarModel(profile))
}
