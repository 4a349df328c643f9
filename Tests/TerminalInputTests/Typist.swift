import Branch
import DeviceProfiles

@testable import TerminalInput

/// Types text as a scanner does: with the keys of a layout, found by trying all of them.
struct Typist {
  typealias Stroke = (code: UInt16, modifiers: KeyboardLayout.Modifiers)
  private let layout: KeyboardLayout
  private let found: [Unicode.Scalar: [Stroke]]

  init(_ layout: KeyboardLayout) {
    self.layout = layout
    var found: [Unicode.Scalar: [Stroke]] = [:]
    func note(_ scalar: Unicode.Scalar, _ strokes: [Stroke]) {
      if found[scalar].map({ $0.count > strokes.count }) ?? true { found[scalar] = strokes }
    }
    for code in KeyboardLayout.codes + [57] {
      for (shift, altGr) in [(false, false), (true, false), (false, true)] {
        let modifiers = KeyboardLayout.Modifiers(shift: shift, altGr: altGr)
        switch layout.sign(code, modifiers) {
        case .character(let scalar)?: note(scalar, [(code, modifiers)])
        case .dead(let dead)?:
          note(dead.alone, [(code, modifiers), (57, KeyboardLayout.Modifiers())])
        case nil: break
        }
      }
    }
    self.found = found
  }

  func strokes(_ scalar: Unicode.Scalar) -> [Stroke]? { found[scalar] }

  /// Events of the whole text, each key with its report, modifiers first as hid-input has them.
  /// - Parameter at: time of the character with this number.
  func events(_ text: String, at time: (Int) -> InputTime = { _ in .zero }) -> [InputEvent] {
    text.unicodeScalars.enumerated().flatMap { index, scalar in
      (found[scalar] ?? []).flatMap { code, modifiers in
        let held: [UInt16] = (modifiers.shift ? [42] : []) + (modifiers.altGr ? [100] : [])
        return Self.keys(held + [code], 1, at: time(index))
          + Self.keys(held + [code], 0, at: time(index))
      }
    }
  }

  static func tap(_ code: UInt16, at time: InputTime = .zero) -> [InputEvent] {
    keys([code], 1, at: time) + keys([code], 0, at: time)
  }

  private static func keys(_ codes: [UInt16], _ value: Int32, at time: InputTime) -> [InputEvent] {
    codes.map { InputEvent.key($0, value, at: time) } + [.report(at: time)]
  }
}
