import Configuration
import DeviceProfiles
import Glibc
import Technician
import Testing

@Suite("The box under a node")
struct BoxCheckTests {
  /// With segments of 4 MiB and a cap of 256.
  private func journal(_ directory: String) throws -> JournalConfiguration {
    let text = """
      {"node": "n", "branch": {"id": "b", "name": "B", "timezone": "UTC"},
       "journal": {"directory": "\(directory)"}, "hub": {"address": "h:1"}}
      """
    let (configuration, mistakes) = NodeConfiguration.read(
      file: "test", bytes: Array(text.utf8), profiles: ProfileLibrary())
    return try #require(configuration, "\(mistakes)").journal
  }

  /// A directory that is there and one that kioskd has yet to make.
  static let places = ["/tmp", "/tmp/kioskd-not-there-yet"]

  @Test("a full disk is a problem, also where the journal is yet to be made", arguments: places)
  func full(place: String) throws {
    for (mebibytes, isFine) in [(0, false), (7, false), (8, true), (999, true)] {
      var asked: [String] = []
      let line = BoxCheck.journal(try journal(place)) {
        asked.append($0)
        return BoxCheck.FreeSpace(bytes: mebibytes << 20)
      }
      #expect(line.isFine == isFine && asked == ["/tmp"], "\(mebibytes): \(line.line())")
      if !isFine { #expect(line.problem?.code == "disk-full") }
      if isFine { #expect(line.text.contains("\(mebibytes) MiB free")) }
    }
  }

  @Test("a disk that takes no more files is as good as full", arguments: places)
  func noInodes(place: String) throws {
    let line = BoxCheck.journal(try journal(place)) { _ in
      BoxCheck.FreeSpace(bytes: 1 << 40, isOutOfInodes: true)
    }
    #expect(line.problem?.code == "disk-full" && line.problem?.cause.contains("df -i") == true)
  }

  @Test("the kernel knows of this machine's disk")
  func real() {
    #expect((BoxCheck.FreeSpace.of("/tmp")?.bytes ?? 0) > 0)
    #expect(BoxCheck.FreeSpace.of("/no/such/place") == nil)
  }
}
