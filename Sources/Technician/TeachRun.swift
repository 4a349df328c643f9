public import Branch
public import EvdevTerminal
import Glibc
public import LinuxIO
import TerminalInput

/// A lesson over a real device: its presses, and the person's lines.
public final class TeachRun {
  public enum Event {
    /// Something to tell, a line.
    case said(String)
    /// Something to ask, without a line's end.
    case asked(String)
    /// The lesson is over.
    case done
    /// It cannot go on; nothing is to be written.
    case broken(Problem)
  }

  /// A person who went away; a grabbed keyboard must not stay so.
  public static let patience = Span.minutes(5)
  /// Contacts are watched for longer than a profile usually allows.
  static let debounce = Span.milliseconds(50)
  private static let control: UInt16 = 29
  private static let letterC: UInt16 = 46

  public private(set) var lesson = Lesson()
  private let loop: EventLoop
  private let onEvent: (Event) -> Void
  private let selector: TerminalSelector
  private var terminal: EvdevTerminal?
  private var lines: LineInput?
  private var hand = HandWatch(debounce: debounce)
  private var down: Set<UInt16> = []
  private var handTimer: TimerID?
  private var patienceTimer: TimerID?
  private var isOpened = false
  private var isEnded = false
  /// Lines that came before there was a question.
  private var waiting: [String?] = []
  private static let waiting_max = 1024

  public init(loop: EventLoop, selector: TerminalSelector, onEvent: @escaping (Event) -> Void) {
    self.loop = loop
    self.selector = selector
    self.onEvent = onEvent
  }

  /// Throws when another program has the device for itself.
  public func start() throws(Problem) {
    for path in selector.nodePaths() {
      if let problem = KeyWatch.obstacle(path) { throw problem }
    }
    let terminal = EvdevTerminal(
      loop: loop, selector: selector, rules: TerminalRules(debounce: .milliseconds(0)),
      onRaw: { [unowned self] in take($0) }, onEvent: { [unowned self] in take($0) })
    self.terminal = terminal
    let lines = LineInput(loop: loop) { [unowned self] in take(line: $0) }
    self.lines = lines
    terminal.start()
    lines.start()
    bePatient()
  }

  public func close() {
    for timer in [handTimer, patienceTimer] { if let timer { loop.cancel(timer) } }
    handTimer = nil
    patienceTimer = nil
    lines?.close()
    lines = nil
    terminal?.close()
    terminal = nil
  }

  private func end(_ event: Event) {
    guard !isEnded else { return }
    isEnded = true
    onEvent(event)
  }

  private func bePatient() {
    if let patienceTimer { loop.cancel(patienceTimer) }
    patienceTimer = loop.schedule(after: Self.patience) { [unowned self] in
      end(
        .broken(
          Problem(
            code: "timed-out", what: "the lesson was given up",
            cause: "nothing was pressed or typed for \(Self.patience.ms / 60_000) minutes",
            cure: "Start again.")))
    }
  }

  // MARK: The device

  private func take(_ event: TerminalEvent) {
    switch event {
    case .opened(let identity, _):
      if !isOpened {
        isOpened = true
        onEvent(.said("Watching \(identity)."))
        ask()
        answerWaiting()
      } else {
        onEvent(.said("It is there again."))
        ask()
      }
    case .lost(let problem):
      hand.forget()
      down = []
      onEvent(.said("\(problem)"))
    case .note, .pressed, .burst, .scanned, .unreadable: break
    }
  }

  private func take(_ raw: RawInput) {
    bePatient()
    switch raw {
    case .keysDown(let held):
      hand.forget()
      down = held
    case .event(let event):
      let now = Clock.monotonic()
      if event.type == EventType.key {
        if event.value == 0 { down.remove(event.code) } else { down.insert(event.code) }
        // The device is taken from the terminal: its ctrl-C comes here and nowhere else.
        if down.isSuperset(of: [Self.control, Self.letterC]) {
          return end(.broken(Self.interrupt))
        }
      }
      if let gesture = hand.feed(event, at: now) { heard(gesture) }
    }
    awaitHand()
  }

  private static let interrupt = Problem(
    code: "stopped", what: "the lesson was stopped", cause: "ctrl-C was pressed on the device",
    cure: "Start again.")

  private func awaitHand() {
    if let handTimer { loop.cancel(handTimer) }
    handTimer = hand.deadline.map { at in
      loop.schedule(at: at) { [unowned self] in
        handTimer = nil
        if let gesture = hand.timePassed(Clock.monotonic()) { heard(gesture) }
        awaitHand()
      }
    }
  }

  private func heard(_ gesture: HandGesture) {
    guard !isEnded else { return }
    onEvent(.said(""))
    for line in lesson.heard(gesture) { onEvent(.said(line)) }
    ask()
    answerWaiting()
  }

  // MARK: The person

  private func take(line: String?) {
    bePatient()
    guard isOpened, waiting.isEmpty, !awaitsPress else {
      if waiting.count < Self.waiting_max { waiting.append(line) }
      return
    }
    answer(line)
  }

  /// A name was given and its press has to come: lines of a script wait for it.
  private var awaitsPress: Bool { lesson.awaitsPress && !isInteractive }
  private let isInteractive = isatty(STDIN_FILENO) == 1

  private func answerWaiting() {
    while !waiting.isEmpty, !awaitsPress, !isEnded { answer(waiting.removeFirst()) }
  }

  private func answer(_ line: String?) {
    guard !isEnded else { return }
    for told in lesson.typed(line: line ?? "") { onEvent(.said(told)) }
    if line == nil, !lesson.isDone { return answer(nil) }
    if lesson.isDone { return end(.done) }
    ask()
  }

  private func ask() { onEvent(.asked(lesson.prompt)) }
}
