import Branch
import Glibc
import LinuxIO
import PrinterEmulator
import Testing

@Suite("Printers and terminals behind plain paths")
struct RunPathPrinters {
  private func start(
    _ printer: String, _ branch: RunBranch, createsFile: Bool = false
  ) throws -> (RunNode, RunTerminal) {
    try branch.startHub()
    let node = try branch.add(RunNode("hall-1", in: branch, hub: ["127.0.0.1:\(branch.hubPort)"]))
    node.printer(printer, profile: "generic-80mm", createsFile: createsFile)
    let kiosk = try node.terminals().kiosk
    try node.start()
    try branch.wait("numbers are there") { branch.facts(.numbersLeased).count >= 4 }
    return (node, kiosk)
  }

  /// Prints on an emulated printer of the profile; it may not find any fault.
  private func paper(_ bytes: [UInt8]) -> [PrintedTicket] {
    var printer = EmulatedPrinter(
      EmulatedModel(width_px: 512, hasNativeQR: false, hasProcessID: false))
    printer.receive(bytes)
    #expect(printer.faults.isEmpty)
    return printer.takeTickets()
  }

  @Test("a file gets every ticket once, one behind the other, and none counts as confirmed")
  func file() throws {
    let branch = try RunBranch()
    let path = branch.directory.path + "/tickets.bin"
    let (node, kiosk) = try start(path, branch, createsFile: true)
    for count in 1...3 {
      kiosk.press(RunKey.button1)
      try branch.wait("ticket \(count)") { branch.facts(.ticketUnconfirmed).count == count }
    }
    let tickets = paper(try #require(SmallFile.bytes(path)))
    #expect(tickets.map(\.largeTexts) == [["A001"], ["A002"], ["A003"]])
    #expect(tickets.allSatisfy { $0.cut == .partial && !$0.rasters.isEmpty })
    #expect(branch.facts(.ticketPrinted).isEmpty)
    try branch.waitUntilSettled(node)
    branch.expectOnce(of: node)
  }

  @Test("a FIFO that nobody reads is a printer that is not there: presses are refused")
  func fifoWithoutReader() throws {
    let branch = try RunBranch()
    let path = branch.directory.path + "/printer"
    try SystemCall.check("mkfifo", mkfifo(path, 0o600))
    let (_, kiosk) = try start(path, branch)
    kiosk.press(RunKey.button1)
    try branch.wait("refused") { branch.facts(.pressRefused).count == 1 }
    #expect(branch.facts(.pressRefused).first?.fact.reason == "offline")
    #expect(branch.facts(.ticketIssued).isEmpty, "no number is used up")
    let reader = try FIFOReader(path)
    try branch.wait("the reader is seen") {
      branch.facts(.deviceFound).contains { $0.fact.device == "front" }
    }
    kiosk.press(RunKey.button1)
    var bytes: [UInt8] = []
    try branch.wait("a ticket") {
      bytes += reader.read()
      return branch.facts(.ticketUnconfirmed).count == 1
    }
    #expect(paper(bytes + reader.read()).map(\.largeTexts) == [["A001"]])
  }

  @Test("a reader that goes away in mid-ticket: unconfirmed, and the next ticket is whole")
  func readerGoes() throws {
    let branch = try RunBranch()
    let path = branch.directory.path + "/printer"
    try SystemCall.check("mkfifo", mkfifo(path, 0o600))
    // One page: less than a ticket with a drawn QR symbol.
    var reader: FIFOReader? = try FIFOReader(path, room_bytes: 4096)
    let (_, kiosk) = try start(path, branch)
    kiosk.press(RunKey.button1)
    try branch.wait("the FIFO is full") { reader?.unread_bytes == 4096 }
    let first = try #require(reader?.read(limit_bytes: 2000))
    reader = nil
    try branch.wait("its end") { branch.facts(.ticketUnconfirmed).count == 1 }
    #expect(branch.facts(.ticketUnconfirmed).first?.fact.reason == "device-lost")
    #expect(branch.facts(.ticketFailed).isEmpty)
    let next = try FIFOReader(path)
    try branch.wait("the next reader is seen") {
      branch.facts(.deviceFound).count { $0.fact.device == "front" } == 2
    }
    kiosk.press(RunKey.button1)
    var bytes: [UInt8] = []
    try branch.wait("the next ticket") {
      bytes += next.read()
      return branch.facts(.ticketUnconfirmed).count == 2
    }
    bytes += next.read()
    // The same printer: what was cut off first, then the next ticket behind its zeros.
    var printer = EmulatedPrinter(
      EmulatedModel(width_px: 512, hasNativeQR: false, hasProcessID: false))
    printer.receive(first)
    printer.receive(bytes)
    let texts = printer.takeTickets().flatMap(\.largeTexts)
    #expect(texts.last == "A002" && texts.count { $0 == "A002" } == 1, "\(texts)")
  }

  @Test("a file of recorded events is read once, as a terminal")
  func capture() throws {
    let branch = try RunBranch()
    try branch.startHub()
    let node = try branch.add(RunNode("hall-1", in: branch, hub: ["127.0.0.1:\(branch.hubPort)"]))
    let printer = try RunPrinter()
    node.devices = [printer]
    node.printer(printer.path)
    let path = branch.directory.path + "/capture.bin"
    node.configuration["terminals"] = """
      [{"id": "kiosk", "profile": "kiosk-4-button", "device": {"path": "\(path)"},
        "keys": {"button1": {"ticket": "cash"}, "button2": {"ticket": "advice"}},
        "printers": ["front"]}]
      """
    try Recording(path).presses([RunKey.button1, RunKey.button2, RunKey.button1])
    try node.start()
    try branch.wait("its three presses are answered") {
      branch.facts(.ticketPrinted).count == 3
    }
    #expect(Set(printer.numbers) == ["A001", "A002", "B001"])
    #expect(node.log.contains("grab skipped") && node.log.contains("read to its end"))
  }
}

/// A program that reads what a printer behind a FIFO gets.
private final class FIFOReader {
  /// F_SETPIPE_SZ (linux/fcntl.h).
  private static let setPipeSize: CInt = 1031
  private let raw: CInt

  /// - Parameter room_bytes: what the FIFO holds, for less than the usual 64 KiB.
  init(_ path: String, room_bytes: CInt? = nil) throws {
    raw = try SystemCall.open(path, O_RDONLY | O_NONBLOCK).release()
    if let room_bytes {
      let room = fcntl(raw, Self.setPipeSize, room_bytes)
      try #require(room == room_bytes)
    }
  }

  deinit { close(raw) }

  var unread_bytes: Int {
    var count: CInt = 0
    return ioctl(raw, UInt(FIONREAD), &count) == 0 ? Int(count) : 0
  }

  func read(limit_bytes: Int = .max) -> [UInt8] {
    var all: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: min(65_536, limit_bytes))
    while all.count < limit_bytes,
      case .bytes(let count) = buffer.withUnsafeMutableBytes({ SystemCall.read(raw, into: $0) })
    {
      all += buffer[..<count]
    }
    return all
  }
}
