import Branch
import QueueProtocol
import Testing

@Suite("Signs that answer, on a line of their own or shared", .timeLimit(.minutes(5)))
struct RunSignLines {
  /// On a line of its own; shows what the others should.
  private let witness: RunSign

  init() throws { witness = try RunSign() }

  /// A branch with signs on one line.
  private func start(_ line: RunModbusLine, _ branch: RunBranch, more: String = "") throws
    -> RunDesk
  {
    try branch.startHub()
    let desk = try branch.desk(with: [line, witness])
    let signs = line.signs.keys.sorted().map { unit in
      """
      {"id": "sign-\(unit)", "profile": "dm36-modbus", "port": "\(line.path)", "counter": "1",
       "idle": "FREE", "address": "\(unit)", "refreshSeconds": 1\(more)}
      """
    }
    let other = """
      {"id": "witness", "profile": "alpha-sign", "port": "\(witness.path)", "counter": "1"}
      """
    desk.node.configuration["signs"] = "[\((signs + [other]).joined(separator: ", "))]"
    try desk.start()
    return desk
  }

  /// A customer takes a ticket and is called.
  private func call(_ number: Int, _ desk: RunDesk, _ branch: RunBranch) throws {
    desk.kiosk.press(RunKey.button1)
    try branch.wait("ticket \(number)") { branch.facts(.ticketPrinted).count == number }
    desk.keypad.press(RunKey.next)
    try branch.wait("call \(number)") { witness.text == "A00\(number)" }
  }

  private func reasons(_ desk: RunDesk, _ device: String) -> [String] {
    desk.node.facts().filter { $0.kind == .deviceLost && $0.device == device }
      .compactMap(\.reason)
  }

  private func returns(_ desk: RunDesk, _ device: String) -> Int {
    desk.node.facts().count { $0.kind == .deviceFound && $0.device == device }
  }

  @Test("a call stands on a Modbus sign that is not ours, and again when its power was gone")
  func shown() throws {
    let branch = try RunBranch()
    let line = try RunModbusLine(units: [1])
    let desk = try start(line, branch)
    try branch.wait("the idle text") { try line.sign(1).text == "FREE  " }
    try call(1, desk, branch)
    try branch.wait("the call") { try line.sign(1).text == "A001  " }
    try line.powerCycle(1)
    try branch.wait("the call again") { try line.sign(1).text == "A001  " }
    try branch.wait("it is told") { desk.node.log.contains("[sign-lapsed]") }
    #expect(reasons(desk, "sign-1") == [])
  }

  @Test("a sign that lies is told once, and told when it is honest again")
  func lying() throws {
    let branch = try RunBranch()
    let line = try RunModbusLine(units: [1])
    let desk = try start(line, branch)
    try branch.wait("the idle text") { try line.sign(1).text == "FREE  " }
    try line.sign(1).lies = true
    try call(1, desk, branch)
    try branch.wait("it is told") { reasons(desk, "sign-1") == ["sign-differs"] }
    try branch.wait("the difference") {
      desk.node.log.contains("register 0 was written 65 and holds 64")
    }
    try call(2, desk, branch)
    try line.sign(1).lies = false
    try branch.wait("the newest call") { try line.sign(1).text == "A002  " }
    try branch.wait("it is told") { returns(desk, "sign-1") == 2 }
    #expect(reasons(desk, "sign-1") == ["sign-differs"])
  }

  @Test("a sign that is silent is told, and shows the newest call when it is back")
  func silent() throws {
    let branch = try RunBranch()
    let line = try RunModbusLine(units: [1])
    try line.sign(1).isDead = true
    let desk = try start(line, branch)
    try branch.wait("it is told") { reasons(desk, "sign-1") == ["sign-silent"] }
    try call(1, desk, branch)
    try call(2, desk, branch)
    try line.sign(1).isDead = false
    try branch.wait("the newest call") { try line.sign(1).text == "A002  " }
    try branch.wait("it is told") { returns(desk, "sign-1") == 2 }
  }

  @Test("of two signs on one line a dead one does not keep the other from showing each call")
  func dead() throws {
    let branch = try RunBranch()
    let line = try RunModbusLine(units: [1, 2])
    let desk = try start(line, branch)
    try branch.wait("both") {
      try line.sign(1).text == "FREE  " && line.sign(2).text == "FREE  "
    }
    try line.sign(1).isDead = true
    for number in 1...3 {
      try call(number, desk, branch)
      try branch.wait("call \(number)") { try line.sign(2).text == "A00\(number)  " }
    }
    try branch.wait("it is told") { reasons(desk, "sign-1") == ["sign-silent"] }
    try line.sign(1).isDead = false
    try branch.wait("the newest call") { try line.sign(1).text == "A003  " }
    #expect(reasons(desk, "sign-2") == [])
  }

  @Test(
    "calls stand on a Modbus sign behind an adapter that hears itself, however it is set up",
    arguments: [true, false])
  func hearingItself(isSet: Bool) throws {
    let branch = try RunBranch()
    let line = try RunModbusLine(units: [1])
    line.echoes = true
    let more = isSet ? #", "rs485": {"hearsItself": true}"# : ""
    let desk = try start(line, branch, more: more)
    try branch.wait("the idle text") { try line.sign(1).text == "FREE  " }
    try call(1, desk, branch)
    try branch.wait("the call") { try line.sign(1).text == "A001  " }
    try call(2, desk, branch)
    try branch.wait("the second call") { try line.sign(1).text == "A002  " }
    #expect(reasons(desk, "sign-1") == [])
    #expect(desk.node.log.contains("[line-hears-itself]") == !isSet)
    #expect(!desk.node.log.contains("[line-deaf]"))
  }

  @Test("a sign behind an adapter that is wrongly said to hear itself shows its calls")
  func deafAdapter() throws {
    let branch = try RunBranch()
    let line = try RunModbusLine(units: [1])
    let desk = try start(line, branch, more: #", "rs485": {"hearsItself": true}"#)
    try call(1, desk, branch)
    try branch.wait("the call") { try line.sign(1).text == "A001  " }
    try branch.wait("it is told") { desk.node.log.contains("[line-deaf]") }
    #expect(reasons(desk, "sign-1") == [])
  }
}
