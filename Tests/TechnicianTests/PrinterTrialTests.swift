import Branch
import ESCPOS
import PrinterEmulator
import Technician
import Testing

/// A trial with its clock, and a printer that answers as an emulated one does. Faults: silence,
/// a loss at any moment.
private struct Stage {
  var trial: PrinterTrial
  var now = MonotonicTime(ms: 1000)
  var emulator = EmulatedPrinter(.tmT88V)
  var isMute = false
  private(set) var written: [UInt8] = []
  private(set) var queries = 0

  init(ticket: Bool = false, _ change: (inout PrinterTrialPlan) -> Void = { _ in }) {
    var plan = PrinterTrialPlan()
    plan.hasRealTimeStatus = true
    plan.hasProcessID = true
    change(&plan)
    let id = StatusRequest.processID(ProcessID(job: 7)).bytes
    let bytes = Array("TEST\n".utf8) + (plan.hasProcessID ? id : [])
    trial = PrinterTrial(plan, ticket: ticket ? bytes : nil, job: 7, now: now)
  }

  mutating func tell(_ event: PrinterPortEvent) {
    perform(trial.handle(event, now: now))
  }

  /// Lets time pass to the next deadline.
  mutating func wait() {
    guard let deadline = trial.deadline else { return }
    now = deadline
    perform(trial.timePassed(now: now))
  }

  private mutating func perform(_ effects: [PrinterTrial.Effect]) {
    for effect in effects {
      switch effect {
      case .query(let bytes):
        queries += 1
        emulator.receive(bytes)
      case .write(let bytes):
        written += bytes
        emulator.receive(bytes)
        perform(trial.handle(.written(job: 7), now: now))
      case .requestPortStatus, .cancel: continue
      }
      let answers = emulator.takeAnswers()
      // Byte by byte, as a slow line gives them.
      if !isMute { for byte in answers { tell(.received([byte])) } }
    }
  }
}

@Suite("The trial of a printer")
struct PrinterTrialTests {
  @Test("a printer in order is usable by its own word")
  func usable() {
    var stage = Stage()
    stage.tell(.arrived(identity: "x"))
    #expect(stage.trial.outcome == .usable(.told([])))
    #expect(stage.trial.deadline == nil)
    #expect(stage.trial.identity == "x")
  }

  @Test("nearly out of paper is usable, and told")
  func nearEnd() {
    var stage = Stage()
    stage.emulator.setPaper(.nearEnd)
    stage.tell(.arrived(identity: "x"))
    #expect(stage.trial.outcome == .usable(.told([.mediaLow])))
  }

  @Test("what stops printing is named, and no ticket is sent", arguments: [false, true])
  func stopped(ticket: Bool) {
    var stage = Stage(ticket: ticket)
    stage.emulator.setCover(open: true)
    stage.tell(.arrived(identity: "x"))
    guard case .unusable(let problem) = stage.trial.outcome else {
      Issue.record("\(String(describing: stage.trial.outcome))")
      return
    }
    #expect(problem.code == "cover-open")
    #expect(problem.cure == "Close the cover.")
    #expect(stage.written.isEmpty)
  }

  @Test("a silent printer is asked three times and then not called fine")
  func mute() {
    var stage = Stage()
    stage.isMute = true
    stage.tell(.arrived(identity: "x"))
    for _ in 0..<PrinterTrial.questions_max { stage.wait() }
    #expect(stage.queries == PrinterTrial.questions_max)
    guard case .unusable(let problem) = stage.trial.outcome else {
      Issue.record("\(String(describing: stage.trial.outcome))")
      return
    }
    #expect(problem.code == "mute")
  }

  @Test("first answers may get lost")
  func lostAnswer() {
    var stage = Stage()
    stage.isMute = true
    stage.tell(.arrived(identity: "x"))
    stage.isMute = false
    stage.wait()
    #expect(stage.trial.outcome == .usable(.told([])))
  }

