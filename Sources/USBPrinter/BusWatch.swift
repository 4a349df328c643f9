import CLinux
import Glibc
import LinuxIO

/// Tells when a USB device may have come, gone, or got its rights: a change below /dev/bus/usb,
/// where the kernel (devtmpfs) makes a node for each device and udevd, if there is one, then sets
/// its group and mode.
///
/// Used in place of libusb's hotplug callbacks, which need udevd, a thread, and say nothing about
/// rights: inotify sees the same with and without udevd, in a container too.
final class BusWatch {
  private let loop: EventLoop
  private let root: String
  private let onChange: () -> Void
  private var top: PathWatch?
  private var inotify: CInt = -1
  private var registration: RegistrationID?
  private static let mask = UInt32(IN_CREATE | IN_DELETE | IN_ATTRIB | IN_ONLYDIR)

  /// - Parameters:
  ///   - root: `/dev/bus/usb` but in tests.
  ///   - onChange: on the loop's thread, once for all that came together.
  init(loop: EventLoop, root: String, onChange: @escaping () -> Void) throws(SystemError) {
    self.loop = loop
    self.root = root
    self.onChange = onChange
    let inotify = try SystemCall.check(
      "inotify_init1", inotify_init1(CInt(IN_CLOEXEC) | CInt(IN_NONBLOCK)))
    self.inotify = inotify
    do throws(SystemError) {
      registration = try loop.register(inotify, [.read]) { [weak self] _ in self?.drain() }
      top = try PathWatch(loop: loop, path: root, watchesContents: true) { [weak self] in
        self?.watchBuses()
        self?.onChange()
      }
    } catch {
      close()
      throw error
    }
    watchBuses()
  }

  deinit { close() }

  func close() {
    top?.close()
    top = nil
    if let registration { loop.unregister(registration) }
    registration = nil
    if inotify >= 0 { Glibc.close(inotify) }
    inotify = -1
  }

  /// A directory for each bus. Adding a watch that exists changes nothing (inotify_add_watch(2)),
  /// and one whose directory is gone has ended by itself.
  private func watchBuses() {
    for name in SmallFile.entries(root) {
      inotify_add_watch(inotify, "\(root)/\(name)", Self.mask)
    }
  }

  /// What changed does not matter: the tree is read anew.
  private func drain() {
    var buffer = [UInt8](repeating: 0, count: 4096)
    var isChanged = false
    while inotify >= 0,
      case .bytes = buffer.withUnsafeMutableBytes({ SystemCall.read(inotify, into: $0) })
    { isChanged = true }
    if isChanged { onChange() }
  }
}
