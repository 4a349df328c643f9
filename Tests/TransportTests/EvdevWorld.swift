import Branch
import EvdevTerminal
import TerminalInput
import Glibc
import LinuxIO
import Testing

/// A directory with FIFOs in place of event nodes and a tree like sysfs beside it. Faults it may
/// inject: nodes that come, go and are replaced under any number, garbage and torn records. What a
/// FIFO cannot show (grab, key state, ENODEV) belongs to the hardware lab.
final class EvdevWorld {
  let loop: EventLoop
  let root: String
  let roots: InputRoots
  var events: [TerminalEvent] = []
  private(set) var terminal: EvdevTerminal?
  private var writers: [String: CInt] = [:]

  init() throws {
    loop = try EventLoop()
    var template = Array("/tmp/kioskd-evdev-XXXXXX".utf8CString)
    root = try #require(mkdtemp(&template).map { String(cString: $0) })
    roots = InputRoots(devices: root + "/input", sysfs: root + "/class")
    for directory in ["/input", "/input/by-id", "/class", "/usb"] { mkdir(root + directory, 0o700) }
  }

  deinit {
    terminal?.close()
    for writer in writers.values { close(writer) }
    removeTree(root)
  }

  @discardableResult
  func start(
    _ selector: TerminalSelector, wanted: Set<UInt16> = [],
    rules: TerminalRules = TerminalRules(debounce: .milliseconds(20))
  ) -> EvdevTerminal {
    let terminal = EvdevTerminal(
      loop: loop, selector: selector, wanted: wanted, rules: rules, roots: roots
    ) { [unowned self] in events.append($0) }
    self.terminal = terminal
    terminal.start()
    return terminal
  }

  /// Makes an event node with its sysfs entry. `keys` is the bitmap as sysfs writes it.
  func plug(
    _ node: String, port: String, serial: String, keys: String = "ffffffffffffffff",
    function: String = "1.0"
  ) throws {
    let usb = root + "/usb/" + port
    let input = usb + "/" + port + ":" + function
    for directory in [usb, input, input + "/capabilities", root + "/class/" + node] {
      mkdir(directory, 0o700)
    }
    for (name, text) in [("idVendor", "04d9"), ("idProduct", "1203"), ("serial", serial)] {
      try write(text + "\n", to: usb + "/" + name)
    }
    try write("Keypad\n", to: input + "/name")
    try write("\n", to: input + "/uniq")
    try write("usb-0000:00:14.0-\(port)/input0\n", to: input + "/phys")
    try write(keys + "\n", to: input + "/capabilities/key")
    try #require(symlink(input, root + "/class/" + node + "/device") == 0)
    try makeFIFO("/input/" + node)
  }

  func unplug(_ node: String) throws {
    unlink(root + "/class/" + node + "/device")
    rmdir(root + "/class/" + node)
    try #require(unlink(root + "/input/" + node) == 0)
    if let writer = writers.removeValue(forKey: "/input/" + node) { close(writer) }
  }

  func makeFIFO(_ name: String) throws {
    try #require(mkfifo(root + name, 0o600) == 0)
  }

  /// Writes to a FIFO as one more writer, which stays until `endWriter`.
  func send(_ bytes: [UInt8], to name: String) throws {
    if writers[name] == nil {
      let raw = open(root + name, O_WRONLY | O_NONBLOCK | O_CLOEXEC)
      try #require(raw >= 0, "nobody reads \(name)")
      writers[name] = raw
    }
    let writer = try #require(writers[name])
    try #require(Glibc.write(writer, bytes, bytes.count) == bytes.count)
  }

  func endWriter(_ name: String) {
    if let writer = writers.removeValue(forKey: name) { close(writer) }
  }

  func write(_ text: String, to path: String) throws { try write(Array(text.utf8), to: path) }

  func write(_ bytes: [UInt8], to path: String) throws {
    let file = try SystemCall.open(path, O_CREAT | O_WRONLY | O_TRUNC, mode: 0o600)
    try #require(Glibc.write(file.raw, bytes, bytes.count) == bytes.count)
  }

  /// Runs the loop until the condition holds; fails the test at the deadline.
  func run(
    _ what: String, location: SourceLocation = #_sourceLocation, until condition: () -> Bool
  ) {
    let end = Clock.monotonic() + .seconds(30)
    while !condition() {
      guard Clock.monotonic() < end else {
        Issue.record("waited in vain: \(what); events: \(events)", sourceLocation: location)
        return
      }
      let timer = loop.schedule(after: .milliseconds(5)) { [loop] in loop.stop() }
      loop.run()
      loop.cancel(timer)
    }
  }

  var pressed: [UInt16] {
    events.compactMap { if case .pressed(let press) = $0 { press.code } else { nil } }
  }
  var opened: [String] {
    events.compactMap { if case .opened(let identity, _) = $0 { identity } else { nil } }
  }
  var problems: [Problem] {
    events.compactMap { if case .lost(let problem) = $0 { problem } else { nil } }
  }
  var notes: [String] {
    events.compactMap { if case .note(let text) = $0 { text } else { nil } }
  }
}

private func removeTree(_ directory: String) {
  for name in SmallFile.entries(directory) {
    let path = directory + "/" + name
    if unlink(path) != 0 { removeTree(path) }
  }
  rmdir(directory)
}
