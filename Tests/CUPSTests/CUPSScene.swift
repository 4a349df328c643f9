import Branch
import CUPSPrinter
import LinuxIO
import PortBench
import PrivateCUPS

extension PortBench {
  /// A CUPS printer on this loop.
  func printer(
    _ server: String, queue: String = PrivateCUPS.queue, owner: String = "kioskd-test",
    resumes: Bool = true, feed: String? = nil
  ) -> CUPSPrinter {
    CUPSPrinter(
      loop: loop, queue: queue, server: server, owner: owner, resumes: resumes, feed: feed
    ) { [unowned self] in record($0) }
  }

  /// Runs the loop until a document is at the backend, which waits.
  func waitForBackend(of cups: PrivateCUPS) throws {
    let watch = try PathWatch(loop: loop, path: cups.directory, watchesContents: true) {
      [unowned self] in check()
    }
    defer { watch.close() }
    try run("a backend waits") { _ in cups.isBackendWaiting }
  }

  /// Somebody else at the same queue; what happens to his tickets is not recorded.
  func neighbour(_ server: String) -> CUPSPrinter {
    CUPSPrinter(loop: loop, queue: PrivateCUPS.queue, server: server, owner: "neighbour") { _ in }
  }
}

extension PrinterPortEvent {
  var conditions: Set<DeviceCondition>? {
    if case .conditions(let conditions) = self { conditions } else { nil }
  }
  var trouble: Problem? { if case .troubled(let problem) = self { problem } else { nil } }
  var spooled: (job: UInt64, completed: Bool, detail: String)? {
    if case .spooled(let job, let completed, let detail) = self {
      (job, completed, detail)
    } else {
      nil
    }
  }
}

/// A ticket with every byte value in it, behind a marker.
func ticketBytes(_ count: Int) -> [UInt8] {
  ticketMarker + awkwardBytes(count)
}

let ticketMarker = Array("\u{1B}@TICKET-START".utf8)
