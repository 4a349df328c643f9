import Branch
import DeviceProfiles
import PositionedJSON
import SignProtocols

extension ConfigurationReader {
  func readSign(_ reader: ObjectReader) -> SignConfiguration? {
    let id = reader.required("id", example: "\"s1\"")?.name(SignTag.self)
    let profile = profile(
      reader.required("profile", example: "\"alpha-sign\""), .sign, profiles.signs)
    let portField = reader.required("port", example: "\"/dev/ttyUSB0\"")
    let port = portField?.absolutePath()
    let shows = readPurpose(reader, id)
    let signProtocol = readAddress(reader.optional("address"), profile)
    let refresh = reader.optional(Settings.refresh.key)?.seconds(in: Settings.refresh.range)
    let rs485 = reader.optional("rs485")?.object(readRS485)
    if let profile, let portField, let port {
      let board = LineBoard(
        id: id?.text ?? "", profile: profile, signProtocol: signProtocol, rs485: rs485,
        field: reader.optional("address") ?? portField)
      hang(board, on: plainPath(port), portField)
    }
    let looks = readLooks(reader, shows, signProtocol)
    guard let id, let profile, let port, let shows, let signProtocol else { return nil }
    return SignConfiguration(
      id: id, profile: profile, port: port, shows: shows, looks: looks,
      signProtocol: signProtocol, rs485: rs485,
      refresh: refresh ?? profile.refresh ?? Settings.refresh.standard)
  }

  private func readPurpose(_ reader: ObjectReader, _ id: SignID?) -> SignPurpose? {
    let counter = reader.optional("counter")
    let main = reader.optional("main")
    let isMain = main?.bool()
    if let counter {
      if isMain == true {
        main?.report(
          code: "conflict", "a sign is either of a counter or the main one",
          cure: "Keep one of counter and main.")
      }
      return reference(counter, to: "counter", counterIDs).map { .counter($0) }
    }
    if isMain == true { return .main }
    if let id, refusalSigns.contains(id.text) { return .refusals }
    guard main == nil || isMain != nil else { return nil }
    reader.field.report(
      code: "sign-purpose", "nothing would ever stand on this sign",
      cure: "Add \"counter\": …, \"main\": true, or name it as the \"sign\" of a terminal.")
    return nil
  }

  /// The profile's protocol, for the sign with this address.
  private func readAddress(_ field: JSONField?, _ profile: SignProfile?) -> SignProtocol? {
    guard let profile, let field else { return profile?.signProtocol }
    guard let format = profile.signProtocol.addressFormat else {
      field.report(
        code: "address", "frames of \(quoted(profile.id.text)) have no address",
        cure: "Remove it.")
      return nil
    }
    guard let address = field.address(format),
      let addressed = field.usable({ () throws(Problem) in
        try profile.signProtocol.addressed(address)
      })
    else { return nil }
    if !addressed.fits(dataBits: profile.serial.dataBits) {
      field.report(
        code: "seven-bits", "the line has seven data bits, too few for this address",
        cure: "Give one up to 127.")
    }
    return addressed
  }
}
