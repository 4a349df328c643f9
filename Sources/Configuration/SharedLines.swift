import Branch
import DeviceProfiles
import PositionedJSON
import SignProtocols

/// A sign as far as others on its line have to go with it.
struct LineBoard {
  let id: String
  let profile: SignProfile
  /// nil when its address has a mistake, which was told.
  let signProtocol: SignProtocol?
  let rs485: RS485Settings?
  /// Where an address of its own belongs.
  let field: JSONField
}

/// Several signs may hang on one serial port when one setting of the line serves all of them, and
/// each is told apart by its address.
extension ConfigurationReader {
  func hang(_ board: LineBoard, on port: String, _ portField: JSONField) {
    guard let first = lineBoards[port]?.first else {
      claim(port, for: portField)
      lineBoards[port] = [board]
      return
    }
    // One finding for each sign: what it is about comes first.
    if !hasMistake(of: board, beside: first, portField) { checkAddress(of: board, on: port) }
    lineBoards[port]?.append(board)
  }

  private func hasMistake(of board: LineBoard, beside first: LineBoard, _ portField: JSONField)
    -> Bool
  {
    if board.profile.serial != first.profile.serial {
      portField.report(
        code: "line-settings",
        "\(quoted(first.id)) has this line at \(first.profile.serial), "
          + "and this sign needs \(board.profile.serial)",
        cure: "Give it a port of its own, or a profile with the same \"serial\".")
      return true
    }
    if board.rs485 != first.rs485 {
      portField.report(
        code: "line-rs485", "\(quoted(first.id)) on the same line has another \"rs485\"",
        cure: "Give all signs of a line the same one, or none.")
      return true
    }
    for one in [first, board] where one.profile.signProtocol.addressFormat == nil {
      portField.report(
        code: "line-address",
        "frames of \(quoted(one.profile.id.text)) have no address, and cannot share a line",
        cure: "Give each of the two signs a port of its own.")
      return true
    }
    return false
  }

  private func checkAddress(of board: LineBoard, on port: String) {
    guard let signProtocol = board.signProtocol else { return }
    let others = lineBoards[port] ?? []
    if let everybody = (others + [board]).first(where: { $0.signProtocol?.isForEverybody == true })
    {
      board.field.report(
        code: "everybodys-address",
        "all signs of the line would show what \(quoted(everybody.id)) shows",
        cure: "Give each sign an \"address\" of its own.")
    } else if let other = others.first(where: { $0.isMistaken(for: signProtocol) }) {
      board.field.report(
        code: "doubled-address", "\(quoted(other.id)) on the same line has this address",
        cure: "Give each sign an \"address\" of its own.")
    }
  }

  func readRS485(_ reader: ObjectReader) -> RS485Settings? {
    let standard = RS485Settings()
    func delay(_ key: String) -> Span? {
      reader.optional(key)?.milliseconds(in: RS485Settings.delay)
    }
    return RS485Settings(
      isRequired: reader.optional("required")?.bool() ?? standard.isRequired,
      sendsWithRTS: reader.optional("sendsWithRTS")?.bool() ?? standard.sendsWithRTS,
      before: delay("beforeMs") ?? standard.before, after: delay("afterMs") ?? standard.after,
      hearsItself: reader.optional("hearsItself")?.bool() ?? standard.hearsItself)
  }
}

extension LineBoard {
  fileprivate func isMistaken(for other: SignProtocol) -> Bool {
    signProtocol?.addressFormat == other.addressFormat && signProtocol?.address == other.address
  }
}

extension SignConfiguration {
  /// Signs by the port they share, ports and signs in the order of the file.
  public static func lines(of signs: [SignConfiguration]) -> [[SignConfiguration]] {
    var places: [String: Int] = [:]
    var lines: [[SignConfiguration]] = []
    for sign in signs {
      let port = plainPath(sign.port)
      if let place = places[port] {
        lines[place].append(sign)
      } else {
        places[port] = lines.count
        lines.append([sign])
      }
    }
    return lines
  }
}
