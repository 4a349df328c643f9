import DeviceProfiles
import Foundation
import PositionedJSON
import Testing

/// The files under Devices/ as they ship.
enum Shipped {
  static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
  static let devices = root.appendingPathComponent("Devices")

  static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: root.appendingPathComponent(path)))
  }

  static func text(_ path: String) throws -> String {
    String(decoding: try bytes(path), as: UTF8.self)
  }

  /// All files lying directly in Devices/, profiles or not.
  static func files() throws -> [(name: String, bytes: [UInt8])] {
    let names = try FileManager.default.contentsOfDirectory(atPath: devices.path).sorted()
    return try names.compactMap { name in
      var isDirectory: ObjCBool = false
      _ = FileManager.default.fileExists(
        atPath: devices.appendingPathComponent(name).path, isDirectory: &isDirectory)
      return isDirectory.boolValue ? nil : (name, try bytes("Devices/" + name))
    }
  }

  static let library: Result<ProfileLibrary, any Error> = Result {
    let (library, diagnostics) = ProfileLibrary.load(try files())
    #expect(diagnostics.map(\.description) == [])
    return library
  }
}

/// A text in which ¶ marks the place where a mistake is to be told.
struct Marked {
  let text: String
  let places: [SourcePosition]

  init(_ marked: String) {
    var places: [SourcePosition] = []
    var text = ""
    var here = SourcePosition.start
    for scalar in marked.unicodeScalars {
      if scalar == "¶" {
        places.append(here)
        continue
      }
      text.unicodeScalars.append(scalar)
      here =
        scalar == "\n"
        ? SourcePosition(line: here.line + 1, column: 1)
        : SourcePosition(line: here.line, column: here.column + 1)
    }
    self.text = text
    self.places = places
  }
}

/// SplitMix64 [Steele, Lea, Flood 2014], so that a seed repeats a run.
struct SeededRandom: RandomNumberGenerator {
  let seed: UInt64
  private var state: UInt64

  init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
