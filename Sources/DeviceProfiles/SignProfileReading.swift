import Branch
import PositionedJSON
import SignProtocols

extension SignProfile {
  static func read(_ id: ProfileID, _ reader: ObjectReader) -> SignProfile? {
    let head = reader.profileHead()
    let serial = reader.required("serial", example: SerialSettings.example)
      .flatMap(SerialSettings.read)
    let columnsField = reader.required("columns", example: "16")
    let columns = columnsField?.integer(in: Self.columns)
    let spoken = reader.exactlyOne(
      of: ["alpha", "frame", "modbus", "customerDisplay"], example: "\"alpha\": {}")
    let language: (signProtocol: SignProtocol, gap: Span)? =
      switch spoken {
      case (let key, let field)? where key == "alpha":
        AlphaSettings.read(field).map { (.alpha($0), Span(ms: 0)) }
      case (let key, let field)? where key == "modbus":
        ModbusSettings.read(field).map { (.modbus($0), Span(ms: 0)) }
      case (let key, let field)? where key == "customerDisplay":
        CustomerDisplay.read(field, columns: columns).map { (.customerDisplay($0), Span(ms: 0)) }
      case (_, let field)?:
        FrameDescription.read(field, columns: columns).map { (.frame($0.frame), $0.gap) }
      case nil: nil
      }
    let refresh = reader.known("refreshSeconds")?.seconds(in: Self.refresh)
    reader.checkSources()
    guard let serial, let columns, let (signProtocol, gap) = language else { return nil }
    if !signProtocol.fits(dataBits: serial.dataBits) {
      spoken?.field.report(
        code: "seven-bits", "the line has seven data bits, and the frame a byte above 0x7F",
        cure: "Set \"dataBits\" to 8, or change the byte.")
    }
    // Whoever chooses what fits goes by the places; the last ones would be lost.
    if let places = signProtocol.places, places > columns {
      columnsField?.report(
        code: "conflict", "a line has \(places) places, more than \(columns) columns",
        cure: "Give \(places), or the text fewer by its \"width\", \"digits\" or \"max\".")
    }
    return SignProfile(
      id: id, name: head.name ?? "", vendor: head.vendor, serial: serial, columns: columns,
      signProtocol: signProtocol, gap: gap, refresh: refresh)
  }
}

extension SerialSettings {
  static let example =
    "{\"baud\": 9600, \"dataBits\": 8, \"parity\": \"none\", \"stopBits\": 1}"

  static func read(_ field: JSONField) -> SerialSettings? {
    field.object { reader in
      let baud = reader.required("baud", example: "9600")?.member(of: bauds)
      let dataBits = reader.required("dataBits", example: "8")?.integer(in: Self.dataBits)
      let parity: Parity? = reader.required("parity", example: "\"none\"")?.choice()
      let stopBits = reader.required("stopBits", example: "1")?.integer(in: Self.stopBits)
      guard let baud, let dataBits, let parity, let stopBits else { return nil }
      return field.usable { () throws(Problem) in
        try SerialSettings(baud: baud, dataBits: dataBits, parity: parity, stopBits: stopBits)
      }
    }
  }
}

extension AlphaSettings {
  static func read(_ field: JSONField) -> AlphaSettings? {
    field.object { reader in
      let standard = AlphaSettings()
      let address = reader.optional("address")?.address(addressFormat)
      return AlphaSettings(
        typeCode: reader.optional("signType")?.character(in: typeCodes) ?? standard.typeCode,
        address: address ?? standard.address,
        label: reader.optional("file")?.character(in: labels) ?? standard.label,
        position: reader.optional("position")?.choice() ?? standard.position,
        mode: reader.optional("mode")?.choice() ?? standard.mode,
        hasChecksum: reader.optional("checksum")?.bool() ?? standard.hasChecksum)
    }
  }
}

extension JSONField {
  /// The address of a sign as it stands in a frame.
  public func address(_ format: AddressFormat) -> [UInt8]? {
    guard let written = text(length: 1...8) else { return nil }
    if let bytes = format.bytes(written) { return bytes }
    report(
      code: "address", "\(quoted(written)) cannot be an address of this sign",
      cure: "Give \(format.rule).")
    return nil
  }

  /// One character of a protocol.
  fileprivate func character(in allowed: ClosedRange<UInt8>) -> UInt8? {
    guard let text = text(length: 1...1) else { return nil }
    if let byte = text.utf8.first, text.utf8.count == 1, allowed.contains(byte) { return byte }
    let (first, last) = (UnicodeScalar(allowed.lowerBound), UnicodeScalar(allowed.upperBound))
    report(
      code: "character", "\(quoted(text)) is not possible here",
      cure: "Give one ASCII character from \(first) to \(last).")
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
