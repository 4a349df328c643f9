public import Branch
public import Configuration
import DeviceProfiles
public import LinuxIO
import NodeRuntime
import SerialPort
import SignProtocols

/// A sign tried out: opens its line, sends one frame, listens for a while.
public final class SignTrial {
  /// Opening is quick or fails; a line that another program closes slowly gets this long.
  public static let opening: Span = .milliseconds(3500)
  /// Signs are silent; noise of a wrong speed or device comes soon after the frame.
  public static let listening: Span = .seconds(1)

  public struct Result: Sendable {
    /// nil: it was not opened.
    public internal(set) var identity: String?
    public internal(set) var isSent = false
    public internal(set) var received: [UInt8] = []
    public internal(set) var notes: [String] = []
    /// nil: all bytes went out and nothing came back.
    public internal(set) var problem: Problem?
  }

  /// Bytes kept of what comes back.
  public static let received_max = 256

  public let frame: [UInt8]
  private let loop: EventLoop
  private let id: SignID
  private let onEnd: (Result) -> Void
  private var port: SerialPort?
  private var timer: TimerID?
  private var result = Result()
  private var answers = SignAnswers()
  private var isEnded = false

  public init(
    _ sign: SignConfiguration, text: String, loop: EventLoop, onEnd: @escaping (Result) -> Void
  ) {
    self.loop = loop
    self.onEnd = onEnd
    id = sign.id
    frame = sign.signProtocol.encode(text)
    port = NodeTransports.sign(sign, loop: loop) { [weak self] in self?.handle($0) }
  }

  /// What fills a sign from edge to edge, so that a dark column is seen.
  public static func pattern(_ profile: SignProfile) -> String {
    let digits = String(repeating: "1234567890", count: profile.columns / 10 + 1)
    if case .frame(let frame) = profile.signProtocol, frame.text.characters == .digits {
      return String(digits.prefix(profile.columns))
    }
    return String(("TEST" + digits).prefix(profile.columns))
  }

  public func start() {
    wait(Self.opening) { [unowned self] in
      end(
        Problem(
          code: "timed-out", what: "the line was not opened in time",
          cause: "no answer within \(Self.opening.ms) ms",
          cure: "Unplug the adapter, plug it in again, and try again."))
    }
    port?.start()
  }

  public func close() {
    if let timer { loop.cancel(timer) }
    timer = nil
    port?.close()
    port = nil
  }

  private func handle(_ event: SerialEvent) {
    switch event {
    case .opened(let identity):
      result.identity = identity
      // The port stalls by itself when no byte is taken, and says so.
      wait(SerialPort.stall_max * 2) { [unowned self] in end(nil) }
      if port?.write(frame) != true { end(Self.refused) }
    case .drained:
      result.isSent = true
      wait(Self.listening) { [unowned self] in end(answers.problem(sign: id.text)) }
    case .received(let bytes):
      _ = answers.take(bytes)
      result.received += bytes.prefix(Self.received_max - result.received.count)
    case .lost(let problem): end(problem)
    case .note(let text): result.notes.append(text)
    }
  }

  private func wait(_ span: Span, _ body: @escaping () -> Void) {
    if let timer { loop.cancel(timer) }
    timer = loop.schedule(after: span, body)
  }

  private func end(_ problem: Problem?) {
    guard !isEnded else { return }
    isEnded = true
    result.problem = problem
    // Not here: the port that tells it is still at work.
    _ = loop.schedule(after: .milliseconds(0)) { [unowned self] in
      close()
      onEnd(result)
    }
  }

  private static let refused = Problem(
    code: "refused", what: "the line took no bytes", cause: "it was closed again at once",
    cure: "Check cable and adapter, and try again.")
}

/// Bytes for people: sixteen a line, in hexadecimal and as text.
public func hexDump(_ bytes: [UInt8]) -> [String] {
  stride(from: 0, to: bytes.count, by: 16).map { start in
    let row = bytes[start..<min(start + 16, bytes.count)]
    let hex = row.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: " ")
    let text = String(
      decoding: row.map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
    return hex + String(repeating: " ", count: 47 - hex.utf8.count) + "  " + text
  }
}
