import SignProtocols

/// What people see on an Alpha sign: the last text of each file, the priority file before all.
struct SignFace {
  private var decoder = AlphaDecoder()
  private var files: [UInt8: String] = [:]
  /// Two hex digits; nil: it takes what is for anybody.
  private let address: String?
  /// What a sign would not have understood, in words.
  private(set) var faults: [String] = []

  /// The file that a sign shows when nothing else is programmed.
  private static let usualLabel = UInt8(ascii: "A")
  static let faults_max = 100

  init(address: String? = nil) { self.address = address }

  /// It saw the beginning of a frame and waits for the end: the next NUL would make it a torn one.
  var isWithinFrame: Bool {
    var probe = decoder
    let nul: UInt8 = 0
    return probe.feed([nul]).contains(.fault(.torn))
  }

  /// The text on the face; empty when dark.
  var text: String {
    if let priority = files[AlphaProtocol.priorityLabel], !priority.isEmpty { return priority }
    return files[Self.usualLabel] ?? ""
  }

  mutating func receive(_ bytes: [UInt8]) {
    for event in decoder.feed(bytes) {
      switch event {
      case .frame(let frame): if isMeant(by: frame) { obey(frame.command) }
      case .fault(let fault):
        if faults.count < Self.faults_max { faults.append("\(fault)") }
      }
    }
  }

  private func isMeant(by frame: AlphaFrame) -> Bool {
    let called = String(decoding: frame.address, as: UTF8.self)
    return address == nil || called == address || frame.address == AlphaSettings.everybody
  }

  private mutating func obey(_ command: AlphaCommand) {
    switch command {
    case .show(let label, _, _, let text):
      files[label] = text.split(separator: " ").joined(separator: " ")
    case .showParts(let label, _, _, let parts):
      let texts = parts.compactMap { if case .text(let text) = $0 { text } else { nil } }
      files[label] = texts.joined().split(separator: " ").joined(separator: " ")
    case .releasePriority: files[AlphaProtocol.priorityLabel] = ""
    case .string, .memory, .newAddress, .tone, .other: break
    }
  }
}
