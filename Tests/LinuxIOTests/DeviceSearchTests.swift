import Branch
import Glibc
import Testing

@testable import LinuxIO

@Suite("The search for a device")
final class DeviceSearchTests {
  let scratch: Scratch
  let loop: EventLoop
  var attempts = 0
  var told: [String] = []
  private weak var current: DeviceSearch?
  /// What the next attempts give; the last one stays.
  var script: [DeviceAttempt] = []

  init() throws {
    scratch = try Scratch()
    loop = try EventLoop()
  }

  private var path: String { scratch.path + "/device" }

  private func problem(_ code: String) -> Problem {
    Problem(code: code, what: "", cause: "", cure: "")
  }

  private func search(staysAfterFound: Bool = false, _ onAttempt: @escaping () -> Void = {})
    -> DeviceSearch
  {
    DeviceSearch(
      loop: loop, path: path, subsystem: "none", staysAfterFound: staysAfterFound,
      attempt: { [unowned self] in
        attempts += 1
        onAttempt()
        return script.count > 1 ? script.removeFirst() : script[0]
      },
      tell: { [unowned self] in told.append($0.code) })
  }

  private func run(for span: Span) {
    let timer = loop.schedule(after: span) { [loop] in loop.stop() }
    loop.run()
    loop.cancel(timer)
  }

  /// Ends the loop when the attempt of that number was made.
  private func stop(at number: Int) -> () -> Void {
    { [unowned self] in if attempts == number { loop.stop() } }
  }

  @Test("a device that is there is found at the first look")
  func found() {
    script = [.found]
    let search = search()
    search.start()
    #expect(attempts == 1)
    #expect(!search.isRunning)
    #expect(told.isEmpty)
  }

  @Test("an absent device is looked for when its path appears, and only then")
  func absent() throws {
    script = [.needsChange(problem("device-absent"))]
    let search = search(stop(at: 2))
    search.start()
    run(for: .milliseconds(700))
    #expect(attempts == 1)
    try scratch.makeFile("device")
    run(for: .seconds(20))
    #expect(attempts == 2)
    #expect(told == ["device-absent"])
    search.stop()
  }

  @Test("what passes by itself is tried again with growing pauses")
  func pauses() {
    script = [.needsTime(problem("device-busy"))]
    let search = search()
    search.start()
    // Looks at 0, 250 and 750 ms; a slow machine makes fewer.
    run(for: .milliseconds(1_200))
    #expect((2...3).contains(attempts))
    #expect(told == ["device-busy"])
    search.stop()
  }

  @Test("a device that opens and fails at once is not hammered")
  func flapping() {
    script = [.found]
    let search = search { [unowned self] in
      _ = loop.schedule(after: Span(ms: 0)) { [unowned self] in
        current?.resume(after: problem("device-absent"))
      }
    }
    current = search
    search.start()
    run(for: .milliseconds(1_200))
    search.stop()
    #expect((2...3).contains(attempts))
  }

  @Test("a burst of changes makes few looks")
  func burst() throws {
    script = [.needsChange(problem("access-denied"))]
    let search = search()
    search.start()
    try scratch.makeFile("device")
    let start = Clock.monotonic()
    change(path, times: 400)
    loop.run()
    let lasted_ms = (Clock.monotonic() - start).ms
    search.stop()
    #expect(attempts > 2)
    #expect(attempts <= 2 + Int(lasted_ms / DeviceSearch.lookGap_min.ms))
    #expect(told == ["access-denied"])
  }

  /// Changes the mode of a file every millisecond, then ends the loop.
  private func change(_ path: String, times: Int) {
    chmod(path, times % 2 == 0 ? 0o600 : 0o660)
    guard times > 0 else { return loop.stop() }
    _ = loop.schedule(after: Span(ms: 1)) { [unowned self] in change(path, times: times - 1) }
  }

  @Test("each reason is told once")
  func reasons() throws {
    script = [
      .needsChange(problem("device-absent")), .needsTime(problem("device-busy")),
      .needsTime(problem("device-busy")), .needsChange(problem("device-absent")), .found,
    ]
    let search = search(stop(at: 5))
    search.start()
    try scratch.makeFile("device")
    touch(path, while: search)
    run(for: .seconds(20))
    #expect(told == ["device-absent", "device-busy", "device-absent"])
    #expect(!search.isRunning)
  }

  /// Changes the mode of a file now and then, until the search ends.
  private func touch(_ path: String, while search: DeviceSearch) {
    chmod(path, 0o600)
    guard search.isRunning else { return }
    _ = loop.schedule(after: Span(ms: 60)) { [unowned self] in touch(path, while: search) }
  }

  @Test("a node that udev opens up in a moment is no complaint")
  func settling() throws {
    script = [
      .needsChange(problem("device-absent")), .needsChange(problem("access-denied")), .found,
    ]
    let search = search { [unowned self] in
      if attempts == 2 { chmod(path, 0o660) }
      if attempts == 3 { loop.stop() }
    }
    search.start()
    try scratch.makeFile("device")
    run(for: .seconds(20))
    #expect(attempts == 3)
    #expect(told == ["device-absent"])
  }

  @Test("a node that stays closed is told")
  func closed() throws {
    script = [
      .needsChange(problem("device-absent")), .needsChange(problem("access-denied")),
    ]
    let search = search(stop(at: 3))
    search.start()
    try scratch.makeFile("device")
    run(for: .seconds(20))
    search.stop()
    #expect(told == ["device-absent", "access-denied"])
  }

  @Test("an owner of several nodes goes on looking at every change")
  func stays() throws {
    script = [.found]
    let search = search(staysAfterFound: true, stop(at: 2))
    search.start()
    #expect(search.isRunning)
    try scratch.makeFile("device")
    run(for: .seconds(20))
    #expect(attempts == 2)
    search.stop()
  }
}

@Suite("Problems with devices")
struct DeviceProblemTests {
  @Test("a missing path says what to do")
  func absent() {
    let problem = DeviceProblems.opening("/dev/none", SystemError("open", errno: ENOENT))
    #expect(problem.code == "device-absent")
    #expect(problem.cure.contains("kioskd devices"))
  }

  @Test(
    "a path that leads to no device is corrected, not unplugged",
    arguments: [
      EISDIR, ELOOP, ENAMETOOLONG,
    ])
  func wrongPath(_ errno: CInt) {
    let problem = DeviceProblems.opening("/dev/none", SystemError("open", errno: errno))
    #expect(problem.code == "device-path")
    #expect(problem.cure.contains("kioskd devices") && !problem.cure.contains("nplug"))
  }

  @Test("a closed node says what gives access, whoever closed it")
  func denied() {
    func problem(group: String, mode: UInt32, isAllowed: Bool = false) -> Problem {
      DeviceProblems.refused(
        "/dev/ttyUSB0",
        NodeAccess(
          path: "/dev/ttyUSB0", mode: mode, owner: "root", group: group, user: "kioskd",
          isAllowed: isAllowed, isListedInGroup: false), user: "kioskd")
    }
    #expect(problem(group: "dialout", mode: 0o660).cure.contains("usermod -aG dialout kioskd"))
    #expect(problem(group: "root", mode: 0o600).cure.contains("udev rules"))
    #expect(problem(group: "dialout", mode: 0o660, isAllowed: true).cure.contains("DeviceAllow="))
    let hidden = DeviceProblems.refused("/dev/x/y", nil, user: "kioskd")
    #expect(hidden.cause.contains("directory"))
    let refused = SystemError("open", errno: EACCES)
    #expect(DeviceProblems.opening("/dev/null", refused).code == "access-denied")
  }
}
