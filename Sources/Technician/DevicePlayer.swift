public import Branch
public import Captures
import CLinux
import Glibc
public import LinuxIO
import TerminalInput

/// Plays a recording of an input device on one that it makes, which a node, or any program, takes
/// for the real one. The device is there while somebody plays it.
public final class DevicePlayer {
  public struct Result: Sendable {
    public var node = ""
    public var sent = 0
    /// nil: all of it was played.
    public var problem: Problem?
  }

  /// For a program to find the device and open it.
  static let finding = Span.seconds(15)
  static let look = Span.milliseconds(50)
  /// For whoever opened it to be ready, and for others.
  static let settling = Span.milliseconds(500)
  /// For the last events to be read; those of a device that is gone are lost.
  static let farewell = Span.milliseconds(500)
  /// Between two reports however fast: the kernel keeps 64 records for a reader (drivers/input/
  /// evdev.c), and a reader that is late loses all of them.
  static let pace = Span.milliseconds(2)

  private let loop: EventLoop
  private let capture: Capture
  private let path: String
  private let link: String?
  private let isFast: Bool
  private let onEnd: (Result) -> Void
  private let groups: [InputPlay.Group]
  private var device: VirtualInput?
  private var isLinked = false
  private var timer: TimerID?
  private var place = 0
  private var began: MonotonicTime?
  private var deadline = MonotonicTime(ms: 0)
  private(set) var result = Result()

  /// - Parameters:
  ///   - path: uinput's node.
  ///   - link: made for programs that look for the device under a name; removed in the end.
  ///   - isFast: without the pauses of the recording.
  public init(
    loop: EventLoop, capture: Capture, path: String, link: String?, isFast: Bool,
    onEnd: @escaping (Result) -> Void
  ) {
    self.loop = loop
    self.capture = capture
    self.path = path
    self.link = link
    self.isFast = isFast
    self.onEnd = onEnd
    groups = InputPlay.groups(of: capture)
  }

  /// Whether the path makes input devices: it may have another name, and not be there.
  public static func isMaker(_ path: String) -> Bool {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFCHR else {
      return path == VirtualInput.path
    }
    return (status.st_rdev >> 8) & 0xFFF == 10 && status.st_rdev & 0xFF == 223
  }

  /// - Parameter onMade: the device's event node, before somebody reads it.
  public func start(onMade: (String) -> Void) {
    guard capture.header.kind == .evdev else { return end(Self.otherKind(capture.header.kind)) }
    guard !groups.isEmpty else { return end(Self.empty) }
    do throws(SystemError) {
      let made = try VirtualInput(form, path: path)
      result.node = made.node
      device = consume made
    } catch {
      return end(Self.making(path, error))
    }
    // Who opens it finds them down, as the recorder did.
    let held = InputPlay.changes(from: [], to: InputPlay.heldAtFirst(capture))
    guard held.isEmpty || send(held + [InputPlay.report].compactMap(\.self)) else {
      return end(lost)
    }
    if let link {
      guard symlink(result.node, link) == 0 else { return end(Self.linking(link, errno)) }
      isLinked = true
    }
    onMade(result.node)
    deadline = Clock.monotonic() + Self.finding
    awaitReader()
  }

  public func close() {
    if let timer { loop.cancel(timer) }
    timer = nil
    if isLinked, let link { unlink(link) }
    isLinked = false
    device = nil
  }

  private var form: VirtualInputForm {
    let form = InputForm(capture)
    let ids = capture.header.usb.split(separator: ":").compactMap { UInt16($0, radix: 16) }
    var id = input_id()
    id.bustype = UInt16(ids.count == 2 ? BUS_USB : BUS_VIRTUAL)
    if ids.count == 2 { (id.vendor, id.product) = (ids[0], ids[1]) }
    let name = capture.header.device
    return VirtualInputForm(
      name: name.isEmpty ? "kioskd replay" : name, id: id, codes: form.codes, axes: form.axes)
  }

  // MARK: steps

  private func wait(_ span: Span, _ body: @escaping () -> Void) {
    if let timer { loop.cancel(timer) }
    timer = loop.schedule(after: span) { [unowned self] in
      timer = nil
      body()
    }
  }

  /// udevd and logind open every input device, and read no keys of it.
  private static let onlookers: Set<String> = ["systemd-udevd", "(udev-worker)", "systemd-logind"]

  private func awaitReader() {
    let readers = DeviceHolder.others(of: result.node, limit: 16)
      .filter { !Self.onlookers.contains($0.name) }
    if !readers.isEmpty {
      return wait(Self.settling) { [unowned self] in
        began = Clock.monotonic()
        next()
      }
    }
    guard Clock.monotonic() < deadline else { return end(unread) }
    wait(Self.look) { [unowned self] in awaitReader() }
  }

  private func next() {
    guard place < groups.count, let began else {
      return wait(Self.farewell) { [unowned self] in end(nil) }
    }
    let group = groups[place]
    let since = Span(ms: (group.time_us - groups[0].time_us) / 1000)
    let span = isFast ? Self.pace : max(began + since - Clock.monotonic(), Self.pace)
    wait(span) { [unowned self] in
      play(group)
    }
  }

  private func play(_ group: InputPlay.Group) {
    place += 1
    if send(group.records) { next() } else { end(lost) }
  }

  private func send(_ records: [InputRecord]) -> Bool {
    let bytes = records.flatMap { $0.event(at: 0).bytes }
    guard case .bytes(bytes.count)? = device?.send(bytes) else { return false }
    result.sent += records.count
    return true
  }

  private func end(_ problem: Problem?) {
    result.problem = problem
    let found = result
    wait(.milliseconds(0)) { [unowned self] in
      close()
      onEnd(found)
    }
  }
}
