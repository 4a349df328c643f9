import Branch
import QueueProtocol
import TestSeeds
import Testing

@Suite("A bad line has one exact error")
struct MalformedTests {
  private func error(ofNode line: String) -> ProtocolError? {
    do throws(ProtocolError) {
      _ = try NodeMessage(parsing: line.utf8)
      return nil
    } catch { return error }
  }

  private func error(ofHub line: String) -> ProtocolError? {
    do throws(ProtocolError) {
      _ = try HubMessage(parsing: line.utf8)
      return nil
    } catch { return error }
  }

  @Test(
    "that breaks the grammar",
    arguments: [
      "", " ", "hello node=me", "Hello", "HELLO1", "H\u{e9}LLO", "ABCDEFGHIJKLMNOPQ",
      "HELLO node=", "HELLO node=\"me", "HELLO node=\"me\"x", "HELLO node=me node=you",
      "HELLO node==me", "HELLO node=a\"b", "HELLO node=a\\b", "HELLO node=me word",
      "HELLO\tnode=me", "HELLO node=me\u{7f}", "HELLO node=me\u{0}", "PING \"a\\q\"",
      "PING \"a\\", "PING \"\\x1\"", "PING \"\\xg0\"", "PING \"\\x+1\"", "PING \"\\x-0\"",
      "PING \"\\x41\"", "PING \"\\x80\"", "PING \"a\u{1}\"", "PING =x", "PING A=x",
      "PING a-b=x", "PING abcdefghijklmnopqrstuvwxyz0123456789=x", "FACT", "FACT 1", "FACT 1 a b",
      "ACK", "ACK 1 2",
    ])
  func syntax(line: String) { #expect(error(ofNode: line) == .syntax) }

  @Test(
    "whose verb is not known",
    arguments: ["NXT counter=1", "WELCOME hub=x", "OK", "CMD 1 clear counter=1", "-", "NO-"])
  func unknownVerb(line: String) { #expect(error(ofNode: line) == .unknownVerb) }

  @Test(
    "that lacks a field",
    arguments: [
      "HELLO", "HELLO branch=x", "SERVICE id=a", "SERVICE prefix=A", "COUNTER id=1",
      "COUNTER services=a", "LEASE service=a", "LEASE day=2026-11-22", "NEXT", "RECALL id=3",
      "FACT 1 node-started", "FACT 1 ticket-issued at=1 ticket=A001 service=a",
      "FACT 1 ticket-voided at=1 ticket=A001 day=2026-11-22", "FACT 1 rating-given at=1",
      "FACT 1 visit-called at=1 ticket=A001 day=2026-11-22",
    ])
  func missingField(line: String) { #expect(error(ofNode: line) == .missingField) }

  @Test(
    "with a value out of its form or range",
    arguments: [
      "HELLO node=a/b", "HELLO node=\"\"", "HELLO node=abcdefghijklmnopqrstuvwxyz0123456",
      "HELLO node=a epoch=-1", "HELLO node=a epoch=+1", "HELLO node=a epoch=1.5",
      "HELLO node=a next=0", "HELLO node=a next=4503599627370497",
      "HELLO node=a commands=4503599627370497", "HELLO node=a next=18446744073709551616",
      "HELLO node=a now=253402300800000", "HELLO node=a now=-1", "HELLO node=a branch=\"a b\"",
      "SERVICE id=a prefix=a", "SERVICE id=a prefix=ABCD", "SERVICE id=a prefix=A first=0",
      "SERVICE id=a prefix=A first=5 last=4", "SERVICE id=a prefix=A last=10000",
      "COUNTER id=1 services=a,,b", "COUNTER id=1 services=\"\"", "COUNTER id=1 services=a/b",
      "LEASE service=a day=2026-02-29", "LEASE service=a day=26-1-1",
      "LEASE service=a day=2026-11-22 count=0", "LEASE service=a day=2026-11-22 count=501",
      "LEASE service=a day=2026-11-22 reserve=maybe", "NEXT counter=1 by=soon",
      "NEXT counter=1 by=-5", "NEXT counter=\"a b\"", "NEXT counter=1 id=-0",
      "FACT 0 node-started at=1", "FACT x node-started at=1", "FACT 1 Node-Started at=1",
      "FACT -1 node-started at=1", "FACT 9007199254740992 node-started at=1",
      "FACT 1 abcdefghijklmnopqrstuvwxyz0123456 at=1", "FACT 1 x at=-9223372036854775808",
      "FACT 1 x at=9223372036854775807", "FACT 1 x at=253402300800000",
      "FACT 1 rating-given at=1 rating=0", "FACT 1 rating-given at=1 rating=6",
      "FACT 1 x at=1 ticket=A01", "FACT 1 x at=1 ticket=A0012", "FACT 1 x at=1 ticket=a001",
      "FACT 1 x at=1 ticket=A000", "FACT 1 x at=1 day=2026-13-01", "FACT 1 x at=1 waiting_ms=-1",
      "FACT 1 x at=1 node=b", "FACT 1 x at=1 seq=1", "FACT 1 x at=1 epoch=1",
      "FACT 1 x at=1 kind=b", "ACK x", "ACK -1", "ACK 9007199254740992",
    ])
  func badValue(line: String) { #expect(error(ofNode: line) == .badValue) }

  @Test(
    "that speaks another version", arguments: ["HELLO version=0 node=a"])
  func badVersion(line: String) { #expect(error(ofNode: line) == .badVersion) }

  @Test("a name or list that is too long to be kept is refused, not cut")
  func bounded() {
    let name = String(repeating: "n", count: 257)
    #expect(error(ofNode: "SERVICE id=a prefix=A name=\(name)") == .badValue)
    #expect(error(ofNode: "SERVICE id=a prefix=A name=\(name.dropLast())") == nil)
    let list = Array(repeating: "s", count: 65)
    #expect(error(ofNode: "COUNTER id=1 services=\(list.joined(separator: ","))") == .badValue)
    #expect(
      error(ofNode: "COUNTER id=1 services=\(list.dropLast().joined(separator: ","))") == nil)
  }

  @Test("more than 64 words and fields are refused")
  func parts() {
    let fields = (0..<65).map { "f\($0)=1" }
    #expect(error(ofNode: "PING " + fields.prefix(64).joined(separator: " ")) == nil)
    #expect(error(ofNode: "PING " + fields.joined(separator: " ")) == .syntax)
  }

  @Test(
    "of a hub",
    arguments: [
      ("WELCOME", .missingField), ("WELCOME hub=x version=2", .badVersion),
      ("WELCOME hub=x window=0", .badValue), ("WELCOME hub=x window=4097", .badValue),
      ("WELCOME hub=x heartbeat_ms=99", .badValue),
      ("WELCOME hub=x now=253402300800000", .badValue),
      ("WELCOME hub=x now=9223372036854775807", .badValue), ("WELCOME hub=x acked=-1", .badValue),
      ("CMD", .syntax), ("CMD 1", .syntax), ("CMD 0 clear counter=1", .badValue),
      ("CMD 9007199254740992 clear counter=1", .badValue),
      ("CMD x clear counter=1", .badValue), ("CMD 18446744073709551615 clear counter=1", .badValue),
      ("CMD 1 clear", .missingField), ("CMD 1 call counter=1", .missingField),
      ("CMD 1 call counter=1 ticket=1", .badValue), ("CMD 1 Dance", .badValue),
      ("CMD 1 call counter=1 ticket=A001 again=2", .badValue),
      ("CMD 1 lease service=a day=2026-11-22 first=1 last=2", .missingField),
      ("CMD 1 lease service=a prefix=A day=2026-11-22 first=3 last=2", .badValue),
      ("CMD 1 lease service=a prefix=A day=2026-11-22 first=0 last=2", .badValue),
      ("CMD 1 lease service=a prefix=A day=2026-11-22 first=1 last=10000", .badValue),
      ("CMD 1 lease service=a prefix=A day=2026-11-22 first=1 last=2 ahead=-1", .badValue),
      ("OK ticket=A1", .badValue), ("OK id=x", .badValue), ("ERROR", .missingField),
      ("ERROR code=gap id=x", .badValue), ("PONG now=x", .badValue), ("HELLO node=a", .unknownVerb),
      ("ACK", .syntax), ("ACK x", .badValue),
    ] as [(String, ProtocolError)])
  func hub(line: String, expected: ProtocolError) { #expect(error(ofHub: line) == expected) }

  @Test(
    "that is not UTF-8",
    arguments: [
      [0x80], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xE2, 0x80], [0xFF],
    ] as [[UInt8]])
  func notUTF8(bytes: [UInt8]) {
    for line in [bytes, Array("PING t=".utf8) + bytes, Array("PING \"".utf8) + bytes + [34]] {
      #expect(throws: ProtocolError.notUTF8) { try Line(parsing: line) }
    }
  }

  @Test("that is longer than a line may be", arguments: [4095, 4096, 4097])
  func tooLong(bytes: Int) {
    // 4,096 bytes with the line feed are 4,095 without it.
    let line = "PING t=" + String(repeating: "x", count: bytes - 1 - "PING t=".utf8.count)
    #expect(line.utf8.count + 1 == bytes)
    #expect(error(ofNode: line) == (bytes <= 4096 ? nil : .tooLong))
  }

  @Test("random bytes never trap", arguments: Seeds.some(20))
  func randomBytes(seed: UInt64) {
    var random = Seeded(seed)
    for _ in 0..<2000 {
      let count = Int.random(in: 0...60, using: &random)
      let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
      _ = try? NodeMessage(parsing: bytes)
      _ = try? HubMessage(parsing: bytes)
      _ = try? Fact(parsing: bytes)
    }
  }

  @Test("a good line with any byte changed never traps", arguments: Seeds.some(20))
  func mutations(seed: UInt64) {
    var samples = Samples(seed: seed)
    for _ in 0..<200 {
      let line = samples.bool() ? samples.nodeMessage().line : samples.hubMessage().line
      var bytes = line.encoded()
      for _ in 0..<samples.int(1...3) {
        let place = samples.int(0...bytes.count - 1)
        switch samples.int(0...2) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &samples.random)
        case 1: bytes.insert(UInt8.random(in: 32...126, using: &samples.random), at: place)
        default: if bytes.count > 1 { bytes.remove(at: place) }
        }
      }
      for line in bytes.split(separator: 10, omittingEmptySubsequences: false) {
        if let message = try? NodeMessage(parsing: line) {
          #expect((try? NodeMessage(parsing: message.line.encoded().dropLast())) == message)
        }
        if let message = try? HubMessage(parsing: line) {
          #expect((try? HubMessage(parsing: message.line.encoded().dropLast())) == message)
        }
      }
    }
  }

  @Test("every error has one word of its own and a cure")
  func words() {
    #expect(Set(ProtocolError.allCases.map(\.rawValue)).count == ProtocolError.allCases.count)
    for error in ProtocolError.allCases {
      #expect(error.rawValue.utf8.allSatisfy { isWordByte($0) }, "\(error.rawValue)")
      #expect(!error.cure.isEmpty)
    }
  }

  private func isWordByte(_ byte: UInt8) -> Bool {
    (97...122).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "-")
  }
}
