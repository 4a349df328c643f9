import Branch
import Configuration
import DeviceProfiles
import Testing

@Suite("Ratings, reasons and clerks in a file")
struct FeedbackFormTests {
  static let feedback = """
    {"questions": [{"id": "courtesy"}, {"id": "speed", "text": "QUICK?"}], "correctSeconds": 5,
     "nextSeconds": 7, "reasonSeconds": 9, "reasonUpTo": 5, "reasonText": "WHY?", "thanks": "!"}
    """
  static let pin =
    "pbkdf2-sha256:1:00112233445566778899aabbccddeeff:"
    + "fdef661be5e77098d6a0ecc0348d609deba2b9354279c40eb1c1d1075b592309"

  private func read(_ changes: (String, String)...) throws -> (NodeConfiguration?, [String]) {
    var text = baseText
    for (old, new) in changes {
      #expect(text.contains(old))
      text = text.replacing(old, with: new)
    }
    let (node, diagnostics) = try readNode(text)
    return (node, diagnostics.map { "\($0.code) \($0.field)" })
  }

  private let smile = "{\"path\": \"/run/s\"}, \"counter\": \"1\""
  private let clerks = (
    "\"devices\":", "\"clerks\": [{\"id\": \"anna\", \"pin\": \"\(pin)\"}], \"devices\":"
  )

  @Test("a terminal says what it asks, and how long")
  func whole() throws {
    let (node, mistakes) = try read((smile, smile + ", \"feedback\": \(Self.feedback)"))
    #expect(mistakes == [])
    let feedback = try #require(node?.terminal(TerminalID("smile")!)?.feedback)
    #expect(feedback.questions.map(\.id.text) == ["courtesy", "speed"])
    #expect(feedback.questions.map(\.text) == ["", "QUICK?"])
    #expect(feedback.correct == .seconds(5) && feedback.next == .seconds(7))
    #expect(feedback.reason == .seconds(9) && feedback.reasonUpTo == 5)
    #expect(feedback.reasonText == "WHY?" && feedback.thanks == "!")
  }

  @Test("a key says its question, its reason and its counter")
  func keys() throws {
    let (node, mistakes) = try read(
      (
        smile,
        smile + """
          , "keys": {"smiley1": {"rate": 1, "reason": "noise"}, "smiley2": {"reason": "rude"},
            "smiley3": {"rate": 3, "question": "speed", "counter": "2"},
            "smiley4": {"press": "next", "counter": "2"}, "smiley5": {"digit": 5},
            "smiley1:long": "log-on", "smiley2:long": "log-off"}
          """
      ), clerks)
    #expect(mistakes == [])
    let smile = try #require(node?.terminal(TerminalID("smile")!))
    #expect(smile.action(code: 2)?.action == .rate(1, reason: ReasonID("noise")))
    #expect(smile.action(code: 3)?.action == .reason(ReasonID("rude")!))
    let two = CounterID("2")!
    #expect(smile.action(code: 4)?.action == .at(two, .rate(3, question: QuestionID("speed"))))
    #expect(smile.action(code: 5)?.action == .at(two, .next))
    #expect(smile.action(code: 6)?.action == .digit(5))
    #expect(smile.strokes[.long(2)] == .logOn && smile.strokes[.long(3)] == .logOff)
    #expect(node?.clerks.map(\.id) == [ClerkID("anna")!])
  }

  @Test("a PIN is typed on the keys with digits on them, or on those that are called digits")
  func pinKeys() throws {
    let (node, mistakes) = try read(
      (
        "{\"byId\": \"usb-pad\"}",
        """
        {"byId": "usb-pad"}, "keys": {"next:long": "log-on", "digit3": {"digit": 8}}
        """
      ), clerks)
    #expect(mistakes == [])
    let keys = try #require(node?.terminal(TerminalID("pad")!)).pinKeys
    // KEY_KP1, KEY_2 and KEY_KP0 mean recall, no-show and end; KEY_KP3 was given another digit.
    #expect(keys.digits[79] == 1 && keys.digits[3] == 2 && keys.digits[82] == 0)
    #expect(keys.digits[81] == 8 && keys.digits.count == 20)
    #expect(keys.enter == [28, 96])
  }

  @Test("a box between counters needs none of its own where each key names one")
  func noCounter() throws {
    let keys = (1...5).map { "\"smiley\($0)\": {\"rate\": \($0), \"counter\": \"2\"}" }
      .joined(separator: ", ")
    let (_, mistakes) = try read((smile, "{\"path\": \"/run/s\"}, \"keys\": {\(keys)}"))
    #expect(mistakes == [])
  }

