import Branch
public import BranchCore
public import Configuration
import DeviceProfiles
import LinuxIO
import QueueProtocol
import TicketLayout

extension NodePlan {
  /// What the core has to know of a configuration and its profiles.
  public init(_ configuration: NodeConfiguration) {
    self.init(
      node: configuration.node, branch: configuration.branch.id,
      branchName: configuration.branch.name)
    let numbers = configuration.numbers
    services = configuration.services.map {
      ServiceDeclaration(
        id: $0.id, prefix: $0.prefix, name: $0.name, numbers: numbers.first...numbers.last)
    }
    counters = configuration.counters.map { ($0.id, $0.services) }
    printers = configuration.printers.map { printer in
      var plan = PrinterPlan(printer)
      plan.template = configuration.design(of: printer)
      return plan
    }
    ticketLanguage = configuration.tickets.language
    ticketURL = configuration.tickets.url
    for service in configuration.services { serviceLanguages[service.id] = service.language }
    signs = configuration.signs.map { SignPlan($0, hours: configuration.branch.hours) }
    zoneOffset = { BranchClock.zoneOffsetSeconds(at: $0) }
    terminals = configuration.terminals.map(TerminalPlan.init)
    link.addresses = configuration.hub.addresses.map(\.description)
    link.answer = configuration.hub.answer
    link.heartbeat = configuration.hub.heartbeat
    self.numbers.reserve = numbers.reserve
    self.numbers.reserveDays = numbers.reserveDays
    self.numbers.leaseAnswer = numbers.leaseAnswer
    clerks = configuration.clerks.map { ClerkPlan(id: $0.id, pin: $0.pin) }
    clerkCounters = Set(configuration.counters.filter(\.needsClerk).map(\.id))
  }
}

extension PrinterPlan {
  init(_ printer: PrinterConfiguration) {
    self.init(id: printer.id, capabilities: PrinterCapabilities(printer.profile))
    doubleByte = DoubleByteTable(of: printer.profile)
    expiry = printer.jobExpiry
    confirmation = printer.confirm
    roll_mm = printer.roll_m.map { $0 * 1000 }
    capabilities.presenting = printer.presenting
    printsBehindPresented = printer.profile.printsBehindPresented
    nearEnd_mm = printer.profile.nearEnd_m.map { $0 * 1000 }
    // A spooler swallows what a printer would answer; it has its own words.
    if case .cups(let queue) = printer.device {
      isSpooled = true
      trustsSpooler = queue.trustCompleted
      return
    }
    hasAutomaticStatus = printer.profile.tellsStatus
    hasRealTimeStatus = printer.profile.answersStatus
    clears = printer.profile.clears
    hasFullStatus = printer.profile.status.contains(.customFull)
    hasPortStatus = printer.profile.status.contains(.portStatus)
  }
}

extension DoubleByteTable {
  /// That of a profile's double-byte set; nil when it names none.
  public init?(of profile: PrinterProfile) {
    guard let set = profile.doubleByte else { return nil }
    self.init(CharacterSet.doubleByteCharacters(set.characterSet))
  }
}

extension DoubleByteSet {
  /// What iconv calls it.
  public var characterSet: String {
    switch self {
    case .gb18030: "GBK"
    case .big5: "BIG5"
    case .shiftJIS: "SHIFT_JIS"
    case .ksc5601: "EUC-KR"
    }
  }
}

extension PrinterCapabilities {
  public init(_ profile: PrinterProfile) {
    let pages = profile.codePages.sorted { $0.key < $1.key }
    let height_dots = profile.language.lineHeight_dots
    self.init(
      columns: profile.columns, nativeQR: profile.nativeQR, cut: profile.cut,
      feedBeforeCut_lines: (profile.cutFeed_dots + height_dots - 1) / height_dots,
      codePages: pages.map { CodePageSlot(page: $0.key, number: $0.value) },
      processID: profile.confirmsCompletion, rasterWidth_px: profile.width_pixels ?? 0)
    language = profile.language
    starMark = profile.completion == .printEnd ? .echoed : .counted
    columnsB = profile.columnsB
    doubleByte = profile.doubleByte
    nativeBarcodes = profile.nativeBarcodes
    storesPictures = profile.storesPictures
    startsInDoubleByte = profile.startsInDoubleByte
    hasDrawer = profile.hasDrawer
    bell = profile.bell
    dpi = profile.dpi
  }
}

extension SignPlan {
  init(_ sign: SignConfiguration, hours: OpeningHours?) {
    let counter: CounterID? = if case .counter(let id) = sign.shows { id } else { nil }
    let looks = sign.looks
    self.init(
      id: sign.id, counter: counter, showsCalls: sign.shows != .refusals,
      format: looks.format.description, idle: "", refresh: sign.refresh)
    idle = looks.idle
    closed = looks.closed
    turn = looks.turn
    if !closed.isEmpty { self.hours = hours }
    // Written once more behind it, for nothing on a sign that cannot.
    if sign.signProtocol.flashes { flash = looks.flash }
    beeps = looks.beeps
    colours.idle = looks.colours[.idle]
    colours.information = looks.colours[.information]
    colours.call = looks.colours[.call]
    colours.alert = looks.colours[.alert]
    brightness = looks.brightness
    board.calls_max = looks.calls_max
    if sign.shows == .main { board.stand = looks.stand }
    board.newestLast = looks.order == .newestLast
    board.keepsEnded = looks.ended == .stay
    ticketForm = looks.ticketForm
    arrows = looks.arrows
  }
}

extension TerminalPlan {
  init(_ terminal: TerminalConfiguration) {
    var actions: [UInt16: KeyAction] = [:]
    var strokes: [KeyStroke: KeyAction] = [:]
    for (stroke, action) in terminal.strokeActions {
      if case .press(let code) = stroke {
        actions[code] = KeyAction(action)
      } else {
        strokes[stroke] = KeyAction(action)
      }
    }
    self.init(
      id: terminal.id, actions: actions, printers: terminal.printers, sign: terminal.sign,
      counter: terminal.counter)
    self.strokes = strokes
    showsNumberFor = terminal.showsNumberFor
    feedback = terminal.feedback
    (pinKeys.digits, pinKeys.enter) = terminal.pinKeys
  }
}

extension KeyAction {
  init(_ action: TerminalAction) {
    switch action {
    case .ticket(let service, let isPriority): self = .ticket(service, priority: isPriority)
    case .next: self = .request(.next)
    case .recall: self = .request(.recall)
    case .noShow: self = .request(.noShow)
    case .end: self = .request(.end)
    case .rate(let rating, let question, let reason):
      self = .rate(rating, question: question, reason: reason)
    case .reason(let reason): self = .reason(reason)
    case .logOn: self = .logOn
    case .logOff: self = .logOff
    case .digit(let digit): self = .digit(digit)
    case .at(let counter, let action): self = .at(counter, KeyAction(action))
    case .reprint(let printer): self = .reprint(printer)
    }
  }
}
