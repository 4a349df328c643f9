import DeviceProfiles

/// Makers give one USB id to many models (Epson's 04b8:0202, Star's 0519:0003); most of these still
/// say their name.
enum ModelNames {
  /// The profiles whose name stands in what the device calls itself; all of them when it says none
  /// of their names.
  static func narrow(_ profiles: [PrinterProfile], by product: String) -> [PrinterProfile] {
    let said = letters(product)
    let named = profiles.filter { stands(letters($0.name), in: said) }
    return named.isEmpty ? profiles : named
  }

  /// A numeral that goes on makes another model: `TM-T88VI` is no TM-T88V.
  private static func stands(_ name: [UInt8], in said: [UInt8]) -> Bool {
    guard !name.isEmpty, said.count >= name.count else { return false }
    return (0...said.count - name.count).contains { start in
      let end = start + name.count
      return said[start..<end].elementsEqual(name)
        && (end == said.count || !numerals.contains(said[end]))
    }
  }

  private static let numerals = Array("IVX".utf8)

  /// Capitals and digits: `TM-T88V`, `TM T88V` and `tm-t88v` are the same.
  private static func letters(_ name: String) -> [UInt8] {
    name.uppercased().utf8.filter { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) }
  }
}
