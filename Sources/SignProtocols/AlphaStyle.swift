import Branch

/// How a text comes and stays: what stands behind the position (appendix: display modes). The raw
/// value is the word in sign profiles.
public enum AlphaMode: String, Sendable, CaseIterable {
  case rotate, hold, flash
  case rollUp = "roll-up"
  case rollDown = "roll-down"
  case rollLeft = "roll-left"
  case rollRight = "roll-right"
  case wipeUp = "wipe-up"
  case wipeDown = "wipe-down"
  case wipeLeft = "wipe-left"
  case wipeRight = "wipe-right"
  case scroll
  case automatic
  case rollIn = "roll-in"
  case rollOut = "roll-out"
  case wipeIn = "wipe-in"
  case wipeOut = "wipe-out"
  case compressedRotate = "compressed-rotate"
  case twinkle, sparkle, snow, interlock, `switch`, slide, spray, starburst

  /// Behind this byte a special mode is named.
  static let special = UInt8(ascii: "n")

  /// One byte, or two for a special mode.
  public var bytes: [UInt8] { Array(code.utf8) }

  /// The first byte.
  public var byte: UInt8 { bytes[0] }

  init?(bytes: [UInt8]) {
    guard let match = Self.allCases.first(where: { $0.bytes == bytes }) else { return nil }
    self = match
  }

  private var code: String {
    switch self {
    case .rotate: "a"
    case .hold: "b"
    case .flash: "c"
    case .rollUp: "e"
    case .rollDown: "f"
    case .rollLeft: "g"
    case .rollRight: "h"
    case .wipeUp: "i"
    case .wipeDown: "j"
    case .wipeLeft: "k"
    case .wipeRight: "l"
    case .scroll: "m"
    case .automatic: "o"
    case .rollIn: "p"
    case .rollOut: "q"
    case .wipeIn: "r"
    case .wipeOut: "s"
    case .compressedRotate: "t"
    case .twinkle: "n0"
    case .sparkle: "n1"
    case .snow: "n2"
    case .interlock: "n3"
    case .switch: "n4"
    case .slide: "n5"
    case .spray: "n6"
    case .starburst: "n7"
    }
  }
}

/// Colours of letters, the byte behind 1C (appendix: control codes within text).
public enum AlphaColour: String, Sendable, CaseIterable {
  case red, green, amber
  case dimRed = "dim-red"
  case dimGreen = "dim-green"
  case brown, orange, yellow
  case rainbow1 = "rainbow-1"
  case rainbow2 = "rainbow-2"
  case mix, automatic

  private static let codes = Array("123456789ABC".utf8)

  public var byte: UInt8 { Self.codes[Self.allCases.firstIndex(of: self) ?? 0] }

  init?(byte: UInt8) {
    guard let index = Self.codes.firstIndex(of: byte) else { return nil }
    self = Self.allCases[index]
  }

  init(_ colour: SignPicture.Colour) {
    switch colour {
    case .red: self = .red
    case .green: self = .green
    case .amber: self = .amber
    case .orange: self = .orange
    case .yellow: self = .yellow
    }
  }
}

/// A piece of a TEXT file.
public enum AlphaPart: Hashable, Sendable {
  case text(String)
  /// What follows has this colour.
  case colour(AlphaColour)
  /// The content of a STRING file: it changes without the TEXT file being written again, and so
  /// without a flicker.
  case string(label: UInt8)

  static let colourCode: UInt8 = 0x1C
  static let colourBytes = 2
  static let callCode: UInt8 = 0x10

  var bytes: [UInt8] {
    switch self {
    case .text(let text): SignText.ascii(text)
    case .colour(let colour): [Self.colourCode, colour.byte]
    case .string(let label): [Self.callCode, label]
    }
  }
}

/// A file that the sign's memory is to have.
public struct AlphaMemory: Hashable, Sendable {
  public enum Kind: Hashable, Sendable { case text, string }
  /// Bytes; a STRING file has at most 125.
  public static let sizes = 1...4_096
  public static let stringBytes_max = 125

  public let label: UInt8
  public let kind: Kind
  public let size: Int

  /// nil for a label or a size that no file has; the priority file needs no memory.
  public init?(label: UInt8, kind: Kind, size: Int) {
    guard AlphaSettings.labels.contains(label), label != AlphaProtocol.priorityLabel,
      Self.sizes.contains(size), kind == .text || size <= Self.stringBytes_max
    else { return nil }
    self.label = label
    self.kind = kind
    self.size = size
  }

  /// Label, type, lock, size, and the times between which a TEXT file is shown: `FF00`, always.
  var bytes: [UInt8] {
    let size = SignText.hex([UInt8(size >> 8), UInt8(size & 0xFF)])
    return [label] + Array(((kind == .text ? "AU" : "BL") + size).utf8)
      + Array((kind == .text ? "FF00" : "0000").utf8)
  }

  static let length = 11

  init?(entry: ArraySlice<UInt8>) {
    guard entry.count == Self.length, let label = entry.first,
      let size = Int(SignText.string(entry.dropFirst(3).prefix(4)), radix: 16),
      let file = AlphaMemory(
        label: label, kind: entry.dropFirst().first == UInt8(ascii: "A") ? .text : .string,
        size: size), file.bytes == Array(entry)
    else { return nil }
    self = file
  }
}
