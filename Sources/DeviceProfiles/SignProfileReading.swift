import Branch
import PositionedJSON

extension SignProfile {
  static func read(_ id: ProfileID, _ reader: ObjectReader) -> SignProfile? {
    let head = reader.profileHead()
    let serial = reader.required("serial", example: SerialSettings.example)
      .flatMap(SerialSettings.read)
    let columns = reader.required("columns", example: "16")?.integer(in: Self.columns)
    let spoken = reader.exactlyOne(of: ["alpha", "frame"], example: "\"alpha\": {}")
    let signProtocol: SignProtocol? =
      switch spoken {
      case (let key, let field)? where key == "alpha":
        AlphaSettings.read(field).map { .alpha($0) }
      case (_, let field)?: FrameFormat.read(field).map { .frame($0) }
      case nil: nil
      }
    let refresh = reader.known("refreshSeconds")?.seconds(in: Self.refresh)
    reader.checkSources()
    guard let serial, let columns, let signProtocol else { return nil }
    return SignProfile(
      id: id, name: head.name ?? "", vendor: head.vendor, serial: serial, columns: columns,
      signProtocol: signProtocol, refresh: refresh)
  }
}

extension SerialSettings {
  static let example =
    "{\"baud\": 9600, \"dataBits\": 8, \"parity\": \"none\", \"stopBits\": 1}"

  static func read(_ field: JSONField) -> SerialSettings? {
    field.object { reader in
      let baud = reader.required("baud", example: "9600")?.member(of: bauds)
      let dataBits = reader.required("dataBits", example: "8")?.integer(in: 7...8)
      let parity: Parity? = reader.required("parity", example: "\"none\"")?.choice()
      let stopBits = reader.required("stopBits", example: "1")?.integer(in: 1...2)
      guard let baud, let dataBits, let parity, let stopBits else { return nil }
      return SerialSettings(baud: baud, dataBits: dataBits, parity: parity, stopBits: stopBits)
    }
  }
}

extension AlphaSettings {
  static func read(_ field: JSONField) -> AlphaSettings? {
    field.object { reader in
      let standard = AlphaSettings()
      let address = reader.optional("address").flatMap { field in
        field.text(length: 1...8).flatMap { text in
          let format = AddressFormat(form: .hex, digits: 2)
          if let bytes = format.bytes(text) { return bytes }
          field.report(
            code: "address", "\(quoted(text)) does not fit", cure: "Give \(format.rule).")
          return nil as [UInt8]?
        }
      }
      return AlphaSettings(
        signType: reader.optional("signType")?.asciiCharacter() ?? standard.signType,
        address: address ?? standard.address,
        file: reader.optional("file")?.asciiCharacter() ?? standard.file,
        position: reader.optional("position")?.choice() ?? standard.position,
        mode: reader.optional("mode")?.choice() ?? standard.mode,
        checksum: reader.optional("checksum")?.bool() ?? standard.checksum)
    }
  }
}

extension JSONField {
  /// One printable ASCII character, no blank.
  fileprivate func asciiCharacter() -> UInt8? {
    guard let text = text(length: 1...1) else { return nil }
    if let byte = text.utf8.first, text.utf8.count == 1, byte > 0x20 { return byte }
    report(
      code: "character", "\(quoted(text)) is not possible here",
      cure: "Give one ASCII character.")
    return nil
  }

  fileprivate func member(of numbers: [Int]) -> Int? {
    guard let number = integer(in: 0...Int(Int32.max)) else { return nil }
    if numbers.contains(number) { return number }
    report(
      code: "range", "\(number) is not possible here",
      cure: "Use one of: \(numbers.map(String.init).joined(separator: ", ")).")
    return nil
  }
}
