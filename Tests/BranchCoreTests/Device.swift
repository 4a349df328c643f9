import Branch
import PrinterEmulator

/// A printer behind a transport that does as told. Faults: it may be unplugged at any byte, with
/// `lost` before or after `stopped`; take only some bytes; answer nothing; answer garbage.
struct Device {
  var paper = EmulatedPrinter(.tmT88V)
  /// In its place where it is there.
  var star: EmulatedStarPrinter?
  var isPlugged = false
  /// Bytes of the next jobs that it takes before it stalls; nil: all.
  var takes: Int?
  var isMute = false
  /// GET_PORT_STATUS is answered by the USB part even while the printer is mute.
  var answersPort = true
  /// Job in the transport, with its bytes and how many were accepted.
  private(set) var job: (id: UInt64, bytes: [UInt8], accepted: Int)?
  private(set) var jobsGot: [UInt64] = []
  private(set) var bytesGot: [UInt8] = []

  static let gone = Problem(
    code: "device-lost", what: "printer", cause: "it was unplugged", cure: "Plug it in.")
  static let told = Problem(
    code: "cancelled", what: "printer", cause: "the job was cancelled", cure: "None needed.")

  mutating func write(_ id: UInt64, _ bytes: [UInt8]) -> [PrinterPortEvent] {
    precondition(job == nil, "a transport takes one job at a time")
    jobsGot.append(id)
    guard isPlugged else { return [.stopped(job: id, accepted: 0, Self.gone)] }
    job = (id, bytes, 0)
    return go()
  }

  /// Takes what it can of the job in hand.
  mutating func go() -> [PrinterPortEvent] {
    guard var current = job, isPlugged else { return [] }
    let end = min(takes ?? current.bytes.count, current.bytes.count)
    while current.accepted < end, star?.hasRoom ?? paper.hasRoom {
      let next = min(current.accepted + 64, end)
      receive(current.bytes[current.accepted..<next])
      bytesGot += current.bytes[current.accepted..<next]
      current.accepted = next
    }
    job = current
    var events: [PrinterPortEvent] = []
    if current.accepted > 0 {
      events.append(.progress(job: current.id, accepted: current.accepted))
    }
    if current.accepted == current.bytes.count {
      job = nil
      events.append(.written(job: current.id))
    }
    return events + answers()
  }

  mutating func query(_ bytes: [UInt8]) -> [PrinterPortEvent] {
    guard isPlugged, !isMute, job == nil else { return [] }
    receive(bytes[...])
    return answers()
  }

  private mutating func receive(_ bytes: ArraySlice<UInt8>) {
    if star == nil { paper.receive(bytes) } else { star?.receive(bytes) }
  }

  mutating func answers() -> [PrinterPortEvent] {
    let bytes = star?.takeAnswers() ?? paper.takeAnswers()
    return bytes.isEmpty || isMute ? [] : [.received(bytes)]
  }

  func portStatus() -> [PrinterPortEvent] {
    isPlugged && answersPort ? [.portStatus(paper.portStatus)] : []
  }

  mutating func cancel(_ id: UInt64) -> [PrinterPortEvent] {
    guard let current = job, current.id == id else { return [] }
    job = nil
    return [.stopped(job: id, accepted: current.accepted, Self.told)]
  }

  mutating func plug() -> [PrinterPortEvent] {
    isPlugged = true
    return [.arrived(identity: "TM-T88V emulated")]
  }

  mutating func unplug(lostFirst: Bool = false) -> [PrinterPortEvent] {
    isPlugged = false
    var events: [PrinterPortEvent] = []
    if let current = job {
      events.append(.stopped(job: current.id, accepted: current.accepted, Self.gone))
    }
    job = nil
    return lostFirst ? [.lost(Self.gone)] + events : events + [.lost(Self.gone)]
  }

  /// Numbers on the tickets that came out whole, in order.
  var tickets: [String] {
    (star?.tickets ?? paper.tickets).compactMap { ticket in
      ticket.isTorn
        ? nil : ticket.lettersRead(width_px: star?.model.width_px ?? 0).largeTexts.first
    }
  }
}
