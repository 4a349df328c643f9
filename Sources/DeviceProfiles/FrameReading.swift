import Branch
import PositionedJSON
import SignProtocols

/// A part of a frame as a profile's layout lists it.
enum FrameElement: Hashable {
  case bytes([UInt8])
  case address, text, checksum, line
}

/// What a profile says about a checksum; its place comes from the layout.
struct FrameSum {
  let kind: FrameChecksum.Kind
  let form: FrameChecksum.Form
  let order: FrameChecksum.Order
  let crc: CRC16
  let firstElement: Int
}

/// What a profile says about all that is sent and awaited besides texts.
struct FrameWords {
  let before: [FrameWord]
  let clear: FrameWord?
  let beep: FrameWord?
  let latch: FrameWord?
  let answer: FrameAnswer?
}

extension FrameDescription {
  static let elements_max = 32
  static let literal_bytes_max = 32

  /// The frame with the address that is used when the configuration gives none, and the silence
  /// after it. nil, and something reported, when a sign could not make anything of it.
  /// - Parameter columns: places of a text without a width.
  static func read(_ field: JSONField, columns: Int?) -> (frame: FrameDescription, gap: Span)? {
    let before = field.findings.count
    return field.object { reader in
      let layoutField = reader.required("layout", example: "[\"STX\", \"{text}\", \"ETX\"]")
      let layout = layoutField.map(readLayout) ?? []
      let address = reader.optional("address").flatMap(readAddress)
      let checksum = reader.optional("checksum")?.object { readChecksum($0, layout) }
      let text = reader.required("text", example: "{\"width\": 8}")?
        .object { readText($0, columns: columns) }
      let lines = reader.optional("lines").flatMap(readLines)
      let words = FrameWords(
        before: readBefore(reader.optional("before"), address?.bytes),
        clear: reader.optional("clear").flatMap { readWord($0, address?.bytes) },
        beep: reader.optional("beep").flatMap { readWord($0, address?.bytes) },
        latch: reader.optional("latch").flatMap { readWord($0, address?.bytes) },
        answer: reader.optional("answer")?.object(readAnswer))
      let gap = reader.known("gapMs")?.milliseconds(in: SignProfile.gap) ?? Span(ms: 0)
      demand(.address, described: reader.optional("address"), "address", reader, layout)
      demand(.checksum, described: reader.optional("checksum"), "checksum", reader, layout)
      demand(.line, described: reader.optional("lines"), "lines", reader, layout)
      guard field.findings.count == before, let layoutField, let text else { return nil }
      let frame = layoutField.usable { () throws(Problem) in
        try FrameDescription(layout, text, address, checksum, lines, words)
      }
      return frame.map { ($0, gap) }
    }
  }

  /// Head and tail from the elements before and after the text.
  private init(
    _ layout: [FrameElement], _ text: FrameText,
    _ address: (format: AddressFormat, bytes: [UInt8])?,
    _ checksum: FrameSum?, _ lines: [[UInt8]]?, _ words: FrameWords
  ) throws(Problem) {
    var head: [UInt8] = []
    var tail: [UInt8] = []
    var isBehindText = false
    var uncoveredBytes = 0
    var tailBytesBefore = 0
    var addressPlace = FrameAddress.Place.head(0)
    var linePlace = FrameAddress.Place.head(0)
    var here: FrameAddress.Place { isBehindText ? .tail(tail.count) : .head(head.count) }
    func add(_ bytes: [UInt8]) {
      if isBehindText { tail += bytes } else { head += bytes }
    }
    for (index, element) in layout.enumerated() {
      if index == checksum?.firstElement { uncoveredBytes = head.count }
      switch element {
      case .text: isBehindText = true
      case .checksum: tailBytesBefore = tail.count
      case .bytes(let bytes): add(bytes)
      case .address:
        addressPlace = here
        add(address?.bytes ?? [])
      case .line:
        linePlace = here
        add(lines?.first ?? [])
      }
    }
    let frameLines = lines.map { FrameLines(place: linePlace, values: $0) }
    try self.init(
      head: head, text: text, tail: tail,
      checksum: checksum.map {
        FrameChecksum(
          kind: $0.kind, form: $0.form, uncoveredBytes: uncoveredBytes,
          tailBytesBefore: tailBytesBefore, order: $0.order, crc: $0.crc)
      },
      address: address.map { FrameAddress(format: $0.format, place: addressPlace) },
      conversation: FrameConversation(
        before: words.before, clear: words.clear, beep: words.beep, latch: words.latch,
        lines: frameLines, answer: words.answer))
  }

  /// An element of the layout and its description must both be there, or neither.
  private static func demand(
    _ element: FrameElement, described: JSONField?, _ key: String, _ reader: ObjectReader,
    _ layout: [FrameElement]
  ) {
    let name = element == .line ? "line" : key
    if layout.contains(element), described == nil {
      reader.reportMissing(
        key, "the layout has an element {\(name)} that is not described",
        cure: "Add \"\(key)\": {…}, or remove it from the layout.")
    }
    if let described, !layout.isEmpty, !layout.contains(element) {
      described.report(
        code: "conflict", "the layout has no element {\(name)}",
        cure: "Add \"{\(name)}\" to the layout, or remove this.")
    }
  }
}

func isPrintableASCII(_ byte: UInt8) -> Bool { (0x20...0x7E).contains(byte) }
