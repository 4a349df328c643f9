import Foundation

/// The files of this repository, as the rules see them.
struct Repository {
  let root: String
  /// Paths from the top, of all text files that are ours.
  let paths: [String]
  let map: PackageMap
  let swift: [HouseFile]

  static let shared = Repository()

  private init() {
    root = String(#filePath.prefix(upTo: #filePath.range(of: "/Tests/HouseTests/")!.lowerBound))
    let text = { [root] (path: String) in
      String(
        decoding: FileManager.default.contents(atPath: root + "/" + path) ?? Data(), as: UTF8.self)
    }
    paths = Self.files(in: root)
    let map = PackageMap(text("Package.swift"))
    self.map = map
    swift = paths.filter { $0.hasSuffix(".swift") && $0 != "Package.swift" }.map {
      HouseFile(path: $0, text: SwiftText(text($0)), room: map.room(of: $0))
    }
  }

  func text(_ path: String) -> String {
    String(
      decoding: FileManager.default.contents(atPath: root + "/" + path) ?? Data(), as: UTF8.self)
  }

  func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: root + "/" + path) }

  private static func files(in root: String) -> [String] {
    // Scripts have none.
    let extensions: Set = [
      "", "swift", "md", "c", "h", "json", "script", "service", "rules", "scenario", "sysusers",
      "tmpfiles",
    ]
    var paths = ["Package.swift", "README.md"]
    for folder in ["Sources", "Tests", "Devices", "Systemd"] {
      guard let walk = FileManager.default.enumerator(atPath: root + "/" + folder) else { continue }
      while let path = walk.nextObject() as? String {
        if path.split(separator: "/").contains(where: { $0.hasPrefix(".") }) { continue }
        if extensions.contains((path as NSString).pathExtension) {
          paths.append(folder + "/" + path)
        }
      }
    }
    return paths.filter {
      var isFolder: ObjCBool = false
      return FileManager.default.fileExists(atPath: root + "/" + $0, isDirectory: &isFolder)
        && !isFolder.boolValue
    }.sorted()
  }

  /// Names at the top that git keeps; without git (a source archive), all that are there.
  func topLevel() throws -> Set<String> {
    guard exists(".git") else {
      return Set(try FileManager.default.contentsOfDirectory(atPath: root))
    }
    let git = Process()
    git.executableURL = URL(filePath: "/usr/bin/env")
    // Another user may own the files, as in a container.
    git.arguments = ["git", "-c", "safe.directory=*", "-C", root, "ls-files"]
    let output = Pipe()
    git.standardOutput = output
    try git.run()
    let listing = output.fileHandleForReading.readDataToEndOfFile()
    git.waitUntilExit()
    guard git.terminationStatus == 0 else { throw CocoaError(.executableNotLoadable) }
    return Set(
      String(decoding: listing, as: UTF8.self).split(separator: "\n").map {
        String($0.prefix { $0 != "/" })
      })
  }
}
