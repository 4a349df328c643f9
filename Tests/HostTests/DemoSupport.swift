import Configuration
import DemoBranch
import DeviceProfiles
import Foundation
import PositionedJSON
import Testing

/// The demo as it ships.
enum ShippedDemo {
  static let devices = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Devices")
  static let script = devices.appendingPathComponent("demo/day.script").path

  static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: devices.appendingPathComponent(path)))
  }

  static func profiles() throws -> ProfileLibrary {
    let names = try FileManager.default.contentsOfDirectory(atPath: devices.path)
    let files = try names.sorted().filter { ProfileLibrary.isProfile(fileName: $0) }
      .map { (name: $0, bytes: try bytes($0)) }
    let (library, diagnostics) = ProfileLibrary.load(files)
    #expect(diagnostics.map(\.description) == [])
    return library
  }

  /// - Parameter change: what a test wants to have otherwise in its text.
  static func configuration(
    _ change: (String) -> String = { $0 }
  ) throws -> NodeConfiguration {
    let text = change(String(decoding: try bytes("demo/demo.json"), as: UTF8.self))
    let (configuration, diagnostics) = NodeConfiguration.read(
      file: "demo.json", bytes: Array(text.utf8), profiles: try profiles())
    #expect(diagnostics.map(\.description) == [])
    return try #require(configuration)
  }
}

/// A directory that goes with its owner.
final class OutDirectory {
  let path: String

  init() {
    path =
      FileManager.default.temporaryDirectory
      .appendingPathComponent("kioskd-demo-test-\(UUID().uuidString)").path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)))
  }

  func lines(_ name: String) throws -> [String] {
    String(decoding: try bytes(name), as: UTF8.self)
      .split(separator: "\n").map(String.init)
  }
}
