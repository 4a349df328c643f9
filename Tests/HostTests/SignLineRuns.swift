import Branch
import Glibc
import LinuxIO
import NodeRuntime
import SignProtocols
import SignTraffic
import Testing

@Suite("A line of signs on a pseudo terminal")
struct SignLineRuns {
  /// Two signs that say nothing, 20 ms between frames, and the far end of their line.
  private final class Scene {
    let loop: EventLoop
    let terminal: PseudoTerminal
    var line: SignLine?
    private(set) var events: [SignLineEvent] = []
    /// With the time at which each chunk was seen.
    private(set) var arrived: [(bytes: [UInt8], at: UInt64)] = []

    init() throws {
      loop = try EventLoop()
      terminal = try PseudoTerminal()
      let boards = try [1, 2].map { address in
        let frame = try FrameDescription(
          head: [1], text: FrameText(places_max: 4, isPadded: false), tail: [7])
        return SignBoard(
          id: try #require(SignID("s\(address)")), signProtocol: .frame(frame), gap: Span(ms: 20))
      }
      line = SignLine(
        loop: loop, path: terminal.slavePath, settings: try SerialSettings(), boards: boards
      ) { [unowned self] in events.append($0) }
      try loop.register(terminal.master.raw, [.read]) { [unowned self] _ in
        var buffer = [UInt8](repeating: 0, count: 64)
        let result = buffer.withUnsafeMutableBytes {
          SystemCall.read(terminal.master.raw, into: $0)
        }
        guard case .bytes(let count) = result else { return }
        arrived.append((Array(buffer[..<count]), Clock.nanoseconds()))
        if arrived.count == wanted { loop.stop() }
      }
    }

    deinit { line?.close() }

    private var wanted = 0

    func run(until count: Int) {
      wanted = count
      if arrived.count < count { loop.run() }
    }

    var frames: [[UInt8]] { arrived.map(\.bytes) }
  }

  private let one = SignID("s1")!
  private let two = SignID("s2")!

  @Test("frames of both signs keep their silence, and of what waits the newest goes out")
  func silence() throws {
    let scene = try Scene()
    scene.line?.start()
    guard case .opened? = scene.events.first else {
      Issue.record("\(scene.events)")
      return
    }
    for text in ["A", "B", "C"] { #expect(scene.line?.show(SignPicture([text]), on: one) == true) }
    #expect(scene.line?.show(SignPicture(["D"]), on: two) == true)
    scene.run(until: 3)
    #expect(scene.frames == [[1, 0x41, 7], [1, 0x43, 7], [1, 0x44, 7]])
    for (frame, next) in zip(scene.arrived, scene.arrived.dropFirst()) {
      #expect(next.at - frame.at >= 20_000_000)
    }
  }

  @Test("a line that is closed or was never opened takes no picture")
  func closed() throws {
    let scene = try Scene()
    #expect(scene.line?.show(SignPicture(["A"]), on: one) == false)
    scene.line?.start()
    scene.line?.close()
    #expect(scene.line?.show(SignPicture(["A"]), on: one) == false)
    #expect(scene.frames == [])
  }
}
