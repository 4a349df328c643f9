import Branch
import Configuration
import DeviceProfiles
import Foundation
import TerminalInput
import Testing

@Suite("Scanners, by the real programs")
struct RunScanners {
  private let branch: RunBranch
  private let desk: RunDesk

  init() throws {
    branch = try RunBranch()
    try branch.startHub()
    desk = try branch.desk()
  }

  /// - Parameter timeout_ms: of both scanners.
  private func start(timeout_ms: Int) throws -> (american: RunTerminal, german: RunTerminal) {
    let node = desk.node
    let american = try RunTerminal(path: node.directory + "/american")
    let german = try RunTerminal(path: node.directory + "/german")
    let terminals = try #require(node.configuration["terminals"])
    node.configuration["terminals"] =
      terminals.dropLast() + """
        , {"id": "american", "profile": "hid-scanner", "printers": ["front"],
           "device": {"path": "\(american.path)"},
           "scanner": {"timeoutMs": \(timeout_ms)}},
          {"id": "german", "profile": "hid-scanner", "printers": ["front"],
           "device": {"path": "\(german.path)"},
           "scanner": {"layout": "de", "timeoutMs": \(timeout_ms)}}]
        """
    try desk.start()
    try branch.wait("numbers are there") { branch.facts(.numbersLeased).count >= 4 }
    return (american, german)
  }

  private func book(_ code: String) throws {
    let peer = try BadPeer(port: branch.hubPort)
    let now = Int64(Date().timeIntervalSince1970 * 1000)
    peer.send(line: "BOOK branch=hall code=\(code) service=cash at=\(now)")
    try branch.wait("\(code) is booked") {
      peer.pump()
      return peer.lines.contains { $0.hasPrefix("OK") }
    }
  }

  /// Records of the keys with these names; those behind `^` with Shift.
  private func records(_ names: String) throws -> [UInt8] {
    try names.split(separator: " ").flatMap { name -> [UInt8] in
      let isShifted = name.hasPrefix("^")
      let text = "KEY_" + name.drop { $0 == "^" }
      let key = inputEventBytes(code: try #require(LinuxKeys.code(of: text)))
      guard isShifted else { return key }
      return inputEventBytes(code: 42, value: 1) + key + inputEventBytes(code: 42, value: 0)
    }
  }

  private func codes(_ kind: FactKind) -> Set<String> {
    Set(branch.facts(kind).compactMap { $0.fact.more["code"] })
  }

  @Test("codes of two scanners with other keyboards, read at once, give a ticket each")
  func tickets() throws {
    let (american, german) = try start(timeout_ms: 5000)
    try book("K7-Y2")
    try book("Z7-K1")
    // On a German keyboard Z is where the American Y is, and the hyphen where the slash is.
    let one = try records("^K 7 MINUS ^Y 2 ENTER")
    let other = try records("^Y 7 SLASH ^K 1 ENTER")
    for place in 0..<max(one.count, other.count) {
      if place < one.count { american.write([one[place]]) }
      if place < other.count { german.write([other[place]]) }
    }
    try branch.wait("both tickets are out") { branch.facts(.ticketPrinted).count == 2 }
    #expect(codes(.ticketIssued) == ["K7-Y2", "Z7-K1"])
    #expect(desk.printer.tickets.count == 2)
    try branch.waitUntilSettled(desk.node)
    branch.expectOnce(of: desk.node)
  }

  @Test("a half code and a foreign one give a refusal each, the whole one its ticket")
  func halfCode() throws {
    let (american, _) = try start(timeout_ms: 300)
    try book("K7-Y2")
    american.write(try records("^K 7 MINUS"))
    try branch.wait("it is dropped") {
      desk.node.log.contains("a code of 3 characters is dropped: it broke off")
    }
    try branch.wait("its customer is told") { branch.facts(.pressRefused).count == 1 }
    american.write(try records("^K 7 MINUS ^Y 2 ENTER"))
    try branch.wait("the ticket is out") { branch.facts(.ticketPrinted).count == 1 }
    american.write(try records("^X 1 ENTER"))
    try branch.wait("it is refused") { branch.facts(.pressRefused).count == 2 }
    for refusal in branch.facts(.pressRefused) {
      #expect(refusal.fact.reason == "unknown-code" && refusal.fact.terminal?.text == "american")
    }
    #expect(codes(.ticketIssued) == ["K7-Y2"])
    try branch.waitUntilSettled(desk.node)
    branch.expectOnce(of: desk.node)
  }

  @Test("a PIN on the keys of a box that has a scanner as well logs on, and is no code")
  func pinBesideScanner() throws {
    let recipe = PINHash.Recipe(rounds: 2, salt: [1, 2, 3, 4, 5, 6, 7, 8])
    let node = desk.node
    node.configuration["clerks"] = """
      [{"id": "anna", "pin": "\(recipe.hash(of: [3, 4, 5, 6]))"}]
      """
    let keypad = try RunTerminal(path: node.directory + "/desk")
    let terminals = try #require(node.configuration["terminals"])
    node.configuration["terminals"] =
      terminals.dropLast() + """
        , {"id": "desk", "profile": "counter-keypad", "printers": ["front"], "counter": "1",
           "device": {"path": "\(keypad.path)"}, "scanner": {"suffix": "tab"}, "lockoutMs": 60000,
           "keys": {"next": "log-on"}}]
        """
    try desk.start()
    // A second between two keys, by their stamps.
    let pin = ["KPENTER", "KP3", "KP4", "KP5", "KP6", "KPENTER"]
    for (second, name) in pin.enumerated() {
      let code = try #require(LinuxKeys.code(of: "KEY_" + name))
      let time = InputTime(seconds: 1000 + Int64(second), microseconds: 0)
      keypad.write(inputEventBytes(code: code, at: time))
    }
    try branch.wait("she is logged on") { !branch.facts(.clerkLoggedOn).isEmpty }
    keypad.write(try records("^K TAB"))
    try branch.wait("a code is refused") { !branch.facts(.pressRefused).isEmpty }
    #expect(codes(.pressRefused) == ["K"])
    #expect(!node.log.contains("3456"))
  }
}
