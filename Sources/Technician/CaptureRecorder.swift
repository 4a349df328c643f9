public import Branch
public import Captures
import Glibc
import LinuxIO

/// Writes a capture, entry by entry: what stands in the file is whole lines, whenever the box loses
/// its power. A file that is there already is left alone.
public final class CaptureRecorder {
  /// Left for the end line.
  private static let reserve_bytes = 4096

  public let path: String
  /// Without notes.
  public private(set) var count = 0
  /// Why it takes no more; nil while it does.
  public private(set) var problem: Problem?
  /// It has as much as a capture may have.
  public private(set) var isFull = false
  private var file: Descriptor?
  private let start_us: Int64
  private var last_us: Int64 = 0
  private var bytes: Int
  private var entries = 0
  /// From a device's own clock to that of the recording.
  private var stampOffset_us: Int64?
  private var lastStamp_us: Int64 = 0

  /// Throws `file` when it cannot be made.
  public init(path: String, header: CaptureHeader) throws(Problem) {
    self.path = path
    let head = Array(header.text.utf8)
    do throws(SystemError) {
      let file = try SystemCall.open(path, O_WRONLY | O_CREAT | O_EXCL, mode: 0o600)
      try Self.write(head, to: file.raw)
      self.file = consume file
    } catch {
      throw Problem(
        code: "file", what: "cannot write \(path)", cause: error.text,
        cure: error.errno == EEXIST
          ? "Move the old file away, or choose another name." : "Check the folder and the disk.")
    }
    start_us = Self.now_us()
    bytes = head.count
  }

  deinit { end("the recorder was dropped") }

  /// Something that happened now.
  public func add(_ event: Capture.Event) { add(event, at: Self.now_us() - start_us) }

  /// Bytes that went over the wire now.
  public func add(_ direction: Capture.Direction, _ bytes: [UInt8]) {
    let time_us = Self.now_us() - start_us
    for chunk in Capture.Event.chunks(direction, bytes) { add(chunk, at: time_us) }
  }

  /// A record of an input device, with the device's own time of it; nil or 0 when it has none.
  /// Only the distances of such times count, whatever their clock is.
  public func add(_ record: InputRecord, stamp_us: Int64?) {
    let now_us = Self.now_us() - start_us
    guard let stamp_us, stamp_us > 0 else { return add(.input(record), at: now_us) }
    // Its clock was set back.
    if stamp_us < lastStamp_us { stampOffset_us = nil }
    lastStamp_us = stamp_us
    let offset_us = stampOffset_us ?? (now_us - stamp_us)
    stampOffset_us = offset_us
    add(.input(record), at: stamp_us &+ offset_us)
  }

  /// The device was opened anew: its clock may be another.
  public func forgetStamps() {
    stampOffset_us = nil
    lastStamp_us = 0
  }

  /// Writes the last line and sees it on the disk. Nothing is taken after it.
  public func end(_ reason: String) {
    guard file != nil else { return }
    let entry = Capture.Entry(clamped(Self.now_us() - start_us), .end(reason))
    if problem == nil { put(entry) }
    if let raw = file?.raw { fsync(raw) }
    file = nil
  }

  /// Nothing was recorded: the file, which was made here, is taken away again.
  public func discard() {
    guard file != nil else { return }
    file = nil
    unlink(path)
  }

  private func add(_ event: Capture.Event, at time_us: Int64) {
    guard file != nil, problem == nil, !isFull else { return }
    if case .note = event {} else { count += 1 }
    let time_us = clamped(time_us)
    put(Capture.Entry(time_us, event))
    last_us = time_us
    entries += 1
    isFull =
      bytes > Capture.file_bytes_max - Self.reserve_bytes || entries > Capture.entries_max - 2
      || time_us >= Capture.time_us_max
  }

  /// Times never go back in a capture.
  private func clamped(_ time_us: Int64) -> Int64 {
    min(max(time_us, last_us), Capture.time_us_max)
  }

  private func put(_ entry: Capture.Entry) {
    guard let raw = file?.raw else { return }
    let line = Array(entry.line.utf8)
    do throws(SystemError) {
      try Self.write(line, to: raw)
      bytes += line.count
    } catch {
      problem = Problem(
        code: "file", what: "the capture \(path) broke off", cause: error.description,
        cure: "Make room on the disk, and record it again.")
    }
  }

  private static func write(_ bytes: [UInt8], to raw: CInt) throws(SystemError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      switch rest.withUnsafeBytes({ SystemCall.write(raw, $0) }) {
      case .bytes(let count): rest = rest.dropFirst(count)
      case .wouldBlock, .end: throw SystemError("write", errno: EIO)
      case .failed(let error): throw error
      }
    }
  }

  private static func now_us() -> Int64 { Int64(Clock.nanoseconds() / 1000) }
}
