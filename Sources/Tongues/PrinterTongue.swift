public import Branch
public import ESCPOS
import StarPRNT
public import TicketDesign
public import TicketLayout

/// What a printer's answer means to whoever drives it.
public enum PrinterWord: Hashable, Sendable {
  /// The ticket in work is on paper.
  case printed(job: UInt64)
  /// A ticket is on paper, but not the one in work.
  case printedOther
  /// Its buffers are empty now, as `clearingInAnyState` asked for.
  case cleared
  /// Its state, as `conditions` tell it now.
  case state
  /// Its state, and whether a ticket stands in its mouth.
  case output(isTicketThere: Bool)
  /// So many bytes without a meaning.
  case noise(bytes: Int)
  /// Well formed, but this model is not known to tell the truth there.
  case untrusted
}

/// What is believed of a model's answers.
public struct TrustedAnswers: Hashable, Sendable {
  public var automaticStatus: Bool
  public var requestedStatus: Bool
  public var completion: Bool
  /// Custom's `DLE EOT 20`.
  public var fullStatus: Bool

  public init(
    automaticStatus: Bool, requestedStatus: Bool, completion: Bool, fullStatus: Bool = false
  ) {
    self.fullStatus = fullStatus
    self.automaticStatus = automaticStatus
    self.requestedStatus = requestedStatus
    self.completion = completion
  }

  public static let all = TrustedAnswers(
    automaticStatus: true, requestedStatus: true, completion: true, fullStatus: true)
}

/// How many questions are put at once.
public enum PrinterQuestions: Sendable {
  /// Cover and paper: what stops a ticket.
  case usual
  /// All that it can tell.
  case all
  /// Custom's one question for everything; of other languages as `usual`.
  case full
}

/// The language of one printer, and where the conversation stands: tickets and questions become its
/// bytes, its bytes become words. Make one for each printer and keep it.
public struct PrinterTongue: Sendable {
  private var status = PrinterStatus()
  private let encoder: Encoder
  private var ear: Ear
  private let trust: TrustedAnswers

  private enum Encoder: Sendable {
    case escpos(TicketEncoder)
    case star(StarEncoder)
  }

  private enum Ear: Sendable {
    case escpos(StatusDecoder)
    case star(StarStatusDecoder, MarkLedger)
  }

  /// `doubleByte` is the table of the capabilities' double-byte set, if they name one.
  public init(
    _ capabilities: PrinterCapabilities, doubleByte: DoubleByteTable? = nil,
    trust: TrustedAnswers = .all
  ) {
    self.trust = trust
    switch capabilities.language {
    case .escpos:
      encoder = .escpos(TicketEncoder(capabilities, doubleByte: doubleByte))
      ear = .escpos(StatusDecoder())
    case .starPRNT, .starLine, .starGraphic:
      encoder = .star(StarEncoder(capabilities, doubleByte: doubleByte))
      ear = .star(StarStatusDecoder(), MarkLedger())
    }
  }

  /// All that it and its port said of its state.
  public var conditions: Set<DeviceCondition> { status.conditions }

  public var capabilities: PrinterCapabilities {
    switch encoder {
    case .escpos(let encoder): encoder.capabilities
    case .star(let encoder): encoder.capabilities
    }
  }

  // MARK: to the printer

  /// With a `job`, the printer is asked to tell when all of it has been printed; ignored where the
  /// capabilities say that it never does. Logos that are `stored` in the printer are printed by
  /// their key, in the languages that can.
  public func encode(
    _ document: TicketDocument, job: UInt64? = nil, stored: Set<Logo.Key> = []
  ) -> EncodedTicket {
    switch encoder {
    case .escpos(let encoder):
      encoder.encode(document, completion: job.map(ProcessID.init(job:)), stored: stored)
    case .star(let encoder): encoder.encode(document, completion: job)
    }
  }

  /// The bytes that leave logos in the printer's memory; none where it keeps no pictures.
  public func store(_ logos: [Logo]) -> StoredPictures {
    switch encoder {
    case .escpos(let encoder): encoder.store(logos)
    case .star: StoredPictures()
    }
  }

  /// Makes a printer tell its state by itself from now on.
  ///
  /// A Star printer tells nothing when it is switched on to that, and obeys it only while nothing
  /// stops it: the status is asked for first. [line 5-7] allows that whether it is on or not.
  public var enablingStatus: [UInt8] {
    switch encoder {
    case .escpos: StatusRequest.enableAutomaticStatus.bytes
    case .star: StarRequest.status.bytes + StarRequest.enableAutomaticStatus.bytes
    }
  }

  /// Questions about its state; until they are answered, `owesAnswers` holds.
  public mutating func ask(_ questions: PrinterQuestions) -> [UInt8] {
    switch ear {
    case .escpos(var decoder) where questions == .full:
      decoder.askedFull()
      ear = .escpos(decoder)
      return StatusRequest.full.bytes
    case .escpos(var decoder):
      let queries =
        questions == .all ? RealTimeQuery.allCases : [RealTimeQuery.offlineCause, .paper]
      var bytes: [UInt8] = []
      for query in queries {
        StatusRequest.realTime(query).append(to: &bytes)
        decoder.asked(query)
      }
      ear = .escpos(decoder)
      return bytes
    case .star(var decoder, let ledger):
      decoder.asked()
      ear = .star(decoder, ledger)
      return StarRequest.status.bytes
    }
  }

