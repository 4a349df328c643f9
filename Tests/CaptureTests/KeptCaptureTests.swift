import Captures
import DeviceProfiles
import Foundation
import Technician
import Testing

/// Every file in Tests/Captures, with what it is read as beside it.
///
/// A field bug arrives as a file of `kioskd capture`, evtest, evemu-record or libinput record. It
/// becomes a test by being put there, together with what `kioskd replay --expect` wrote of it once
/// that is right.
@Suite("captures that are kept") struct KeptCaptureTests {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent()
  static let folder = root.appendingPathComponent("Tests/Captures")
  static let ending = ".expected"

  static let names: [String] = {
    let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    return all.filter { !$0.hasSuffix(".md") && !$0.hasPrefix(".") }.sorted()
  }()

  static let profiles: ProfileLibrary = {
    let folder = root.appendingPathComponent("Devices")
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let files = names.filter { ProfileLibrary.isProfile(fileName: $0) }.sorted().map { name in
      (
        name: name,
        bytes: [UInt8]((try? Data(contentsOf: folder.appendingPathComponent(name))) ?? Data())
      )
    }
    return ProfileLibrary.load(files).library
  }()

  @Test("there are some, and profiles to read them with")
  func some() {
    #expect(Self.names.count >= 9)
    #expect(!Self.profiles.terminals.isEmpty)
  }

  @Test("it is read as is expected", arguments: names.filter { !$0.hasSuffix(ending) })
  func kept(name: String) throws {
    let file = Self.folder.appendingPathComponent(name)
    let write = "swift run kioskd replay Tests/Captures/\(name) --expect"
    guard
      let text = try? String(contentsOf: file.appendingPathExtension("expected"), encoding: .utf8)
    else {
      Issue.record("\(name) has no \(name)\(Self.ending): write it with `\(write)`, and read it")
      return
    }
    let expected = try #require(
      CaptureExpectation.read(text), "\(name)\(Self.ending) is none; write it with `\(write)`")
    let capture = try Capture.read(file: name, bytes: [UInt8](Data(contentsOf: file)))
    let replay = try Replay(capture, Self.profiles, expected.options)
    let lines = replay.lines.map { CheckLine.printable($0.description) }
    #expect(
      lines == expected.lines,
      "if the new reading is right, remove \(name)\(Self.ending) and run `\(write)`")
  }

  @Test("what is expected belongs to a capture", arguments: names.filter { $0.hasSuffix(ending) })
  func orphan(name: String) {
    #expect(Self.names.contains(String(name.dropLast(Self.ending.count))))
  }
}
