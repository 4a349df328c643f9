import CLinux
import Glibc

/// One message of the kernel about a device: `add@/devices/…`, then `KEY=VALUE`, each closed by
/// a NUL (Documentation/ABI/testing/sysfs-uevent; lib/kobject_uevent.c).
package struct KernelEvent: Equatable {
  package let action: String
  package let subsystem: String

  package init(action: String, subsystem: String) {
    self.action = action
    self.subsystem = subsystem
  }

  /// nil for what is not of that form, as udevd's own messages (`libudev`, then binary).
  package static func parse(_ bytes: some Collection<UInt8>) -> KernelEvent? {
    let fields = bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    guard let head = fields.first, let at = head.firstIndex(of: "@"),
      head[at...].hasPrefix("@/"), let subsystem = value("SUBSYSTEM=", of: fields),
      let action = value("ACTION=", of: fields), action == head[..<at]
    else { return nil }
    return KernelEvent(action: action, subsystem: subsystem)
  }

  private static func value(_ key: String, of fields: [String]) -> String? {
    fields.first { $0.hasPrefix(key) }.map { String($0.dropFirst(key.count)) }
  }
}

/// Tells at once when the kernel has made, changed or removed a device, whether or not udevd runs:
/// netlink(7), NETLINK_KOBJECT_UEVENT, the group of the kernel itself. The message comes when the
/// device's attributes in sysfs are complete, which inotify on `/dev` does not promise.
///
/// A container with a network namespace of its own hears nothing here; there `PathWatch` alone
/// tells. Confined to the event loop's thread, which has one for all.
public final class KernelEvents {
  /// Names one listener.
  public struct ListenerID: Hashable, Sendable { let number: UInt64 }

  /// The group that the kernel speaks to; udevd's is 2.
  private static let kernelGroup: UInt32 = 1
  /// A message is at most 2,048 bytes of variables and a path (UEVENT_BUFFER_SIZE).
  private static let message_max = 8192
  /// Messages read for one wake-up; the rest comes with the next one.
  private static let reads_max = 64

  private unowned let loop: EventLoop
  private let socket: Descriptor
  private var registration: RegistrationID?
  private var listeners: [UInt64: (subsystem: String, heard: () -> Void)] = [:]
  private var next: UInt64 = 1

  /// nil when the kernel gives no such socket (a sandbox that forbids AF_NETLINK).
  init?(loop: EventLoop) {
    let kind = CInt(SOCK_RAW.rawValue) | CInt(SOCK_CLOEXEC.rawValue) | CInt(SOCK_NONBLOCK.rawValue)
    let raw = Glibc.socket(AF_NETLINK, kind, NETLINK_KOBJECT_UEVENT)
    guard raw >= 0 else { return nil }
    self.loop = loop
    socket = Descriptor(owning: raw)
    var address = sockaddr_nl()
    address.nl_family = sa_family_t(AF_NETLINK)
    address.nl_groups = Self.kernelGroup
    let size = socklen_t(MemoryLayout<sockaddr_nl>.size)
    let isBound = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(raw, $0, size) == 0 }
    }
    guard isBound else { return nil }
    registration = try? loop.register(raw, [.read]) { [unowned self] _ in drain() }
    guard registration != nil else { return nil }
  }

  /// `heard` runs on the loop's thread, at most once a wake-up, when a device of the subsystem
  /// (`input`, `tty`) came, went or changed, or when messages were lost.
  public func listen(to subsystem: String, _ heard: @escaping () -> Void) -> ListenerID {
    listeners[next] = (subsystem, heard)
    next += 1
    return ListenerID(number: next - 1)
  }

  public func remove(_ id: ListenerID) { listeners[id.number] = nil }

  private func drain() {
    var changed: Set<String> = []
    var isLossy = false
    var buffer = [UInt8](repeating: 0, count: Self.message_max)
    for _ in 0..<Self.reads_max {
      switch receive(&buffer) {
      case .message(let event): changed.insert(event.subsystem)
      case .lost: isLossy = true
      case .foreign: continue
      case .nothing: return tell(changed, isLossy)
      }
    }
    tell(changed, isLossy)
  }

  private func tell(_ changed: Set<String>, _ isLossy: Bool) {
    for id in listeners.keys.sorted() {
      // One that was called before may have removed it.
      guard let listener = listeners[id] else { continue }
      if isLossy || changed.contains(listener.subsystem) { listener.heard() }
    }
  }

  private enum Received {
    case message(KernelEvent)
    /// The kernel had no room for some.
    case lost
    /// Not the kernel's: root may send to the group as well.
    case foreign
    case nothing
  }

  private func receive(_ buffer: inout [UInt8]) -> Received {
    var sender = sockaddr_nl()
    var size = socklen_t(MemoryLayout<sockaddr_nl>.size)
    let count = withUnsafeMutablePointer(to: &sender) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        recvfrom(socket.raw, &buffer, buffer.count, 0, $0, &size)
      }
    }
    guard count >= 0 else { return errno == ENOBUFS ? .lost : .nothing }
    guard sender.nl_pid == 0, let event = KernelEvent.parse(buffer[0..<count]) else {
      return .foreign
    }
    return .message(event)
  }
}
