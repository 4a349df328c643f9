import Foundation
import Testing

/// An independent maker and reader of pictures (Debian package netpbm).
enum Netpbm {
  static func run(_ tool: String, _ arguments: [String] = [], _ input: [UInt8]) throws -> [UInt8] {
    let scratch = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let source = scratch.appendingPathComponent("in")
    let sink = scratch.appendingPathComponent("out")
    try Data(input).write(to: source)
    #expect(FileManager.default.createFile(atPath: sink.path, contents: nil))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/" + tool)
    process.arguments = arguments
    process.standardInput = try FileHandle(forReadingFrom: source)
    process.standardOutput = try FileHandle(forWritingTo: sink)
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(tool) \(arguments)")
    return Array(try Data(contentsOf: sink))
  }

  /// A file for an option such as `-alpha=FILE`.
  static func withFile<Result>(
    _ bytes: [UInt8], _ body: (_ path: String) throws -> Result
  ) throws -> Result {
    let file = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    try Data(bytes).write(to: file)
    defer { try? FileManager.default.removeItem(at: file) }
    return try body(file.path)
  }
}
