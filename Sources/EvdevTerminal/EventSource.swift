import Branch
import CLinux
import Glibc
import LinuxIO
import TerminalInput

/// One open path that yields `input_event` records: an event node, or a FIFO, pty or file.
final class EventSource {
  /// Records read for one wake-up, so that one chattering device cannot starve the others.
  static let records_max = 64

  let path: String
  let kind: EventPath.Kind
  private(set) var isGrabbed = false
  private let inode: Inode
  private let loop: EventLoop
  private let onEvent: (EventSource, SourceEvent) -> Void
  private let onRaw: ((RawInput) -> Void)?
  private var descriptor: Descriptor?
  private var registration: RegistrationID?
  private var nextRead: TimerID?
  private var decoder = InputEventDecoder()
  private var noise = NoiseMeter()
  private var losses = NoiseMeter()
  private var reader: TerminalReader
  private var deadline: TimerID?
  private var wantsGrab: Bool
  /// Its stamps are of the clock that `Clock.monotonic` reads.
  private var isMonotonic = false

  init(
    loop: EventLoop, path: String, rules: TerminalRules, grabs: Bool,
    onRaw: ((RawInput) -> Void)? = nil,
    onEvent: @escaping (EventSource, SourceEvent) -> Void
  ) throws(SystemError) {
    let opened = try EventPath.open(path)
    var status = stat()
    try SystemCall.check("fstat", fstat(opened.raw, &status))
    self.loop = loop
    self.path = path
    self.onEvent = onEvent
    self.onRaw = onRaw
    kind = EventPath.kind(opened.raw, status)
    inode = Inode(status)
    reader = TerminalReader(rules)
    wantsGrab = grabs && kind == .evdev
    switch kind {
    case .evdev:
      isMonotonic = kioskd_evdev_monotonic(opened.raw) == 0
      // A recording has all events.
      if onRaw == nil { EventDevice.hearKeysOnly(opened.raw) }
      let held = EventDevice.keysDown(opened.raw)
      reader.adopt(held)
      onRaw?(.keysDown(held))
      reader.setCapsLock(EventDevice.isLit(opened.raw, EventCode.capsLockLED))
    case .stream: EventPath.makeRaw(opened.raw)
    case .file: break
    }
    descriptor = consume opened
    try tryGrab()
    try beginReading()
  }

  deinit { close() }

  func close() {
    if let registration { loop.unregister(registration) }
    registration = nil
    if let nextRead { loop.cancel(nextRead) }
    nextRead = nil
    if let deadline { loop.cancel(deadline) }
    deadline = nil
    descriptor = nil
  }

  /// Tells what is certain now that the device is gone.
  func finish() {
    for outcome in reader.deviceLost(at: Clock.monotonic()) where descriptor != nil {
      tell(outcome)
    }
  }

  /// Whether the path still leads to what is open here. A replaced FIFO or node does not.
  var isCurrent: Bool {
    var status = stat()
    return stat(path, &status) == 0 && Inode(status) == inode
  }

  /// Lights or darkens a LED, when the device has it and may be written.
  func setLED(_ code: UInt16, isOn: Bool) {
    guard kind == .evdev, let raw = descriptor?.raw, EventDevice.hasLED(raw, code) else { return }
    let records = InputEvent.led(code, isOn: isOn).bytes + InputEvent.report().bytes
    _ = records.withUnsafeBytes { SystemCall.write(raw, $0) }
  }

  /// Sounds the device's beeper, when it has one and may be written.
  /// - Parameter value: of SND_TONE the frequency in hertz; 0 makes it silent.
  func setSound(_ code: UInt16, _ value: Int32) {
    guard kind == .evdev, let raw = descriptor?.raw, EventDevice.hasSound(raw, code) else { return }
    let records = InputEvent.sound(code, value).bytes + InputEvent.report().bytes
    _ = records.withUnsafeBytes { SystemCall.write(raw, $0) }
  }

  // MARK: Beginning

  private func beginReading() throws(SystemError) {
    guard let raw = descriptor?.raw else { return }
    if kind == .file {
      nextRead = loop.schedule(after: Span(ms: 0)) { [weak self] in self?.readFile() }
    } else {
      registration = try loop.register(raw, [.read]) { [weak self] in self?.handle($0) }
    }
  }

  // MARK: Grabbing

  /// Takes the device away from console and desktop. Not while a key is down: they would never see
  /// it come up, and repeat it for ever. Throws EBUSY when another program has grabbed it, because
  /// then no event comes here.
  private func tryGrab() throws(SystemError) {
    guard wantsGrab, let raw = descriptor?.raw, EventDevice.keysDown(raw).isEmpty else { return }
    try SystemCall.check("EVIOCGRAB", kioskd_evdev_grab(raw, 1))
    isGrabbed = true
    wantsGrab = false
    darkenCapsLock()
  }

  // MARK: Caps Lock

  /// A console that has Caps Lock on lights its lamp on all keyboards. Some scanners look at it and
  /// type small letters for large ones, others do not: only without the lamp all of them type what
  /// stands on the paper. Nobody but us can light it again while the device is grabbed.
  private func darkenCapsLock() {
    guard reader.capsLock != nil, let raw = descriptor?.raw else { return }
    if EventDevice.isLit(raw, EventCode.capsLockLED) {
      setLED(EventCode.capsLockLED, isOn: false)
    }
    reader.setCapsLock(false)
  }

