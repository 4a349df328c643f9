import DeviceProfiles
import Testing

@testable import TerminalInput

@Suite("Keyboard layouts")
struct KeyboardLayoutTests {
  typealias Modifiers = KeyboardLayout.Modifiers
  typealias Sign = KeyboardLayout.Sign

  private static let mainKeys = KeyboardLayout.codes + [57]
  private static let keypad: [UInt16] = [
    82, 79, 80, 81, 75, 76, 77, 71, 72, 73, 83, 74, 78, 55, 98,
  ]
  private static let visible = (0x21...0x7E).compactMap { Unicode.Scalar(UInt32($0)) }

  private func oracle(_ layout: KeyboardLayout) throws -> XKBOracle {
    try XKBOracle(layout == .uk ? "gb" : layout.rawValue)
  }

  private func isVisibleASCII(_ sign: Sign?) -> Bool {
    guard case .character(let scalar)? = sign else { return false }
    return Self.visible.contains(scalar)
  }

  @Test("plain and shifted keys are those of XKB", arguments: KeyboardLayout.allCases)
  func plainAndShifted(layout: KeyboardLayout) throws {
    let oracle = try oracle(layout)
    for code in Self.mainKeys {
      for shift in [false, true] {
        let modifiers = Modifiers(shift: shift)
        // Keyboards of the USA do not have this key; XKB and Windows give it different signs.
        if layout == .us, code == 86 {
          #expect(layout.sign(code, modifiers) == nil)
          continue
        }
        #expect(layout.sign(code, modifiers) == oracle.sign(code, modifiers), "key \(code)")
      }
    }
  }

  @Test("with AltGr every sign of ASCII is that of XKB, and nothing else is invented")
  func altGr() throws {
    // In the layout of the USA the right Alt is an Alt and makes no characters.
    for layout in KeyboardLayout.allCases where layout != .us {
      let oracle = try oracle(layout)
      for code in Self.mainKeys where code != 57 {
        let modifiers = Modifiers(altGr: true)
        let sign = layout.sign(code, modifiers)
        let expected = oracle.sign(code, modifiers)
        if let sign { #expect(sign == expected, "\(layout) key \(code)") }
        guard isVisibleASCII(expected), sign == nil else { continue }
        // Of letters AltGr makes letters; all of them have keys of their own.
        guard case .character(let scalar)? = expected else { continue }
        #expect(scalar.properties.isAlphabetic, "\(layout) key \(code) lacks \(scalar)")
      }
    }
  }

  @Test("AltGr without a meaning gives nothing")
  func noAltGr() {
    for layout in KeyboardLayout.allCases {
      for code in Self.mainKeys {
        #expect(layout.sign(code, Modifiers(shift: true, altGr: true)) == nil)
        if layout == .us { #expect(layout.sign(code, Modifiers(altGr: true)) == nil) }
      }
    }
  }

  @Test("Caps Lock does what it does in XKB", arguments: KeyboardLayout.allCases)
  func capsLock(layout: KeyboardLayout) throws {
    let oracle = try oracle(layout)
    for code in Self.mainKeys where layout != .us || code != 86 {
      for shift in [false, true] {
        let modifiers = Modifiers(shift: shift, capsLock: true)
        let sign = layout.sign(code, modifiers)
        // XKB has a capital sharp s and takes the micro sign for a Greek letter.
        if let sign, [.character("ß"), .character("µ")].contains(sign) {
          #expect(layout.sign(code, Modifiers(shift: shift)) == sign)
          continue
        }
        #expect(sign == oracle.sign(code, modifiers), "key \(code) shift \(shift)")
      }
    }
  }

  @Test("the keypad is that of XKB, with Num Lock, without, and with Shift")
  func keypad() throws {
    for layout in KeyboardLayout.allCases {
      let oracle = try oracle(layout)
      for code in Self.keypad {
        for numLock in [false, true] {
          for shift in [false, true] {
            let modifiers = Modifiers(shift: shift, numLock: numLock)
            #expect(
              layout.sign(code, modifiers) == oracle.sign(code, modifiers),
              "\(layout) key \(code) \(modifiers)")
          }
        }
      }
    }
  }

  @Test("dead keys make of every character of ASCII what they make in XKB")
  func deadKeys() throws {
    let oracle = try oracle(.de)
    for dead in DeadKey.allCases {
      #expect(oracle.composed(dead, " ") == String(Character(dead.alone)), "\(dead) alone")
      for scalar in Self.visible {
        let marked = dead.on(scalar).map { String(Character($0)) }
        let composed = oracle.composed(dead, scalar)
        if let marked { #expect(marked == composed, "\(dead) \(scalar)") }
        // XKB composes letters of all alphabets of Unicode, and raises digits; keyboards of these
        // countries have the letters of Latin-1.
        guard let composed, marked == nil, scalar.properties.isAlphabetic else { continue }
        let isOfLatin1 = composed.utf16.count == 1 && composed.utf16.allSatisfy { $0 <= 0xFF }
        #expect(!isOfLatin1, "\(dead) lacks \(scalar)")
      }
    }
  }

  @Test(
    "every visible sign of ASCII can be typed in every layout", arguments: KeyboardLayout.allCases)
  func complete(layout: KeyboardLayout) {
    for scalar in Self.visible { #expect(Typist(layout).strokes(scalar) != nil, "\(scalar)") }
  }

  @Test("a scanner set to the USA before a Belgian keyboard types signs for digits")
  func belgianTrap() {
    var belgian = ScannerReader(ScannerSettings(layout: .be))
    var american = ScannerReader(ScannerSettings(layout: .us))
    let events = Typist(.us).events("001") + Typist.tap(28)
    #expect(events.flatMap { belgian.feed($0, at: .init(ms: 0)) }.scanned == ["àà&"])
    #expect(events.flatMap { american.feed($0, at: .init(ms: 0)) }.scanned == ["001"])
  }
}

extension [ScannerReader.Outcome] {
  var scanned: [String] { compactMap { if case .scanned(let text) = $0 { text } else { nil } } }
  var faults: [ScanFault] {
    compactMap { if case .dropped(let fault, _) = $0 { fault } else { nil } }
  }
}
