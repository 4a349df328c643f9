import Configuration
import DemoBranch
import DeviceProfiles
import LinuxIO

extension FuzzTarget {
  /// Days at the demo branch, as a person writes them, and what the person's keyboard says.
  static let scripts = FuzzTarget(name: "scripts") { bytes in
    let (script, mistakes) = Script.read(file: "day.script", bytes: bytes, for: branch)
    always((script == nil) != mistakes.isEmpty, "a script with mistakes, or none without")
    always(mistakes.count <= Script.mistakes_max, "\(mistakes.count) mistakes are told")
    if let script, !bytes.contains(13) {
      always(script.steps.allSatisfy { !$0.text.isEmpty }, "a step without its text")
      // Saved by an editor that ends its lines otherwise.
      let other = bytes.flatMap { $0 == 10 ? [13, 10] : [$0] }
      let (same, others) = Script.read(file: "day.script", bytes: other, for: branch)
      always(
        same?.steps.map(\.text) == script.steps.map(\.text),
        "with other ends of lines it is another day: \(others.map(\.message))")
    }
    var whole = KeyDecoder()
    let keys = whole.feed(bytes)
    var split = KeyDecoder()
    always(keys == pieces(of: bytes).flatMap { split.feed($0) }, "another split, other keys")
  }

  /// The demo's branch. Read from the repository, where Tests/fuzz runs.
  private static let branch: NodeConfiguration = {
    var profiles = ProfileLibrary()
    for name in SmallFile.entries("Devices")
    where name.hasSuffix(".json") && !name.hasSuffix("example.json") {
      _ = profiles.add(fileName: name, bytes: SmallFile.bytes("Devices/" + name) ?? [])
    }
    let file = "Devices/demo/demo.json"
    let (configuration, mistakes) = NodeConfiguration.read(
      file: file, bytes: SmallFile.bytes(file) ?? [], profiles: profiles)
    guard let configuration else { fatalError("\(file): \(mistakes.map(\.message))") }
    return configuration
  }()
}
