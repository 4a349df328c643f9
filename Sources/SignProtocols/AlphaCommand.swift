/// What an Alpha frame asked the sign to do.
public enum AlphaCommand: Hashable, Sendable {
  /// Write a TEXT file and show it.
  case show(label: UInt8, position: AlphaPosition, mode: UInt8, text: String)
  /// Empty the priority file.
  case releasePriority
  /// Write a TEXT file with more than text in it, or in a special mode.
  case showParts(label: UInt8, position: AlphaPosition, mode: AlphaMode, parts: [AlphaPart])
  /// Write a STRING file.
  case string(label: UInt8, text: String)
  case memory([AlphaMemory])
  /// Take this address from now on.
  case newAddress([UInt8])
  case tone
  /// Another command, with its data.
  case other(command: UInt8, data: [UInt8])
}

/// One frame that a sign understood, and whom it was for.
public struct AlphaFrame: Hashable, Sendable {
  public let typeCode: UInt8
  public let address: [UInt8]
  public let command: AlphaCommand
  public let hasChecksum: Bool

  public init(typeCode: UInt8, address: [UInt8], command: AlphaCommand, hasChecksum: Bool) {
    self.typeCode = typeCode
    self.address = address
    self.command = command
    self.hasChecksum = hasChecksum
  }
}

/// Why bytes were not a frame.
public enum AlphaFault: Hashable, Sendable {
  /// Bytes outside of any frame.
  case noise(bytes: Int)
  /// A frame began with fewer than five NULs: a real sign may not have found the speed.
  case tooFewNuls(Int)
  /// The header was not type code, two address characters, STX.
  case badHeader
  /// A frame stopped and another began.
  case torn
  case tooLong
  case badChecksum(given: String, computed: String)
  /// Something else than four characters and EOT came after ETX.
  case badEnd
  /// A control byte within a text to show.
  case controlInText(UInt8)
  /// A TEXT write without a place that the protocol has.
  case badPlace
}

extension AlphaCommand {
  enum Parsed {
    case success(AlphaCommand)
    case failure(AlphaFault)
  }

  static func parse(_ content: [UInt8]) -> Parsed {
    guard let command = content.first else { return .failure(.badHeader) }
    let data = Array(content.dropFirst())
    switch command {
    case AlphaProtocol.writeText where !data.isEmpty: return parseText(data)
    case AlphaProtocol.writeString where !data.isEmpty:
      if let control = data.dropFirst().first(where: { !SignText.isPrintable($0) }) {
        return .failure(.controlInText(control))
      }
      return .success(.string(label: data[0], text: SignText.string(data.dropFirst())))
    case AlphaProtocol.writeSpecial:
      return .success(special(data) ?? .other(command: command, data: data))
    default: return .success(.other(command: command, data: data))
    }
  }

  private static func parseText(_ data: [UInt8]) -> Parsed {
    let label = data[0]
    let rest = data.dropFirst()
    if rest.isEmpty, label == AlphaProtocol.priorityLabel { return .success(.releasePriority) }
    guard rest.count >= 3, rest[1] == AlphaProtocol.escape,
      let position = AlphaPosition(byte: rest[2])
    else { return .failure(.badPlace) }
    let isSpecial = rest[3] == AlphaMode.special
    let text = Array(rest.dropFirst(isSpecial ? 4 : 3))
    if !isSpecial, text.allSatisfy(SignText.isPrintable) {
      return .success(
        .show(label: label, position: position, mode: rest[3], text: SignText.string(text)))
    }
    guard let mode = AlphaMode(bytes: Array(rest[3..<data.count - text.count])) else {
      return .failure(.badPlace)
    }
    var parts: [AlphaPart] = []
    if let control = take(text, into: &parts) { return .failure(.controlInText(control)) }
    return .success(.showParts(label: label, position: position, mode: mode, parts: parts))
  }

  /// The first byte that is no part of a text.
  private static func take(_ text: [UInt8], into parts: inout [AlphaPart]) -> UInt8? {
    var rest = text[...]
    while let first = rest.first {
      let run = rest.prefix(while: SignText.isPrintable)
      if !run.isEmpty {
        parts.append(.text(SignText.string(run)))
        rest = rest.dropFirst(run.count)
        continue
      }
      let second = rest.dropFirst().first
      if first == AlphaPart.colourCode, let colour = second.flatMap(AlphaColour.init(byte:)) {
        parts.append(.colour(colour))
      } else if first == AlphaPart.callCode, let second, AlphaSettings.labels.contains(second) {
        parts.append(.string(label: second))
      } else {
        return first
      }
      rest = rest.dropFirst(2)
    }
    return nil
  }

  private static func special(_ data: [UInt8]) -> AlphaCommand? {
    let rest = data.dropFirst()
    switch data.first {
    case AlphaProtocol.toneFunction where Array(rest) == AlphaProtocol.tone: return .tone
    case AlphaProtocol.addressFunction where AlphaSettings.addressFormat.isValid(Array(rest)):
      return .newAddress(Array(rest))
    case AlphaProtocol.memoryFunction where rest.count % AlphaMemory.length == 0:
      let files = stride(from: rest.startIndex, to: rest.endIndex, by: AlphaMemory.length).map {
        AlphaMemory(entry: rest[$0..<$0 + AlphaMemory.length])
      }
      let known = files.compactMap { $0 }
      return known.count == files.count ? .memory(known) : nil
    default: return nil
    }
  }
}
