import CLinux
import Glibc

/// A program under test, started as systemd starts it: with a notify socket, its output in a file.
final class Program {
  let name: String
  let log: String
  private let arguments: [String]
  private let notify: NotifySocket
  private(set) var pid: pid_t = 0
  /// Wait status of the last life; nil while it runs or before the first.
  private(set) var status: Int32?

  init(name: String, arguments: [String], log: String) throws(LabError) {
    self.name = name
    self.arguments = arguments
    self.log = log
    notify = try NotifySocket("/run/notify-\(name)")
    try writeFile(log, "", flags: O_CREAT | O_TRUNC)
  }

  var isRunning: Bool {
    guard pid > 0 else { return false }
    var state: Int32 = 0
    if waitpid(pid, &state, WNOHANG) == pid {
      pid = 0
      status = state
    }
    return pid > 0
  }

  func start() throws(LabError) {
    guard !isRunning else { throw LabError("\(name) runs already") }
    notify.drain()
    status = nil
    pid = try spawn(
      arguments, environment: ["NOTIFY_SOCKET=\(notify.path)"], output: .append(log))
  }

  /// True once the program has said READY=1, as `Type=notify` units do.
  func isReady() throws(LabError) -> Bool {
    guard isRunning else { throw LabError("\(name) ended: \(ending)") }
    return notify.isReady()
  }

  func signal(_ number: Int32) throws(LabError) {
    guard isRunning, kill(pid, number) == 0 else { throw LabError("\(name) does not run") }
  }

  /// `exit 1` or `signal 9`.
  var ending: String {
    guard let status else { return pid > 0 ? "runs" : "was never started" }
    return status & 0x7f == 0 ? "exit \(status >> 8 & 0xff)" : "signal \(status & 0x7f)"
  }

  /// Nanoseconds of CPU of all its threads (Linux, Documentation/scheduler/sched-stats.rst);
  /// /proc/PID/stat counts in ticks and misses what sleeps between them.
  func cpu_ns() throws(LabError) -> Int64 {
    guard isRunning else { throw LabError("\(name) does not run: \(ending)") }
    return list("/proc/\(pid)/task").reduce(0) { sum, thread in
      let line = readLine(of: "/proc/\(pid)/task/\(thread)/schedstat") ?? ""
      return sum + (line.split(separator: " ").first.flatMap { Int64($0) } ?? 0)
    }
  }

  /// Files that it holds open.
  func openFiles() -> [String] {
    list("/proc/\(pid)/fd").compactMap { link(at: "/proc/\(pid)/fd/\($0)") }
  }
}
