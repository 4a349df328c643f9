import Branch
import SerialPort
import Testing

@Suite("The silence between two frames")
struct FramePacingTests {
  private func at(_ ms: Int64) -> MonotonicTime { MonotonicTime(ms: ms) }

  @Test("a character takes its bits at the line's speed, rounded up")
  func durations() throws {
    #expect(try SerialSettings().duration(bytes: 960).ms == 1000)
    #expect(try SerialSettings().duration(bytes: 1).ms == 2)
    let slow = try SerialSettings(baud: 300, dataBits: 7, parity: .even, stopBits: 2)
    #expect(slow.duration(bytes: 30).ms == 1100)
    #expect(slow.duration(bytes: 0).ms == 0)
  }

  @Test("the next frame waits until the one before must have left, and for the gap")
  func gap() throws {
    var pacing = FramePacing(settings: try SerialSettings(), gap: .milliseconds(20))
    let frame = [UInt8](repeating: 0x41, count: 96)
    #expect(pacing.shown(frame) == frame)
    #expect(pacing.deadline == nil)
    #expect(pacing.drained(now: at(1000)) == nil)
    #expect(pacing.deadline == at(1120))
    #expect(pacing.shown([1]) == nil)
    #expect(pacing.timePassed(now: at(1119)) == nil)
    #expect(pacing.timePassed(now: at(1120)) == [1])
    #expect(pacing.deadline == nil)
  }

  @Test("of several pictures that wait the newest is sent, once")
  func newest() throws {
    var pacing = FramePacing(settings: try SerialSettings(), gap: .milliseconds(20))
    #expect(pacing.shown([1]) == [1])
    #expect(pacing.shown([2]) == nil)
    #expect(pacing.drained(now: at(0)) == nil)
    #expect(pacing.shown([3]) == nil)
    #expect(pacing.shown([4]) == nil)
    #expect(pacing.timePassed(now: at(22)) == [4])
    #expect(pacing.drained(now: at(30)) == nil)
    #expect(pacing.timePassed(now: at(100)) == nil)
    #expect(pacing.shown([5]) == [5])
  }

  @Test("without a gap the next frame follows as soon as the kernel has the one before")
  func noGap() throws {
    var pacing = FramePacing(settings: try SerialSettings(), gap: .milliseconds(0))
    #expect(pacing.shown([1]) == [1])
    #expect(pacing.shown([2]) == nil)
    #expect(pacing.drained(now: at(0)) == [2])
    #expect(pacing.deadline == nil)
    #expect(pacing.drained(now: at(0)) == nil)
    #expect(pacing.shown([3]) == [3])
  }

  @Test("a lost line forgets what waited and what was on its way")
  func lost() throws {
    var pacing = FramePacing(settings: try SerialSettings(), gap: .milliseconds(20))
    #expect(pacing.shown([1]) == [1])
    #expect(pacing.shown([2]) == nil)
    pacing.reset()
    #expect(pacing.drained(now: at(0)) == nil)
    #expect(pacing.shown([3]) == [3])
    #expect(pacing.drained(now: at(0)) == nil)
    pacing.reset()
    #expect(pacing.deadline == nil)
  }
}
