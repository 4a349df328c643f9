import Branch
import CUPSPrinter
import PortBench
import PrivateCUPS

extension PortBench {
  /// A CUPS printer on this loop.
  func printer(_ server: String, queue: String = PrivateCUPS.queue, owner: String = "kioskd-test")
    -> CUPSPrinter
  {
    CUPSPrinter(loop: loop, queue: queue, server: server, owner: owner) { [unowned self] in
      record($0)
    }
  }
}

extension PrinterPortEvent {
  var conditions: Set<DeviceCondition>? {
    if case .conditions(let conditions) = self { conditions } else { nil }
  }
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