  public var owesAnswers: Bool {
    switch ear {
    case .escpos(let decoder): decoder.pendingCount > 0
    case .star(let decoder, _): decoder.pendingCount > 0
    }
  }

  /// What has not been answered is not waited for any more.
  public mutating func forgetQuestions() {
    switch ear {
    case .escpos(var decoder):
      decoder.forgetPending()
      ear = .escpos(decoder)
    case .star(var decoder, let ledger):
      decoder.forgetPending()
      ear = .star(decoder, ledger)
    }
  }

  /// What empties its buffers behind a ticket that was interrupted, where the profile says that it
  /// obeys that; must not stand before `completing`, whose half command would swallow it.
  public var clearing: [UInt8] {
    switch encoder {
    case .escpos: StatusRequest.clearAfterError.bytes
    case .star: []
    }
  }

  /// The same in any state, paper end included; nothing may be sent behind it before it answers.
  public var clearingInAnyState: [UInt8] {
    switch encoder {
    case .escpos: StatusRequest.clearBuffers.bytes
    case .star: []
    }
  }

  /// Bytes that complete a command which was cut in two, and do nothing elsewhere.
  public func completing(zeros: Int) -> [UInt8] {
    switch encoder {
    case .escpos: Array(repeating: 0, count: zeros)
    case .star(let encoder): StarRequest.completing(zeros: zeros, encoder.capabilities)
    }
  }

  // MARK: from the printer

  /// It is there, perhaps anew: nothing that was said before counts.
  public mutating func connected() {
    status = PrinterStatus()
    switch ear {
    case .escpos: ear = .escpos(StatusDecoder())
    case .star(_, var ledger):
      ledger.connected()
      ear = .star(StarStatusDecoder(), ledger)
    }
  }

  /// A ticket of an earlier life of this process may stand in the printer.
  public mutating func remembersInterruptedTicket() {
    guard case .star(let decoder, var ledger) = ear else { return }
    ledger.doubt()
    ear = .star(decoder, ledger)
  }

  /// The status alone is forgotten: it is about to be asked for again.
  public mutating func forgetStatus() { status = PrinterStatus() }

  /// The first byte of a ticket goes out.
  public mutating func begins(job: UInt64) {
    guard case .star(let decoder, var ledger) = ear else { return }
    ledger.began(job)
    ear = .star(decoder, ledger)
  }

  /// GET_PORT_STATUS. Returns whether the conditions changed.
  @discardableResult
  public mutating func note(portStatus: UInt8) -> Bool { status.note(portStatus: portStatus) }

  /// - Parameter job: the ticket whose outcome is open.
  public mutating func hear(_ bytes: some Sequence<UInt8>, job: UInt64?) -> [PrinterWord] {
    switch ear {
    case .escpos(var decoder):
      let values = decoder.feed(bytes)
      ear = .escpos(decoder)
      return values.map { word($0, job) }
    case .star(var decoder, var ledger):
      let values = decoder.feed(bytes)
      let words = values.flatMap { self.words($0, &ledger, job) }
      ear = .star(decoder, ledger)
      return words
    }
  }

  private mutating func word(_ value: StatusValue, _ job: UInt64?) -> PrinterWord {
    switch value {
    case .finished(let id):
      guard trust.completion else { return .untrusted }
      guard let job, ProcessID(job: job) == id else { return .printedOther }
      return .printed(job: job)
    case .garbage(let bytes): return .noise(bytes: bytes.count)
    case .cleared: return .cleared
    case .full(let full):
      guard trust.fullStatus else { return .untrusted }
      _ = status.note(value)
      return .output(isTicketThere: full.isTicketAtOutput)
    case .automatic:
      guard trust.automaticStatus else { return .untrusted }
      _ = status.note(value)
      return .state
    case .realTime:
      guard trust.requestedStatus else { return .untrusted }
      _ = status.note(value)
      return .state
    }
  }

  /// The state before the ticket: whoever hears that it is on paper has it right already.
  private mutating func words(
    _ value: StarValue, _ ledger: inout MarkLedger, _ job: UInt64?
  ) -> [PrinterWord] {
    switch value {
    case .garbage(let bytes): return [.noise(bytes: bytes.count)]
    case .finished(let mark):
      guard trust.completion, capabilities.starMark == .echoed else { return [.untrusted] }
      guard let job, UInt16(truncatingIfNeeded: job) == mark else { return [.printedOther] }
      return [.printed(job: job)]
    case .status(let packet):
      guard trust.automaticStatus || trust.requestedStatus else { return [.untrusted] }
      let told = packet.conditions
      _ = status.note(packet: told)
      let finished = ledger.told(
        packet.counter, isStopped: told.contains(where: \.stopsPrinting))
      guard trust.completion, capabilities.starMark == .counted, let finished else {
        return [.state]
      }
      return [.state, finished == job ? .printed(job: finished) : .printedOther]
    }
  }
}