  @Test(
    "one mistake is told once",
    arguments: [
      ("\"feedback\": {\"correctSeconds\": 121}", "range terminals[2].feedback.correctSeconds"),
      ("\"feedback\": {\"nextSeconds\": 0}", "range terminals[2].feedback.nextSeconds"),
      ("\"feedback\": {\"reasonUpTo\": 6}", "range terminals[2].feedback.reasonUpTo"),
      (
        "\"feedback\": {\"questions\": [{\"id\": \"a\"}, {\"id\": \"a\"}]}",
        "doubled-id terminals[2].feedback.questions[1]"
      ),
      ("\"feedback\": {\"question\": []}", "unknown-key terminals[2].feedback.question"),
      (
        "\"keys\": {\"smiley1\": {\"rate\": 1, \"counter\": \"7\"}}",
        "unknown-counter terminals[2].keys.smiley1.counter"
      ),
      (
        "\"keys\": {\"smiley1\": {\"press\": \"nxt\"}}", "action terminals[2].keys.smiley1.press"
      ),
      (
        "\"keys\": {\"smiley1\": {\"reason\": \"x\", \"digit\": 1}}",
        "conflict terminals[2].keys.smiley1.reason"
      ),
      ("\"keys\": {\"smiley1\": {\"digit\": 1}}", "no-log-on terminals[2]"),
      ("\"keys\": {\"smiley1\": \"log-on\"}", "no-clerks terminals[2].keys.smiley1"),
    ])
  func mistakes(more: String, mistake: String) throws {
    #expect(try read((smile, smile + ", " + more)).1 == [mistake])
  }

  @Test(
    "a PIN that no key ends is a mistake",
    arguments: [
      ("\"KEY_9\": {\"key\": \"nine\"}", "nine", ["no-log-on terminals[2]"]),
      ("\"KEY_9\": {\"key\": \"nine\"}", "nine:long", []),
      ("\"KEY_9\": {\"key\": \"nine\"}, \"KEY_ENTER\": {\"key\": \"enter\"}", "nine", []),
      ("\"KEY_9\": {\"key\": \"nine\"}, \"KEY_F1\": {\"key\": \"nine\"}", "nine", []),
      ("\"KEY_F1\": {\"key\": \"f\"}, \"KEY_9\": {\"key\": \"nine\"}", "f", []),
    ])
  func pinEnds(keys: String, logOn: String, expected: [String]) throws {
    var library = try Shipped.library.get()
    let profile = """
      {"kind": "terminal", "name": "Box", "keys": {\(keys)}, "sources": {"*": "here"}}
      """
    #expect(library.add(fileName: "box.json", bytes: Array(profile.utf8)).isEmpty)
    let text = baseText.replacing(
      "\"smiley-5\", \"device\": \(smile)",
      with: "\"box\", \"device\": \(smile), \"keys\": {\"\(logOn)\": \"log-on\"}"
    ).replacing(clerks.0, with: clerks.1)
    let (_, diagnostics) = NodeConfiguration.read(
      file: "k.json", bytes: Array(text.utf8), profiles: library)
    #expect(diagnostics.map { "\($0.code) \($0.field)" } == expected)
  }