  @Test("a printer that cannot be asked is only known to be open")
  func openedOnly() {
    var stage = Stage { $0.hasRealTimeStatus = false }
    stage.tell(.arrived(identity: "x"))
    #expect(stage.trial.outcome == .usable(.openedOnly))
  }

  @Test("a FIFO has no way back, whatever the profile says")
  func noWayBack() {
    var stage = Stage(ticket: true) { $0.hasWayBack = false }
    stage.tell(.arrived(identity: "x"))
    #expect(stage.queries == 0)
    #expect(stage.trial.outcome == .unconfirmed(.cannotTell))
  }

  @Test("a confirmation makes it printed; that of another ticket does not")
  func printed() {
    var stage = Stage(ticket: true)
    stage.tell(.arrived(identity: "x"))
    #expect(stage.trial.outcome == .printed)

    var other = Stage(ticket: true)
    other.emulator.receive([])
    other.isMute = true
    other.tell(.arrived(identity: "x"))
    for _ in 0..<PrinterTrial.questions_max { other.wait() }
    #expect(!other.written.isEmpty)
    other.tell(.received([0x37, 0x22] + ProcessID(job: 6).bytes + [0]))
    #expect(other.trial.outcome == nil)
    other.tell(.received([0x37, 0x22] + ProcessID(job: 7).bytes + [0]))
    #expect(other.trial.outcome == .printed)
  }

  @Test("paper that ends in the ticket is what the printer says afterwards")
  func endsWithin() {
    var stage = Stage(ticket: true)
    stage.emulator.linesUntilPaperOut = 1
    stage.tell(.arrived(identity: "x"))
    #expect(stage.trial.outcome == nil)
    stage.wait()
    #expect(stage.trial.outcome == .unconfirmed(.stopped([.mediaEmpty, .offline])))
  }

  @Test("a promised confirmation that does not come is doubt")
  func silent() {
    var stage = Stage(ticket: true)
    stage.tell(.arrived(identity: "x"))
    var mute = Stage(ticket: true)
    mute.isMute = true
    mute.tell(.arrived(identity: "x"))
    for _ in 0..<20 { mute.wait() }
    #expect(mute.trial.outcome == .unconfirmed(.silent))
  }

  @Test("a loss counts by what was on its way")
  func lost() {
    let problem = Problem(code: "device-lost", what: "", cause: "", cure: "")
    var opening = Stage(ticket: true)
    opening.tell(.lost(problem))
    #expect(opening.trial.outcome == .unusable(problem))

    var confirming = Stage(ticket: true)
    confirming.isMute = true
    confirming.tell(.arrived(identity: "x"))
    for _ in 0..<PrinterTrial.questions_max { confirming.wait() }
    confirming.tell(.lost(problem))
    #expect(confirming.trial.outcome == .unconfirmed(.lost(problem)))
    confirming.tell(.received([0x37, 0x22] + ProcessID(job: 7).bytes + [0]))
    #expect(confirming.trial.outcome == .unconfirmed(.lost(problem)))
  }

  @Test("a job that stopped before its first byte printed nothing")
  func stoppedEarly() {
    let problem = Problem(code: "bus-error", what: "", cause: "", cure: "")
    for (accepted, outcome) in [
      (0, PrinterTrial.Outcome.unusable(problem)), (3, .failed(problem)),
    ] {
      var plan = PrinterTrialPlan()
      plan.hasProcessID = true
      let now = MonotonicTime(ms: 0)
      var trial = PrinterTrial(plan, ticket: [1, 2, 3, 4], now: now)
      #expect(trial.handle(.arrived(identity: "x"), now: now) == [.write([1, 2, 3, 4])])
      _ = trial.handle(.stopped(job: 1, accepted: accepted, problem), now: now)
      #expect(trial.outcome == outcome)
    }
  }

