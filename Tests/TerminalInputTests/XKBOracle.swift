import DeviceProfiles
import Glibc
import TerminalInput

/// libxkbcommon with the layouts of xkeyboard-config: what the desktop of a Linux box would read
/// from the same keys. Nothing of it is in the product.
final class XKBOracle {
  struct Missing: Error, CustomStringConvertible {
    let description: String
  }

  private typealias Pointer = OpaquePointer
  private typealias UpdateMask =
    @convention(c) (Pointer, UInt32, UInt32, UInt32, UInt32, UInt32, UInt32) -> UInt32

  private let library: UnsafeMutableRawPointer
  private let context: Pointer
  private let state: Pointer
  private let keymap: Pointer
  private let compose: Pointer
  private let update: UpdateMask
  private let characterOf: @convention(c) (Pointer, UInt32) -> UInt32
  private let symbolOf: @convention(c) (Pointer, UInt32) -> UInt32
  private let modifierIndex: @convention(c) (Pointer, UnsafePointer<CChar>) -> UInt32
  private let composeReset: @convention(c) (Pointer) -> Void
  private let composeFeed: @convention(c) (Pointer, UInt32) -> CInt
  private let composeStatus: @convention(c) (Pointer) -> CInt
  private let composeText: @convention(c) (Pointer, UnsafeMutablePointer<CChar>, Int) -> CInt

  /// - Parameter layout: as XKB names it.
  init(_ layout: String) throws {
    guard let library = dlopen("libxkbcommon.so.0", RTLD_NOW) else {
      throw Missing(description: "libxkbcommon.so.0 is needed: Tests/run installs it")
    }
    func function<Function>(_ name: String, _: Function.Type) throws -> Function {
      guard let symbol = dlsym(library, name) else { throw Missing(description: name) }
      return unsafeBitCast(symbol, to: Function.self)
    }
    func existing(_ pointer: Pointer?, _ what: String) throws -> Pointer {
      guard let pointer else { throw Missing(description: what) }
      return pointer
    }
    typealias FromContext = @convention(c) (Pointer, UnsafePointer<CChar>, CInt) -> Pointer?
    typealias FromNames = @convention(c) (Pointer, UnsafeRawPointer, CInt) -> Pointer?
    self.library = library
    context = try existing(
      function("xkb_context_new", (@convention(c) (CInt) -> Pointer?).self)(0), "a context")
    let newKeymap = try function("xkb_keymap_new_from_names", FromNames.self)
    keymap = try layout.withCString { [context] text in
      // struct xkb_rule_names: rules, model, layout, variant, options.
      let names: [UnsafePointer<CChar>?] = [nil, nil, text, nil, nil]
      return try existing(newKeymap(context, names, 0), "xkb-data with \(layout)")
    }
    state = try existing(
      function("xkb_state_new", (@convention(c) (Pointer) -> Pointer?).self)(keymap), "a state")
    let table = try existing(
      function("xkb_compose_table_new_from_locale", FromContext.self)(context, "en_US.UTF-8", 0),
      "libx11-data with its Compose file")
    compose = try existing(
      function("xkb_compose_state_new", (@convention(c) (Pointer, CInt) -> Pointer?).self)(
        table, 0), "a compose state")
    update = try function("xkb_state_update_mask", UpdateMask.self)
    characterOf = try function(
      "xkb_state_key_get_utf32", (@convention(c) (Pointer, UInt32) -> UInt32).self)
    symbolOf = try function(
      "xkb_state_key_get_one_sym", (@convention(c) (Pointer, UInt32) -> UInt32).self)
    modifierIndex = try function(
      "xkb_keymap_mod_get_index",
      (@convention(c) (Pointer, UnsafePointer<CChar>) -> UInt32).self)
    composeReset = try function(
      "xkb_compose_state_reset", (@convention(c) (Pointer) -> Void).self)
    composeFeed = try function(
      "xkb_compose_state_feed", (@convention(c) (Pointer, UInt32) -> CInt).self)
    composeStatus = try function(
      "xkb_compose_state_get_status", (@convention(c) (Pointer) -> CInt).self)
    composeText = try function(
      "xkb_compose_state_get_utf8",
      (@convention(c) (Pointer, UnsafeMutablePointer<CChar>, Int) -> CInt).self)
  }

  private func hold(_ modifiers: KeyboardLayout.Modifiers) {
    func bit(_ name: String) -> UInt32 { 1 << modifierIndex(keymap, name) }
    var held: UInt32 = 0
    var locked: UInt32 = 0
    if modifiers.shift { held |= bit("Shift") }
    if modifiers.altGr { held |= bit("Mod5") }
    if modifiers.capsLock { locked |= bit("Lock") }
    if modifiers.numLock { locked |= bit("Mod2") }
    _ = update(state, held, 0, locked, 0, 0, 0)
  }

  /// nil: neither a visible character nor a dead key that is known here.
  func sign(_ code: UInt16, _ modifiers: KeyboardLayout.Modifiers) -> KeyboardLayout.Sign? {
    hold(modifiers)
    // Codes of X are those of evdev and 8.
    let symbol = symbolOf(state, UInt32(code) + 8)
    if let dead = Self.deadSymbols[symbol] { return .dead(dead) }
    let value = characterOf(state, UInt32(code) + 8)
    guard value >= 0x20, value != 0x7F else { return nil }
    return Unicode.Scalar(value).map { .character($0) }
  }

  /// What a dead key and the character after it become; nil: XKB makes nothing of them.
  func composed(_ dead: DeadKey, _ next: Unicode.Scalar) -> String? {
    guard let symbol = Self.deadSymbols.first(where: { $0.value == dead })?.key else { return nil }
    composeReset(compose)
    _ = composeFeed(compose, symbol)
    // Keysyms of Latin-1 are its characters (keysymdef.h).
    _ = composeFeed(compose, next.value)
    // XKB_COMPOSE_COMPOSED
    guard composeStatus(compose) == 2 else { return nil }
    var buffer = [CChar](repeating: 0, count: 64)
    let count = composeText(compose, &buffer, buffer.count)
    return String(decoding: buffer.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// XKB_KEY_dead_grave 0xFE50 and so on (xkbcommon-keysyms.h).
  private static let deadSymbols: [UInt32: DeadKey] = [
    0xFE50: .grave, 0xFE51: .acute, 0xFE52: .circumflex, 0xFE53: .tilde, 0xFE57: .diaeresis,
    0xFE5B: .cedilla,
  ]
}
