import Branch
import CLinux
import Glibc
import Testing

@testable import LinuxIO

@Suite("The kernel's word about devices")
struct KernelEventTests {
  @Test("is read as it is sent: a head, then variables, each closed by a NUL")
  func message() {
    let message = [
      "add@/devices/platform/dummy_hcd.0/usb1/1-1/1-1:1.0/0003:1D6B:0104.0001/input/input4/event3",
      "ACTION=add", "SUBSYSTEM=input", "MAJOR=13", "DEVNAME=input/event3", "SEQNUM=1234", "",
    ].joined(separator: "\0")
    #expect(
      KernelEvent.parse(Array(message.utf8)) == KernelEvent(action: "add", subsystem: "input"))
  }

  @Test(
    "is not taken for one when it is something else",
    arguments: [
      "", "\0\0", "add@/devices/x", "add@/devices/x\0ACTION=add", "add@x\0ACTION=add\0SUBSYSTEM=a",
      "add@/x\0ACTION=remove\0SUBSYSTEM=input", "libudev\0ACTION=add\0SUBSYSTEM=input",
    ])
  func foreign(_ message: String) {
    #expect(KernelEvent.parse(Array(message.utf8)) == nil)
  }

  @Test("that is cut off anywhere is harmless")
  func splits() {
    let message = Array("change@/devices/v\0ACTION=change\0SUBSYSTEM=tty".utf8)
    for end in 0..<message.count {
      let event = KernelEvent.parse(message[0..<end])
      #expect(event == nil || event?.action == "change")
    }
  }
}

private let switchboard = "/sys/class/tty/tty/uevent"

/// The kernel itself speaks here: whoever may write to a device's `uevent` in sysfs makes it tell
/// of that device again (Documentation/ABI/testing/sysfs-uevent). Elsewhere the lab shows the same
/// with devices that are pulled and plugged.
@Suite(
  "The kernel's word, heard",
  .enabled(if: access(switchboard, W_OK) == 0, "needs root and a /sys to write to"),
  .serialized)
final class HeardEventTests {
  private let loop: EventLoop
  private var looks = 0

  init() throws { loop = try EventLoop() }

  private func search(of subsystem: String) -> DeviceSearch {
    let absent = Problem(code: "device-absent", what: "", cause: "", cure: "")
    return DeviceSearch(
      loop: loop, path: "/nowhere/at/all", subsystem: subsystem,
      attempt: { [unowned self] in
        looks += 1
        if looks > 1 { loop.stop() }
        return .needsChange(absent)
      }, tell: { _ in })
  }

  private func run(atMost span: Span) {
    let timer = loop.schedule(after: span) { [loop] in loop.stop() }
    loop.run()
    loop.cancel(timer)
  }

  private func makeTheKernelSpeak() {
    let file = open(switchboard, O_WRONLY)
    defer { close(file) }
    #expect(write(file, "change", 6) == 6)
  }

  @Test("makes a search look, though its path did not change")
  func heard() {
    let search = search(of: "tty")
    search.start()
    #expect(looks == 1)
    // Not before the pause that a burst of changes has to keep.
    _ = loop.schedule(after: .milliseconds(60)) { [unowned self] in makeTheKernelSpeak() }
    run(atMost: .seconds(20))
    #expect(looks == 2)
    search.stop()
  }

  @Test("does not matter to a search for devices of another kind, nor to one that ended")
  func others() {
    let keys = search(of: "input")
    keys.start()
    let ended = search(of: "tty")
    ended.start()
    ended.stop()
    looks = 0
    makeTheKernelSpeak()
    run(atMost: .milliseconds(300))
    #expect(looks == 0)
    keys.stop()
  }

  @Test("is not believed from another program")
  func impostor() {
    let search = search(of: "tty")
    search.start()
    let impostor = Glibc.socket(AF_NETLINK, CInt(SOCK_RAW.rawValue), NETLINK_KOBJECT_UEVENT)
    defer { close(impostor) }
    var group = sockaddr_nl()
    group.nl_family = sa_family_t(AF_NETLINK)
    group.nl_groups = 1
    let message = Array("change@/devices/virtual/tty/tty\0ACTION=change\0SUBSYSTEM=tty\0".utf8)
    let size = socklen_t(MemoryLayout<sockaddr_nl>.size)
    let sent = withUnsafePointer(to: &group) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        sendto(impostor, message, message.count, 0, $0, size)
      }
    }
    #expect(sent == message.count)
    run(atMost: .milliseconds(300))
    #expect(looks == 1)
    search.stop()
  }
}