  @Test("a printer that takes no bytes is given up and called stuck")
  func stuck() {
    let now = MonotonicTime(ms: 0)
    var trial = PrinterTrial(PrinterTrialPlan(), ticket: [1, 2], now: now)
    _ = trial.handle(.arrived(identity: "x"), now: now)
    #expect(trial.timePassed(now: now + PrinterTrial.stall) == [.cancel])
    let problem = Problem(code: "cancelled", what: "", cause: "", cure: "")
    _ = trial.handle(.stopped(job: 1, accepted: 1, problem), now: now + PrinterTrial.stall)
    guard case .failed(let found) = trial.outcome else {
      Issue.record("\(String(describing: trial.outcome))")
      return
    }
    #expect(found.code == "stuck")
  }

  @Test("a device that does not open in time is told")
  func neverOpens() {
    var stage = Stage()
    stage.wait()
    guard case .unusable(let problem) = stage.trial.outcome else {
      Issue.record("\(String(describing: stage.trial.outcome))")
      return
    }
    #expect(problem.code == "timed-out")
  }

  @Test(
    "a spooler's word counts as much as the configuration says",
    arguments: [
      (true, true, PrinterTrial.Outcome.printed),
      (true, false, .unconfirmed(.cannotTell)),
      (false, true, .unconfirmed(.spooler("aborted"))),
    ])
  func spooled(completed: Bool, trusts: Bool, outcome: PrinterTrial.Outcome) {
    var stage = Stage(ticket: true) {
      $0.isSpooled = true
      $0.hasProcessID = false
      $0.trustsSpooler = trusts
    }
    stage.tell(.arrived(identity: "queue"))
    #expect(stage.written.isEmpty)
    stage.tell(.conditions([]))
    #expect(!stage.written.isEmpty)
    stage.tell(.spooled(job: 7, completed: completed, detail: "aborted"))
    #expect(stage.trial.outcome == outcome)
  }

  @Test("port status alone is an answer")
  func portStatus() {
    var stage = Stage {
      $0.hasRealTimeStatus = false
      $0.hasPortStatus = true
    }
    stage.tell(.arrived(identity: "x"))
    #expect(stage.trial.outcome == nil)
    stage.tell(.portStatus(0x38))
    guard case .unusable(let problem) = stage.trial.outcome else {
      Issue.record("\(String(describing: stage.trial.outcome))")
      return
    }
    #expect(problem.code == "media-empty")
  }

  @Test("each way to end has its words and its exit")
  func verdicts() {
    var stage = Stage(ticket: true)
    stage.tell(.arrived(identity: "x"))
    let printed = TrialVerdict(stage.trial)
    #expect(printed.isFine && printed.text.hasPrefix("printed: "))

    var silent = Stage(ticket: true)
    silent.isMute = true
    silent.tell(.arrived(identity: "x"))
    for _ in 0..<20 { silent.wait() }
    let doubt = TrialVerdict(silent.trial)
    #expect(!doubt.isFine && doubt.hasPaper && doubt.text.hasPrefix("unconfirmed: "))

    var open = Stage(ticket: true)
    open.emulator.setPaper(.out)
    open.tell(.arrived(identity: "x"))
    let failed = TrialVerdict(open.trial)
    #expect(!failed.isFine && !failed.hasPaper && failed.text.contains("media-empty"))
  }
}

@Suite("The trial of a printer with one answer for everything")
struct FullStatusTrialTests {
  private func stage() -> Stage {
    var stage = Stage {
      $0.hasRealTimeStatus = false
      $0.hasProcessID = false
      $0.hasFullStatus = true
    }
    var model = EmulatedModel(width_px: 608)
    model.hasPresenter = true
    stage.emulator = EmulatedPrinter(model)
    return stage
  }

  @Test("is asked that one, and believed")
  func asks() {
    var well = stage()
    well.tell(.arrived(identity: "CUSTOM VKP80III"))
    #expect(well.queries == 1 && well.trial.outcome == .usable(.told([])))
    var open = stage()
    open.emulator.setCover(open: true)
    open.tell(.arrived(identity: "CUSTOM VKP80III"))
    guard case .unusable(let problem)? = open.trial.outcome else {
      Issue.record("an open cover was not told: \(String(describing: open.trial.outcome))")
      return
    }
    #expect(problem.cause.contains("cover"), "\(problem)")
  }
}
