import Branch
import Configuration
import SignProtocols

/// What a sign shows: reads the frames of its profile.
struct SignFace {
  private enum Reader {
    case alpha(AlphaDecoder)
    case frame(FrameDecoder)
    case modbus(ModbusDevice, ModbusText)
    case display(CustomerDisplayDecoder)
  }

  private var reader: Reader
  /// nil: dark, nothing was shown since it has power.
  private(set) var text: String?
  /// The sign lets its text blink by itself.
  private(set) var isFlashing = false
  /// Of the first letter; nil: the sign's own.
  private(set) var colour: SignPicture.Colour?
  /// How often it was heard.
  private(set) var tones = 0
  /// Bytes that were no frame, torn frames, wrong sums.
  private(set) var faults = 0

  init(_ sign: SignConfiguration) {
    switch sign.signProtocol {
    case .alpha: reader = .alpha(AlphaDecoder())
    case .frame(let description): reader = .frame(FrameDecoder(description))
    case .modbus(let settings):
      reader = .modbus(ModbusDevice(unit: settings.unit), settings.text)
    case .customerDisplay(let display): reader = .display(CustomerDisplayDecoder(display))
    }
  }

  /// Gives what the sign answers.
  mutating func receive(_ bytes: [UInt8]) -> [UInt8] {
    var answers: [UInt8] = []
    switch reader {
    case .alpha(var decoder):
      for event in decoder.feed(bytes) {
        switch event {
        case .frame(let frame):
          show(frame.command)
        case .fault: faults += 1
        }
      }
      reader = .alpha(decoder)
    case .frame(var decoder):
      let answer = decoder.description.conversation.answer
      for event in decoder.feed(bytes) {
        switch event {
        case .shown(let text):
          self.text = text
          answers += answer?.accepts ?? []
        case .line: answers += answer?.accepts ?? []
        case .word: break
        case .fault: faults += 1
        }
      }
      reader = .frame(decoder)
    case .modbus(var device, let form):
      let before = device.held
      answers = device.feed(bytes).flatMap { $0 }
      if device.held != before { text = form.shown(by: device) }
      faults = device.noise
      reader = .modbus(device, form)
    case .display(var decoder):
      for event in decoder.feed(bytes) {
        switch event {
        case .shown(let rows): text = rows.filter { !$0.isEmpty }.joined(separator: " ")
        case .brightness, .initialised: break
        case .fault: faults += 1
        }
      }
      reader = .display(decoder)
    }
    return answers
  }

  private mutating func show(_ command: AlphaCommand) {
    switch command {
    case .show(_, _, let mode, let text):
      (self.text, colour) = (text, nil)
      isFlashing = mode == AlphaMode.flash.byte
    case .showParts(_, _, let mode, let parts):
      text = parts.compactMap { if case .text(let text) = $0 { text } else { nil } }.joined()
      isFlashing = mode == .flash
      colour =
        parts.lazy.compactMap { part in
          if case .colour(let colour) = part {
            SignPicture.Colour(rawValue: colour.rawValue)
          } else {
            nil
          }
        }.first
    case .tone: tones += 1
    default: break
    }
  }
}
