import Foundation
import PrinterEmulator
import QRCode
import Testing

/// Repeatable random numbers (SplitMix64); tests print the seed.
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

/// Bytes from their hexadecimal form; spaces are for the reader.
func hex(_ text: String) -> [UInt8] {
  let digits = text.filter { !$0.isWhitespace }.compactMap(\.hexDigitValue)
  return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
}

/// A bitmap as a raw portable bitmap file, each module `scale` dots wide, quiet zone included.
func pbm(_ symbol: QRCode, scale: Int) -> [UInt8] {
  let side = (symbol.size + 2 * QRCode.quietZone_modules) * scale
  var bytes = Array("P4\n\(side) \(side)\n".utf8)
  for y in 0..<side {
    var row = [UInt8](repeating: 0, count: (side + 7) / 8)
    for x in 0..<side {
      let margin = QRCode.quietZone_modules
      if symbol[x / scale - margin, y / scale - margin] { row[x / 8] |= 0x80 >> UInt8(x % 8) }
    }
    bytes += row
  }
  return bytes
}

/// zbarimg, an independent reader of QR symbols and barcodes (Debian package zbar-tools).
enum ZBar {
  struct Failure: Error, CustomStringConvertible {
    let description: String
  }

  private static let path = "/usr/bin/zbarimg"

  /// What it reads in the pictures, in their order, one text a symbol.
  /// `symbologies` as zbarimg calls them.
  static func read(_ pictures: [[UInt8]], _ symbologies: [String] = ["qrcode"]) throws -> [String] {
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw Failure(description: "\(path) is missing: apt-get install zbar-tools")
    }
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("escpos-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = try pictures.enumerated().map { index, picture in
      let file = folder.appendingPathComponent("\(index).pbm")
      try Data(picture).write(to: file)
      return file.path
    }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments =
      ["--quiet", "--raw", "-Sdisable"] + symbologies.map { "-S\($0).enable" } + files
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
    return lines
  }
}