  @Test("a reason needs a rating")
  func reasonAlone() throws {
    let keys = (1...5).map { "\"smiley\($0)\": {\"reason\": \"r\"}" }.joined(separator: ", ")
    #expect(
      try read((smile, smile + ", \"keys\": {\(keys)}")).1 == ["reason-alone terminals[2]"])
  }

  @Test("a counter that needs a clerk needs clerks")
  func needsClerk() throws {
    let needing = (
      "\"services\": [\"info\"]}]", "\"services\": [\"info\"], \"needsClerk\": true}]"
    )
    #expect(try read(needing).1 == ["no-clerks counters[1].needsClerk"])
    let (node, mistakes) = try read(needing, clerks)
    #expect(mistakes == [])
    #expect(node?.counters.map(\.needsClerk) == [false, true])
  }

  @Test("a counter that needs a clerk needs a key to log on, where keys call at it")
  func needsLogOn() throws {
    let needing = (
      "\"services\": [\"info\"]}]", "\"services\": [\"info\"], \"needsClerk\": true}]"
    )
    func calling(_ more: String) -> (String, String) {
      (smile, smile + ", \"keys\": {\"smiley1\": {\"press\": \"next\", \"counter\": \"2\"}\(more)}")
    }
    #expect(try read(needing, clerks, calling("")).1 == ["no-log-on counters[1].needsClerk"])
    for key in ["\"press\": \"log-on\"", "\"press\": \"log-off\""] {
      let more = ", \"smiley2\": {\(key), \"counter\": \"2\"}"
      let isEnough = key.contains("on\"")
      #expect(
        try read(needing, clerks, calling(more)).1
          == (isEnough ? [] : ["no-log-on counters[1].needsClerk"]))
    }
    // A terminal with a mistake may have the key.
    #expect(
      try read(needing, clerks, calling(", \"smiley2\": \"log\"")).1
        == ["action terminals[2].keys.smiley2"])
  }

  @Test("what is no hash of a PIN is not repeated in the message")
  func noHash() throws {
    let text = baseText.replacing(
      "\"devices\":", with: "\"clerks\": [{\"id\": \"anna\", \"pin\": \"1234\"}], \"devices\":")
    let diagnostics = try readNode(text).diagnostics
    #expect(diagnostics.map(\.code) == ["pin"])
    #expect(diagnostics.allSatisfy { !$0.description.contains("1234") })
  }

  @Test("two clerks with one PIN, and with five salts, are told")
  func doubledPIN() throws {
    func clerks(_ pins: [String]) -> (String, String) {
      let list = pins.enumerated().map { "{\"id\": \"c\($0)\", \"pin\": \"\($1)\"}" }
      return ("\"devices\":", "\"clerks\": [\(list.joined(separator: ","))], \"devices\":")
    }
    #expect(try read(clerks([Self.pin, Self.pin])).1 == ["doubled-pin clerks"])
    let salts = (0..<5).map { number in
      let salt = [UInt8](repeating: UInt8(number), count: 8)
      return PINHash.Recipe(rounds: 1, salt: salt).hash(of: [1, 2, 3, 4]).description
    }
    #expect(try read(clerks(salts)).1 == ["pin-recipes clerks"])
    #expect(try read(clerks(Array(salts.dropLast()))).1 == [])
  }
}

@Suite("The hash of a PIN")
struct PINHashTests {
  private func hash(_ rounds: Int, _ salt: String, _ pin: String) -> String? {
    let recipe = PINHash.Recipe(rounds: rounds, salt: Array(salt.utf8))
    return PINHash.digits(pin).map { recipe.hash(of: $0).description }
  }

  /// Python: hashlib.pbkdf2_hmac('sha256', pin, salt, rounds).hex()
  @Test(
    "is PBKDF2 with SHA-256",
    arguments: [
      (1, "saltsalt", "1234", "727a1da383ce6331e8c135540d059487e8c10d8ba833bccfb2739d41fef880df"),
      (2, "saltsalt", "1234", "3db3583045e5fd0723b21ef70d4b8acb0575954a578505d5224231d578f4a0e7"),
      (
        1000, "saltsalt", "123456789012",
        "6742776046ae60032c0a2350e65c382d28e4127539709efe4e9e644738a31290"
      ),
      (
        3, "a salt of thirty-two whole bytes", "0000",
        "2480b349c90463abb9aee50fa70c7533abffac47a4bd17fa928e7f89f773cb4f"
      ),
    ])
  func values(rounds: Int, salt: String, pin: String, hex: String) {
    #expect(hash(rounds, salt, pin)?.hasSuffix(":" + hex) == true)
  }

  @Test("is read as it is written, and nothing else is")
  func form() throws {
    let text = try #require(hash(7, "saltsalt", "98765"))
    #expect(PINHash(text)?.description == text)
    for (old, new) in [
      ("sha256", "sha1"), (":7:", ":0:"), (":7:", ":100001:"), (":7:", ":x:"), (":7:", ":7:7:"),
      ("73616c74", ""), ("73616c74", "7"), ("73616c74", "zz616c74"),
      (String(text.suffix(2)), ""),
    ] {
      #expect(PINHash(text.replacing(old, with: new)) == nil, "\(old) \(new)")
    }
  }

  @Test("is of 4 to 12 digits")
  func digits() {
    #expect(PINHash.digits("0123") == [0, 1, 2, 3])
    for text in ["123", "1234567890123", "12a4", "１２３４", "", "-123", "12 34"] {
      #expect(PINHash.digits(text) == nil, "\(text)")
    }
  }
}
