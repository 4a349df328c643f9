import CUPSPrinter
import Testing

@Suite("a queue in trouble")
struct TroubleTests {
  private static let stopped = 5
  private var memory = TroubleMemory(queue: "tickets", server: "of this box")

  private mutating func told(_ reasons: [String], _ message: String, state: Int = stopped)
    -> String?
  {
    memory.news(QueueState(state: state, reasons: reasons, message: message))?.code
  }

  @Test("that has a name is told once, whatever the server writes beside it")
  mutating func named() {
    #expect(told(["media-empty-error"], "No paper") == "media-empty")
    #expect(told(["media-empty-error"], "") == nil)
    #expect(told(["media-empty-error"], "Job canceled.") == nil)
    #expect(told(["media-empty-error", "cover-open-report"], "") == "cover-open")
    #expect(told(["cover-open-report"], "") == "cover-open")
  }

  @Test("is told again after it was gone, and when the queue stops for it")
  mutating func again() {
    #expect(told(["media-empty-error"], "", state: 3) == "media-empty")
    #expect(told(["media-empty-error"], "") == "media-empty")
    #expect(told([], "", state: 3) == nil)
    #expect(told(["media-empty-error"], "") == "media-empty")
  }

  @Test("that has only words is told with each new word")
  mutating func words() {
    #expect(told(["paused"], "The head is too hot") == "queue-paused")
    #expect(told(["paused"], "The head is too hot") == nil)
    #expect(told(["paused"], "Back soon") == "queue-paused")
  }
}
