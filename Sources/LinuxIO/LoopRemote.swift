import CLinux
import Glibc
import Synchronization

/// The way into an event loop from other threads: an eventfd and a bounded list of work.
public final class LoopRemote: Sendable {
  /// Work that may wait; more is a programming error and traps.
  public static let waiting_max = 65_536

  private let posted = Mutex<[@Sendable () -> Void]>([])
  let descriptor: CInt

  init() throws(SystemError) {
    descriptor = try SystemCall.check("eventfd", eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK)))
  }

  deinit { close(descriptor) }

  /// Runs the work on the loop's thread, in the order of posting.
  public func post(_ work: @escaping @Sendable () -> Void) {
    let isFirst = posted.withLock { list in
      precondition(list.count < Self.waiting_max)
      list.append(work)
      return list.count == 1
    }
    if isFirst { wake() }
  }

  func runPosted() {
    var count: UInt64 = 0
    _ = withUnsafeMutableBytes(of: &count) { SystemCall.read(descriptor, into: $0) }
    let work = posted.withLock { list in
      defer { list = [] }
      return list
    }
    for item in work { item() }
  }

  private func wake() {
    var one: UInt64 = 1
    _ = withUnsafeBytes(of: &one) { SystemCall.write(descriptor, $0) }
  }
}