  /// Of a device that is not ours alone the lamp tells how Caps Lock is; of a grabbed one its key
  /// does, and the lamp has to follow.
  private func followCapsLock(_ event: InputEvent) {
    guard let capsLock = reader.capsLock, kind == .evdev else { return }
    if event.type == EventType.led, event.code == EventCode.capsLockLED, !isGrabbed {
      reader.setCapsLock(event.value != 0)
    }
    if event.type == EventType.key, event.value == 1, event.code == EventCode.capsLockKey,
      isGrabbed
    {
      setLED(EventCode.capsLockLED, isOn: capsLock)
    }
  }

  private func grabLater() {
    guard wantsGrab else { return }
    do throws(SystemError) {
      try tryGrab()
      if isGrabbed { onEvent(self, .note("\(path): grabbed, now that no key is down")) }
    } catch {
      if error.errno == EBUSY {
        let problem = DeviceProblems.held(path, by: DeviceHolder.others(of: path))
        return onEvent(self, .ended(problem))
      }
      wantsGrab = false
      onEvent(self, .note("\(path): not grabbed: \(error)"))
    }
  }

  // MARK: Reading

  private func handle(_ readiness: Readiness) {
    if readiness.contains(.read) {
      _ = readOnce()
    } else if !readiness.isDisjoint(with: [.hangUp, .error]) {
      end("it hung up")
    }
  }

  private func readFile() {
    nextRead = nil
    guard readOnce(), descriptor != nil else { return }
    nextRead = loop.schedule(after: Span(ms: 0)) { [weak self] in self?.readFile() }
  }

  /// false when there is nothing more to read.
  private func readOnce() -> Bool {
    guard let raw = descriptor?.raw else { return false }
    var buffer = [UInt8](repeating: 0, count: Self.records_max * InputEvent.recordBytes)
    switch buffer.withUnsafeMutableBytes({ SystemCall.read(raw, into: $0) }) {
    case .bytes(let count):
      take(buffer[0..<count])
      return true
    case .wouldBlock: return false
    case .end where kind == .file:
      onEvent(self, .note("\(path): the capture was read to its end"))
      return false
    case .end:
      end("read: end of file")
      return false
    case .failed(let error):
      end(error.description)
      return false
    }
  }

  private func end(_ cause: String) {
    finish()
    guard descriptor != nil else { return }
    onEvent(self, .ended(DeviceProblems.unplugged(path, cause)))
  }

  private func take(_ bytes: ArraySlice<UInt8>) {
    let now = Clock.monotonic()
    var isStateNeeded = false
    for item in decoder.feed(bytes) {
      guard descriptor != nil else { return }
      switch item {
      case .garbage(let count):
        if let count = noise.heard(count, now: now) {
          onEvent(self, .note("\(path): \(count) bytes were no input events"))
        }
      case .event(let event):
        onRaw?(.event(event))
        for outcome in reader.feed(event, at: now) where descriptor != nil {
          if outcome == .needsKeyState { isStateNeeded = true }
          tell(outcome)
        }
        followCapsLock(event)
      }
    }
    if isStateNeeded { recoverKeyState() }
    awaitDeadline()
  }

  private func tell(_ outcome: TerminalReader.Outcome) {
    switch outcome {
    case .pressed(let press): onEvent(self, .pressed(press))
    case .burst(let stroke, let count): onEvent(self, .burst(stroke, count: count))
    case .scanned(let code): onEvent(self, .scanned(code))
    case .scanDropped(let fault, let count):
      onEvent(self, .note("\(path): a code of \(count) characters is dropped: \(fault)"))
      if descriptor != nil { onEvent(self, .unreadable) }
    case .allUp: grabLater()
    case .needsKeyState: break
    }
  }

  // MARK: Deadlines

  private func awaitDeadline() {
    if let deadline { loop.cancel(deadline) }
    deadline = nil
    guard descriptor != nil, let next = reader.deadline else { return }
    let wait = max(Span(ms: 0), next - Clock.monotonic())
    deadline = loop.schedule(after: wait) { [weak self] in self?.deadlinePassed() }
  }

  /// After a stall the timer comes before what waits to be read, which may be the rest of a code or
  /// the key that came up long ago.
  private func deadlinePassed() {
    deadline = nil
    if kind != .file, readOnce() { return awaitDeadline() }
    guard descriptor != nil else { return }
    for outcome in reader.timePassed(Clock.monotonic()) where descriptor != nil { tell(outcome) }
    awaitDeadline()
  }

  /// After all records in hand: they are older than the state that the kernel gives now, and the
  /// call empties the kernel's queue of key events (drivers/input/evdev.c, evdev_handle_get_val).
  /// A stream without a device behind it has no state: then nothing is held.
  private func recoverKeyState() {
    guard let raw = descriptor?.raw else { return }
    let held = kind == .evdev ? EventDevice.keysDown(raw) : []
    let now = Clock.monotonic()
    let stamp = InputTime(seconds: now.ms / 1000, microseconds: now.ms % 1000 * 1000)
    onRaw?(.keysDown(held))
    if let count = losses.heard(1, now: now) {
      let times = count == 1 ? "" : " \(count) times"
      onEvent(self, .note("\(path): events were lost\(times), keys that are down were read again"))
    }
    for outcome in reader.keyState(held, at: now, stamp: isMonotonic ? stamp : .zero)
    where descriptor != nil { tell(outcome) }
    if isGrabbed {
      darkenCapsLock()
    } else {
      reader.setCapsLock(kind == .evdev && EventDevice.isLit(raw, EventCode.capsLockLED))
      if reader.down.isEmpty { grabLater() }
    }
  }
}
