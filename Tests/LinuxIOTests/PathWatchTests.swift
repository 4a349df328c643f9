import Branch
import Glibc
import Testing

@testable import LinuxIO

/// A directory of its own for each test, gone afterwards.
final class Scratch {
  let path: String

  init() throws {
    var template = Array("/tmp/kioskd-watch-XXXXXX".utf8CString)
    path = try #require(mkdtemp(&template).map { String(cString: $0) })
  }

  deinit { remove(path) }

  private func remove(_ directory: String) {
    guard let stream = opendir(directory) else { return }
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name == "." || name == ".." { continue }
      if unlink(directory + "/" + name) != 0 { remove(directory + "/" + name) }
    }
    closedir(stream)
    rmdir(directory)
  }

  func makeFile(_ name: String) throws {
    _ = try SystemCall.open(path + "/" + name, O_CREAT | O_WRONLY, mode: 0o600)
  }
}

@Suite("A watched path")
struct PathWatchTests {
  let scratch: Scratch
  let loop: EventLoop

  init() throws {
    scratch = try Scratch()
    loop = try EventLoop()
  }

  /// Changes something and runs the loop until the watch has told of it; false at the deadline.
  private func tells(
    of name: String, contents: Bool = false, before: () throws -> Void = {},
    when change: () throws -> Void
  ) throws -> Bool {
    try before()
    var isTold = false
    let watch = try PathWatch(
      loop: loop, path: scratch.path + "/" + name, watchesContents: contents
    ) {
      isTold = true
      loop.stop()
    }
    defer { watch.close() }
    #expect(watch.isArmed)
    try change()
    let deadline = loop.schedule(after: .seconds(20)) { loop.stop() }
    loop.run()
    loop.cancel(deadline)
    return isTold
  }

  @Test("its creation is told")
  func created() throws {
    #expect(try tells(of: "port", when: { try scratch.makeFile("port") }))
  }

  @Test("a missing parent is waited for first")
  func missingParent() throws {
    #expect(try tells(of: "serial/by-id/port", when: { mkdir(scratch.path + "/serial", 0o700) }))
  }

  @Test("after its parent came the path itself is watched")
  func parentThenPath() throws {
    var count = 0
    let watch = try PathWatch(loop: loop, path: scratch.path + "/serial/by-id/port") {
      count += 1
      if count == 1 { mkdir(scratch.path + "/serial/by-id", 0o700) }
      if count == 2 { symlink("nowhere", scratch.path + "/serial/by-id/port") }
      if count == 3 { loop.stop() }
    }
    mkdir(scratch.path + "/serial", 0o700)
    let deadline = loop.schedule(after: .seconds(20)) { loop.stop() }
    loop.run()
    loop.cancel(deadline)
    watch.close()
    #expect(count == 3)
  }

  @Test("a change of its mode is told")
  func mode() throws {
    #expect(
      try tells(
        of: "port", before: { try scratch.makeFile("port") },
        when: { chmod(scratch.path + "/port", 0o660) }))
  }

  @Test("a change of mode of what a link leads to is told")
  func modeBehindLink() throws {
    #expect(
      try tells(
        of: "link",
        before: {
          mkdir(scratch.path + "/dev", 0o700)
          try scratch.makeFile("dev/port")
          symlink("dev/../dev/./port", scratch.path + "/link")
        },
        when: { chmod(scratch.path + "/dev/port", 0o660) }))
  }

  @Test("the missing target of a link is waited for")
  func danglingLink() throws {
    #expect(
      try tells(
        of: "link", before: { symlink(scratch.path + "/port", scratch.path + "/link") },
        when: { try scratch.makeFile("port") }))
  }

  @Test("a swapped link is told")
  func swappedLink() throws {
    #expect(
      try tells(
        of: "link",
        before: {
          try scratch.makeFile("one")
          symlink("one", scratch.path + "/link")
        },
        when: {
          symlink("two", scratch.path + "/fresh")
          rename(scratch.path + "/fresh", scratch.path + "/link")
        }))
  }

  @Test("entries count when the contents are watched")
  func contents() throws {
    #expect(
      try tells(
        of: "input", contents: true, before: { mkdir(scratch.path + "/input", 0o700) },
        when: { try scratch.makeFile("input/event3") }))
  }

  @Test("a directory that was removed and made again is watched again")
  func removedDirectory() throws {
    let input = scratch.path + "/input"
    mkdir(input, 0o700)
    var sawEntry = false
    let watch = try PathWatch(loop: loop, path: input, watchesContents: true) {
      sawEntry = access(input + "/event3", F_OK) == 0
      if sawEntry { loop.stop() }
    }
    rmdir(input)
    mkdir(input, 0o700)
    let later = loop.schedule(after: .milliseconds(1)) { try? scratch.makeFile("input/event3") }
    let deadline = loop.schedule(after: .seconds(20)) { loop.stop() }
    loop.run()
    loop.cancel(deadline)
    loop.cancel(later)
    watch.close()
    #expect(sawEntry)
  }

  @Test("neighbours are nobody's business")
  func neighbours() throws {
    var told = 0
    let watch = try PathWatch(loop: loop, path: scratch.path + "/port") {
      told += 1
      loop.stop()
    }
    for number in 0..<50 { try scratch.makeFile("other\(number)") }
    try scratch.makeFile("port")
    let deadline = loop.schedule(after: .seconds(20)) { loop.stop() }
    loop.run()
    loop.cancel(deadline)
    watch.close()
    #expect(told == 1)
  }

  @Test("a loop of links ends")
  func linkLoop() throws {
    symlink("b", scratch.path + "/a")
    symlink("a", scratch.path + "/b")
    let places = WatchedPlace.deciding(scratch.path + "/a", includingContents: false)
    #expect(places.count == PathWatch.links_max + 1)
  }

  @Test("after close nothing is told, also from within the report")
  func closing() throws {
    var told = 0
    var watch: PathWatch?
    watch = try PathWatch(loop: loop, path: scratch.path + "/port") {
      told += 1
      watch?.close()
      watch = nil
      unlink(scratch.path + "/port")
      _ = loop.schedule(after: .milliseconds(5)) { loop.stop() }
    }
    try scratch.makeFile("port")
    loop.run()
    #expect(told == 1)
    #expect(watch == nil)
  }
}
