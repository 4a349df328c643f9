import Branch
import PrinterEmulator
import Technician
import Testing
import TicketDesign
import TicketLayout
import Tongues

/// A trial of a Star printer with its clock, and one that answers as an emulated one does, byte by
/// byte. Faults: silence.
private struct StarStage {
  var trial: PrinterTrial
  var now = MonotonicTime(ms: 1000)
  var emulator = EmulatedStarPrinter(EmulatedStarModel(.line))
  var isMute = false

  init(
    ticket: Bool = false, mark: StarMark = .counted,
    _ change: (inout PrinterTrialPlan) -> Void = { _ in }
  ) {
    var plan = PrinterTrialPlan()
    plan.language = .starLine
    plan.starMark = mark
    plan.hasAutomaticStatus = true
    plan.hasProcessID = true
    change(&plan)
    var capabilities = PrinterCapabilities(
      columns: 48, cut: .partial, processID: plan.hasProcessID)
    capabilities.language = .starLine
    capabilities.starMark = mark
    let document = TicketDocument([.text("TEST", TextStyle()), .cut])
    let bytes = PrinterTongue(capabilities).encode(document, job: 7).bytes
    trial = PrinterTrial(plan, ticket: ticket ? bytes : nil, job: 7, now: now)
  }

  mutating func tell(_ event: PrinterPortEvent) { perform(trial.handle(event, now: now)) }

  /// Lets time pass to the next deadline.
  mutating func wait() {
    guard let deadline = trial.deadline else { return }
    now = deadline
    perform(trial.timePassed(now: now))
  }

  private mutating func perform(_ effects: [PrinterTrial.Effect]) {
    for effect in effects {
      switch effect {
      case .query(let bytes): emulator.receive(bytes)
      case .write(let bytes):
        emulator.receive(bytes)
        perform(trial.handle(.written(job: 7), now: now))
      case .requestPortStatus, .cancel: continue
      }
      let answers = emulator.takeAnswers()
      if !isMute { for byte in answers { tell(.received([byte])) } }
    }
  }
}

@Suite("The trial of a Star printer")
struct StarTrialTests {
  @Test("in order, it is usable by its own word")
  func usable() {
    var stage = StarStage()
    stage.tell(.arrived(identity: "Star TSP654"))
    #expect(stage.trial.outcome == .usable(.told([])))
  }

  @Test("asked for its state each time, it answers as well")
  func onRequest() {
    var stage = StarStage {
      $0.hasAutomaticStatus = false
      $0.hasRealTimeStatus = true
    }
    stage.emulator.setPaper(.nearEnd)
    stage.tell(.arrived(identity: ""))
    #expect(stage.trial.outcome == .usable(.told([.mediaLow])))
  }

  @Test("without paper it prints nothing, and says so")
  func noPaper() {
    var stage = StarStage(ticket: true)
    stage.emulator.setPaper(.out)
    stage.tell(.arrived(identity: ""))
    guard case .unusable(let problem)? = stage.trial.outcome else {
      Issue.record("\(String(describing: stage.trial.outcome))")
      return
    }
    #expect("\(problem)".contains("media-empty") || "\(problem)".contains("paper"))
    #expect(stage.emulator.takeTickets() == [])
  }

  @Test(
    "a ticket is confirmed by the count or by the echo", arguments: [StarMark.counted, .echoed])
  func confirmed(mark: StarMark) {
    var stage = StarStage(ticket: true, mark: mark)
    stage.tell(.arrived(identity: ""))
    #expect(stage.trial.outcome == .printed)
    #expect(stage.emulator.takeTickets().map(\.plainText) == ["TEST"])
    #expect(stage.emulator.faults == [])
  }

  @Test("one that says nothing prints, and its ticket is unconfirmed")
  func mute() {
    var stage = StarStage(ticket: true)
    stage.isMute = true
    stage.tell(.arrived(identity: ""))
    for _ in 0..<12 { stage.wait() }
    #expect(stage.trial.outcome == .unconfirmed(.silent))
  }
}
