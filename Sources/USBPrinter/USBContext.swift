import Branch
import CLibUSB
import Glibc
import LinuxIO

/// A libusb context on the event loop: its descriptors are watched, its events handled without
/// waiting, its timeouts kept by its own timerfd or, where it has none, by the loop.
///
/// Made without device discovery: no bus scan, no hotplug thread. Devices are found in sysfs
/// (`USBTree`) and opened by us, then wrapped [libusb_wrap_sys_device, since 1.0.23].
final class USBContext {
  let raw: OpaquePointer
  private let loop: EventLoop
  private var registrations: [CInt: RegistrationID] = [:]
  private var completed: [USBTransfer] = []
  private var timer: TimerID?
  private let keepsOwnTimeouts: Bool
  /// Told when libusb has stopped to watch a descriptor: the device behind it is gone.
  var onDescriptorGone: ((CInt) -> Void)?
  private var isClosed = false

  init(loop: EventLoop) throws(Problem) {
    _ = kioskd_libusb_without_discovery()
    var context: OpaquePointer?
    let result = libusb_init(&context)
    guard result == 0, let context else { throw USBProblem.library(result) }
    raw = context
    self.loop = loop
    keepsOwnTimeouts = libusb_pollfds_handle_timeouts(context) == 1
    followDescriptors()
  }

  /// No transfer is in flight and no device open any more.
  func close() {
    guard !isClosed else { return }
    isClosed = true
    if let timer { loop.cancel(timer) }
    for registration in registrations.values { loop.unregister(registration) }
    registrations = [:]
  }

  /// Every transfer holds this context: libusb frees a transfer through its device and context, so
  /// that the context has to go last, after the last transfer.
  deinit {
    close()
    libusb_exit(raw)
  }

  /// Descriptors that are watched; for tests.
  var watchedDescriptors: Int { registrations.count }

  /// Brings the loop in line with the descriptors that libusb wants watched. To be called after
  /// a device was opened; after events it happens by itself.
  ///
  /// libusb's notifiers (libusb_set_pollfd_notifiers) are not used: they run on whatever thread
  /// opens a device, which here is a worker's, and the loop belongs to its own thread.
  func followDescriptors() {
    guard !isClosed, let list = libusb_get_pollfds(raw) else { return }
    defer { libusb_free_pollfds(list) }
    var wanted: Set<CInt> = []
    var next = list
    while let entry = next.pointee {
      wanted.insert(entry.pointee.fd)
      watch(entry.pointee.fd, Readiness(rawValue: UInt32(UInt16(bitPattern: entry.pointee.events))))
      next += 1
    }
    let gone = registrations.keys.filter { !wanted.contains($0) }
    for descriptor in gone {
      unwatch(descriptor)
      onDescriptorGone?(descriptor)
    }
  }

  private func watch(_ descriptor: CInt, _ interest: Readiness) {
    guard registrations[descriptor] == nil else { return }
    registrations[descriptor] = try? loop.register(descriptor, interest) { [weak self] _ in
      self?.handleEvents()
    }
  }

  private func unwatch(_ descriptor: CInt) {
    guard let registration = registrations.removeValue(forKey: descriptor) else { return }
    loop.unregister(registration)
  }

  /// Closes a device that has no transfer in flight. The order matters: out of the loop, out of
  /// libusb, and only then the descriptor, whose number may at once be somebody else's.
  func close(_ device: WrappedDevice) {
    unwatch(device.descriptor)
    libusb_close(device.handle)
    Glibc.close(device.descriptor)
  }

  /// Takes what is ready, without waiting.
  func handleEvents() {
    handleEvents(timeout: timeval())
  }

  /// Waits at most so long for something to happen; only for the last moments of a device.
  func handleEvents(timeout: timeval) {
    guard !isClosed else { return }
    var timeout = timeout
    _ = libusb_handle_events_timeout_completed(raw, &timeout, nil)
    deliver()
    followDescriptors()
    armTimeout()
  }

  /// A transfer came back; called by libusb within `handleEvents`. What follows from it runs
  /// after libusb has returned, because inside of it no events may be handled and nothing closed.
  func complete(_ transfer: USBTransfer) { completed.append(transfer) }

  private func deliver() {
    while !completed.isEmpty { completed.removeFirst().deliver() }
  }

  /// For a libusb without timerfd; ours has it, and this does nothing.
  func armTimeout() {
    guard !keepsOwnTimeouts, !isClosed else { return }
    if let timer { loop.cancel(timer) }
    timer = nil
    var wait = timeval()
    guard libusb_get_next_timeout(raw, &wait) == 1 else { return }
    let span = Span(ms: Int64(wait.tv_sec) * 1000 + Int64(wait.tv_usec) / 1000 + 1)
    timer = loop.schedule(after: span) { [weak self] in
      self?.timer = nil
      self?.handleEvents()
    }
  }
}
