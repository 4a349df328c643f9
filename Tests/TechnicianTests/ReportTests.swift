import Branch
import DeviceInventory
import DeviceProfiles
import Glibc
import JournalStore
import LinuxIO
import Technician
import Testing

@Suite("The lines of a check")
struct CheckLineTests {
  private let problem = Problem(
    code: "media-empty", what: "it cannot print", cause: "no paper", cure: "Put in a roll.")

  @Test("a part that is fine, and one that is not, are told apart by the first word")
  func words() {
    let fine = CheckLine(.printer, "front", fine: "ready")
    #expect(fine.line(nameWidth: 5) == "ok    printer        front  ready")
    let wrong = CheckLine(.printer, "front", about: "tm", wrong: problem)
    #expect(
      wrong.line(nameWidth: 5)
        == "FAIL  printer        front  tm: it cannot print: no paper [media-empty]. "
        + "Put in a roll.")
  }

  @Test("the verdict counts what is wrong")
  func verdict() {
    let fine = CheckLine(.zone, fine: "Europe/Berlin")
    #expect(CheckLine.report([fine, fine]).last == "all 2 checks are fine")
    let wrong = CheckLine(.sign, "s", wrong: problem)
    #expect(CheckLine.report([fine, wrong]).last == "1 of 2 checks found a problem")
  }

  @Test("what a device calls itself cannot make lines of its own")
  func controls() {
    let line = CheckLine(.sign, "s", fine: "a\nok  b\u{1B}[2J\u{9B}").line()
    let controls: [ClosedRange<UInt32>] = [0...0x1F, 0x7F...0x9F]
    #expect(
      line.unicodeScalars.allSatisfy { scalar in !controls.contains { $0 ~= scalar.value } })
  }
}

@Suite("What a running node said of its devices")
struct NodeReportTests {
  private func fact(_ kind: FactKind, _ device: String? = nil, _ reason: String? = nil) -> Fact {
    var fact = Fact(kind, at: WallTime(ms: 0))
    fact.device = device
    fact.reason = reason
    return fact
  }

  @Test("the last word counts, and only of this start")
  func lastWord() {
    var report = NodeReport()
    report.note(fact(.deviceFound, "old"))
    report.note(fact(.nodeStarted))
    report.note(fact(.deviceFound, "front"))
    report.note(fact(.deviceCondition, "front", "cover-open,offline"))
    report.note(fact(.deviceFound, "back"))
    report.note(fact(.deviceCondition, "back", "media-empty"))
    report.note(fact(.deviceCondition, "back", "none"))
    report.note(fact(.deviceLost, "sign", "device-lost"))
    #expect(
      report.devices == [
        "front": .conditions([.coverOpen, .offline]), "back": .well,
        "sign": .lost(reason: "device-lost"),
      ])
  }

  @Test("paper left on a roll is counted on from the last word of it")
  func paper() throws {
    var report = NodeReport()
    func take(_ seq: Seq, _ line: String) throws {
      let payload = Array(line.utf8)
      let kind: DurableRecord.Kind = seq == 0 ? .local : .fact
      report.note(DurableRecord(kind, seq: seq, payload: payload))
    }
    try take(0, "ROLL printer=front left_mm=1000 lengths=100")
    #expect(report.ticketsLeft == ["front": 10])
    let job = "ticket=A001 service=cash day=2026-11-22"
    try take(1, "ticket-issued at=1 \(job)")
    try take(2, "ticket-sending at=1 \(job) job=1 printer=front bytes=9 paper_mm=100")
    try take(3, "ticket-printed at=1 \(job) job=1 printer=front")
    #expect(report.ticketsLeft == ["front": 9])
  }
}

@Suite("Zone and journal of a box")
struct BoxTests {
  @Test("a zone that the box has is fine, another is not")
  func zone() {
    #expect(BoxCheck.zone("Europe/Berlin").isFine)
    #expect(BoxCheck.zone("Atlantis/Capital").problem?.code == "no-time-zone")
    // A file that is no zone.
    #expect(BoxCheck.zone("passwd", directory: "/etc").problem?.code == "no-time-zone")
    #expect(BoxCheck.zone("Europe").problem?.cause.hasSuffix("Europe is no time zone") == true)
    let none = BoxCheck.zone("Europe/Berlin", directory: "/nowhere").problem
    #expect(none?.cause == "it knows none: there is no /nowhere")
    #expect(none?.cure.contains("tzdata") == true)
  }

  @Test("who writes to a journal is read from the kernel's list of locks")
  func use() throws {
    var template = Array("/tmp/kioskd-use-XXXXXX".utf8CString)
    let directory = try #require(mkdtemp(&template).map { String(cString: $0) })
    defer {
      for name in ["lock", "locks"] { unlink(directory + "/" + name) }
      rmdir(directory)
    }
    #expect(JournalUse.of(directory: directory) == .free)
    try #require(mknod(directory + "/lock", S_IFREG | 0o600, 0) == 0)
    var status = stat()
    stat(directory + "/lock", &status)
    func locks(_ text: String) throws -> JournalUse {
      let file = try SystemCall.open(
        directory + "/locks", O_WRONLY | O_CREAT | O_TRUNC, mode: 0o600)
      var text = text
      text.withUTF8 { _ = SystemCall.write(file.raw, UnsafeRawBufferPointer($0)) }
      return JournalUse.of(directory: directory, locks: directory + "/locks")
    }
    let inode = status.st_ino
    #expect(try locks("1: FLOCK  ADVISORY  WRITE 812 fe:00:\(inode) 0 EOF\n") == .heldBy(pid: 812))
    #expect(try locks("1: FLOCK  ADVISORY  WRITE 812 fe:00:\(inode)1 0 EOF\n") == .free)
    #expect(try locks("1: POSIX  ADVISORY  WRITE 812 fe:00:\(inode) 0 EOF\n") == .free)
    #expect(try locks("nonsense\n1:\n") == .free)
  }
}

@Suite("Lines of keys and bytes")
struct SmallTextTests {
  @Test("a press has its time, names and action in columns")
  func press() {
    let at = LocalTime(WallTime(ms: 50_709_123), zoneOffsetSeconds: 0)
    let known = KeyLine(
      at: at, device: "keypad-1", stroke: .press(28),
      meaning: KeyMeaning(key: "enter", action: "next"))
    #expect(
      known.text == "14:05:09.123  keypad-1        28  KEY_ENTER         enter       next")
    let unknown = KeyLine(
      at: at, device: "keypad-1", stroke: .press(700), meaning: KeyMeaning(key: nil, action: nil))
    #expect(unknown.text.split(separator: " ").suffix(2) == ["-", "-"])
    #expect(
      known.text.count - "next".count == KeyLine.heading(withCharacters: false).count
        - "action".count)
  }

  @Test("bytes are shown sixteen a line, in hexadecimal and as text")
  func dump() {
    #expect(hexDump([]) == [])
    let row = Array("A012".utf8) + [0x00, 0xFF]
    #expect(hexDump(row) == ["41 30 31 32 00 ff                                A012.."])
    #expect(hexDump(Array(repeating: 0x41, count: 17)).count == 2)
  }
}
