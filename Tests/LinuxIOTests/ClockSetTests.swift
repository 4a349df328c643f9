import Foundation
import Testing

@testable import LinuxIO

@Suite("A clock that is set")
struct ClockSetTests {
  /// Setting it needs the right to, so the kernel is asked what the timer waits for
  /// (proc(5), fdinfo of a timerfd).
  @Test("cancels a timer that waits for nothing else")
  func armed() throws {
    let loop = try EventLoop()
    let watch = try ClockSetWatch(loop: loop) {}
    let info = try String(contentsOfFile: "/proc/self/fdinfo/\(watch.descriptor)", encoding: .utf8)
    #expect(info.contains("clockid: \(CLOCK_REALTIME)\n"))
    #expect(info.contains("settime flags: 03\n"), "absolute, cancelled when the clock is set")
    #expect(!info.contains("it_value: (0, 0)"))
  }
}
