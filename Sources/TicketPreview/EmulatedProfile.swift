public import DeviceProfiles
import LinuxIO
import NodeRuntime
public import PrinterEmulator

extension EmulatedModel {
  /// The printer that a profile describes.
  public init(_ profile: PrinterProfile) {
    let pages = profile.codePages.map { ($0.value, $0.key) }
    self.init(
      width_px: profile.width_pixels ?? profile.columns * Font.a.width_px,
      codePages: Dictionary(pages, uniquingKeysWith: { first, _ in first }),
      hasNativeQR: profile.nativeQR, hasProcessID: profile.completion == .processID,
      storesPictures: profile.storesPictures, hasGSV: profile.cut != .escM)
    if let set = profile.doubleByte {
      let characters = CharacterSet.doubleByteCharacters(set.characterSet)
      doubleByte = Dictionary(
        characters.map { ($0.code, $0.scalar) }, uniquingKeysWith: { first, _ in first })
    }
  }
}
