import Branch
import CUPSPrinter
import Testing

@Suite("what a backend said once")
struct ReasonTests {
  private static let idle = 3
  private static let processing = 4
  private static let stopped = 5

  private var memory = ReasonMemory()
  private var now = MonotonicTime(ms: 1_000_000)

  private mutating func conditions(_ state: Int, _ reasons: String..., after: Span = .seconds(1))
    -> Set<DeviceCondition>
  {
    now = now + after
    return memory.judge(QueueState(state: state, reasons: reasons), now: now).conditions
  }

  @Test("counts while the queue is stopped, and no longer when it runs again")
  mutating func enabled() {
    #expect(conditions(Self.idle).isEmpty)
    #expect(conditions(Self.stopped, "media-empty-error", "paused") == [.mediaEmpty, .paused])
    #expect(conditions(Self.idle, "media-empty-error").isEmpty)
    #expect(conditions(Self.processing, "media-empty-error").isEmpty)
    #expect(conditions(Self.stopped, "media-empty-error", "paused") == [.mediaEmpty, .paused])
  }

  @Test("counts again when it was taken back and said anew")
  mutating func saidAnew() {
    #expect(conditions(Self.stopped, "media-empty-error") == [.mediaEmpty, .paused])
    #expect(conditions(Self.processing, "media-empty-error").isEmpty)
    #expect(conditions(Self.processing).isEmpty)
    #expect(conditions(Self.processing, "media-empty-error") == [.mediaEmpty])
  }

  @Test("counts for a while on an idle queue, where nobody can take it back, and then is tried")
  mutating func idleForLong() {
    #expect(conditions(Self.processing, "media-empty-error") == [.mediaEmpty])
    #expect(conditions(Self.idle, "media-empty-error") == [.mediaEmpty])
    let almost = Span(ms: ReasonMemory.idle_max.ms - 1)
    #expect(conditions(Self.idle, "media-empty-error", after: almost) == [.mediaEmpty])
    #expect(conditions(Self.idle, "media-empty-error", after: Span(ms: 1)).isEmpty)
  }

  @Test("does not count when we come to an idle queue, unless it only warns")
  mutating func firstContact() {
    #expect(conditions(Self.idle, "media-empty-error", "media-low-report") == [.mediaLow])
  }

  @Test("counts when we come to a queue at work")
  mutating func atWork() {
    #expect(conditions(Self.processing, "cover-open-report") == [.coverOpen])
  }

  @Test("is one line without control characters, and not too long")
  func oneLine() {
    #expect(
      BackendWords.line("  The head\nis\t\u{1B}[31mtoo hot \r\n") == "The head is [31mtoo hot")
    #expect(BackendWords.line("\0") == "")
    let long = BackendWords.line(String(repeating: "ä", count: 5000))
    #expect(long.count == BackendWords.message_max + 1 && long.hasSuffix("…"))
  }
}
