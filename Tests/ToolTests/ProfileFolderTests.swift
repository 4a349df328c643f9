import Glibc
import LinuxIO
import Testing

@Suite("The folder of the profiles", .timeLimit(.minutes(3)))
struct ProfileFolderTests {
  let bench: Bench
  /// Copies of the shipped profiles that the test's node uses.
  private let folder: String

  init() throws {
    bench = try Bench()
    folder = bench.path("profiles")
    try #require(mkdir(folder, 0o755) == 0)
    let shipped = "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    for name in ["generic-58mm.json", "counter-keypad.json"] {
      let text = try #require(SmallFile.text("\(shipped)/Devices/\(name)"))
      _ = try bench.write("profiles/" + name, text)
    }
  }

  private func config(_ profile: String = "generic-58mm") throws -> String {
    var node = NodeText(bench)
    node.devices = folder
    node.add(printer: "front", profile, path: bench.path("paper.bin"))
    return try bench.write("kioskd.json", node.text)
  }

  /// What may lie in a folder besides profiles: entries and the word that each is told with.
  private func litter() throws -> [(name: String, word: String)] {
    try #require(mkdir(folder + "/folder.json", 0o755) == 0)
    try #require(mkfifo(folder + "/fifo.json", 0o644) == 0)
    try #require(symlink("/nowhere/at/all", folder + "/.#dangling.json") == 0)
    try #require(symlink("/dev/zero", folder + "/device.json") == 0)
    let large = try SystemCall.open(folder + "/large.json", O_WRONLY | O_CREAT, mode: 0o644)
    try #require(ftruncate(large.raw, 3 << 20) == 0)
    return [
      ("folder.json", "no regular file"), ("fifo.json", "no regular file"),
      (".#dangling.json", "No such file"), ("device.json", "no regular file"),
      ("large.json", "too large"),
    ]
  }

  @Test("what is no profile is told of, one by one, and the others are used")
  func passedOver() throws {
    let litter = try litter()
    let file = try config()
    let check = try bench.kioskd("check-config", file)
    #expect(check.code == 1)
    for (name, word) in litter {
      let line = check.errors.split(separator: "\n").first { $0.contains("/\(name):1:1") }
      #expect(line?.contains("[file]") == true && line?.contains(word) == true, "\(check.errors)")
    }
    #expect(check.errors.contains("5 mistakes"))
    let devices = try bench.kioskd("devices", "--profiles", folder)
    #expect(devices.code == 0 && devices.errors.contains("fifo.json"))
  }

  @Test("a node runs beside them, with a warning for each")
  func run() throws {
    let litter = try litter()
    let node = try bench.start("kioskd", ["run", "--config", try config()])
    try bench.wait("it to run") {
      node.code != nil || SmallFile.entries(bench.path("journal")).count > 1
    }
    node.send(SIGTERM)
    try bench.wait("its end") { node.code != nil }
    #expect(node.code == 0, "\(node.errors)")
    for (name, _) in litter { #expect(node.errors.contains("warning: \(folder)/\(name):1:1")) }
  }

  @Test("a device whose profile cannot be read is a mistake")
  func used() throws {
    try #require(mkdir(folder + "/tape.json", 0o755) == 0)
    let check = try bench.kioskd("check-config", try config("tape"))
    #expect(check.code == 1 && check.errors.contains("[broken-profile]"), "\(check.errors)")
  }

  @Test("that is not there is one mistake, with its place, or a wrong option")
  func missing() throws {
    var node = NodeText(bench)
    node.devices = bench.path("gone")
    node.add(printer: "front", "generic-58mm", path: bench.path("paper.bin"))
    let file = try bench.write("kioskd.json", node.text)
    let check = try bench.kioskd("check-config", file)
    #expect(check.code == 1)
    #expect(check.errors.contains("kioskd.json:2:13: devices: no device profiles in"))
    #expect(check.errors.contains("1 mistake "), "\(check.errors)")
    #expect(try bench.kioskd("run", "--config", file).code == 2)
    for words in [["devices"], ["keys"], ["print-test", "--path", "/dev/null", "--profile", "x"]] {
      for place in [bench.path("gone"), file] {
        let tool = try bench.start("kioskd", words + ["--profiles", place])
        try bench.wait("its end") { tool.code != nil }
        #expect(tool.code == 2, "\(words)")
        #expect(tool.errors.contains("'--profiles' takes a folder"), "\(tool.errors)")
      }
    }
  }
}
