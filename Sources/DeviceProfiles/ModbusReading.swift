import Branch
import PositionedJSON
import SignProtocols

extension ModbusSettings {
  private static let registers = 0...65_535
  private static let characters: [FrameText.Characters] = [.ascii, .upperASCII, .digits]

  static func read(_ field: JSONField) -> ModbusSettings? {
    let before = field.findings.count
    return field.object { reader in
      let unit = reader.optional("address")?.modbusUnit() ?? 1
      let text = reader.required("text", example: "{\"form\": \"characters\", \"register\": 0}")?
        .object(readText)
      let brightness = reader.known("brightness")?.object { readBrightness($0, besides: text) }
      let multiple = reader.optional("writeMultiple")?.bool() ?? true
      let readsBack = reader.optional("readBack")?.bool() ?? true
      let answer_ms = reader.optional("answerMs")?.integer(in: answers_ms) ?? 200
      guard let text, field.findings.count == before else { return nil }
      return ModbusSettings(
        unit: unit, text: text, brightness: brightness, writesMultiple: multiple,
        readsBack: readsBack, answer_ms: answer_ms)
    }
  }

  private enum Form: String, CaseIterable {
    case characters, number
    case signedNumber = "signed-number"
  }

  private static func readText(_ reader: ObjectReader) -> ModbusText? {
    let form: Form? = reader.required("form", example: "\"characters\"")?.choice()
    let registerField = reader.required("register", example: "0")
    let register = registerField?.integer(in: registers)
    switch form {
    case .characters:
      let width = reader.required("width", example: "4")?
        .integer(in: 1...ModbusRequest.written_max)
      let align: FrameText.Align = reader.optional("align")?.choice() ?? .left
      let characters = reader.optional("characters").flatMap(readCharacters) ?? .ascii
      guard let register, let width else { return nil }
      guard isInside(register, count: width, registerField) else { return nil }
      return .characters(
        register: UInt16(register),
        FrameText(places_max: width, align: align, characters: characters))
    case .number:
      let max = reader.optional("max")?.integer(in: 1...65_535) ?? 65_535
      return register.map { .number(register: UInt16($0), max: max) }
    case .signedNumber:
      let digits = reader.required("digits", example: "6")?.integer(in: ModbusText.digits)
      guard let register, let digits, isInside(register, count: 2, registerField) else {
        return nil
      }
      return .signedNumber(register: UInt16(register), digits: digits)
    case nil:
      reader.acceptAnyKey()
      return nil
    }
  }

  private static func readCharacters(_ field: JSONField) -> FrameText.Characters? {
    guard let read: FrameText.Characters = field.choice() else { return nil }
    if characters.contains(read) { return read }
    field.report(
      code: "modbus-text", "registers with characters have no segments",
      cure: "Use one of: ascii, upper-ascii, digits.")
    return nil
  }

  private static func isInside(_ register: Int, count: Int, _ field: JSONField?) -> Bool {
    if register + count - 1 <= registers.upperBound { return true }
    field?.report(
      code: "range", "\(count) registers from \(register) go beyond 65535",
      cure: "Begin at \(registers.upperBound + 1 - count) at most.")
    return false
  }

  private static func readBrightness(
    _ reader: ObjectReader, besides text: ModbusText?
  ) -> Brightness? {
    let registerField = reader.required("register", example: "8")
    let register = registerField?.integer(in: registers)
    if let register, text?.registers.contains(register) == true {
      registerField?.report(
        code: "conflict", "the text stands in register \(register)",
        cure: "Give the register that makes the sign brighter, or remove \"brightness\".")
    }
    let from = reader.required("from", example: "1")?.integer(in: brightnessLevels)
    let toField = reader.required("to", example: "8")
    let to = toField?.integer(in: brightnessLevels)
    guard let register, let from, let to else { return nil }
    guard from < to else {
      toField?.report(
        code: "range", "the brightest level is not above the darkest",
        cure: "Give more than \(from).")
      return nil
    }
    return Brightness(register: UInt16(register), levels: from...to)
  }
}

extension CustomerDisplay {
  static func read(_ field: JSONField, columns profileColumns: Int?) -> CustomerDisplay? {
    let before = field.findings.count
    return field.object { reader in
      let language: Language? = reader.required("language", example: "\"cd5220\"")?.choice()
      let rowsField = reader.optional("rows")
      let rows = rowsField?.integer(in: rows) ?? 2
      let characters: Characters = reader.optional("characters")?.choice() ?? .invariant
      if let rowsField, language == .cd5220, rows > 2 {
        rowsField.report(
          code: "range", "CD5220 has commands for two lines", cure: "Give 1 or 2.")
      }
      if let profileColumns, !columns.contains(profileColumns) {
        field.report(
          code: "conflict", "\"columns\" is \(profileColumns), more than such a display has",
          cure: "Give at most \(columns.upperBound).")
      }
      guard let language, let profileColumns, field.findings.count == before else { return nil }
      return CustomerDisplay(
        language, columns: profileColumns, rows: rows, characters: characters)
    }
  }
}

extension JSONField {
  /// The number of a Modbus unit, in a text like every address.
  fileprivate func modbusUnit() -> UInt8? {
    guard let bytes = address(ModbusSettings.addressFormat), let unit = bytes.first else {
      return nil
    }
    if unit == Modbus.broadcast || Modbus.units.contains(unit) { return unit }
    report(
      code: "address", "Modbus has no unit \(unit)",
      cure: "Give 1 to 247, or 0 for all signs on the line.")
    return nil
  }
}
