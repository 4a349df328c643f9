import Glibc
public import LinuxIO

/// Lines that a person types, or a script sends, as events of a loop.
public final class LineInput {
  /// Longer lines are cut.
  static let line_bytes_max = 512

  private let loop: EventLoop
  private let descriptor: CInt
  private let onLine: (String?) -> Void
  private var registration: RegistrationID?
  private var timer: TimerID?
  private var pending: [UInt8] = []
  private var isEnded = false

  /// - Parameters:
  ///   - descriptor: stays its owner's, and blocking if it was.
  ///   - onLine: a line without its end; nil when no more come.
  public init(loop: EventLoop, descriptor: CInt = STDIN_FILENO, onLine: @escaping (String?) -> Void)
  {
    self.loop = loop
    self.descriptor = descriptor
    self.onLine = onLine
  }

  deinit { close() }

  public func start() {
    registration = try? loop.register(descriptor, [.read]) { [unowned self] _ in readOnce() }
    // A file cannot be waited for, and need not be.
    if registration == nil { readSoon() }
  }

  public func close() {
    if let registration { loop.unregister(registration) }
    registration = nil
    if let timer { loop.cancel(timer) }
    timer = nil
    isEnded = true
  }

  private func readSoon() {
    timer = loop.schedule(after: .milliseconds(0)) { [unowned self] in
      timer = nil
      readOnce()
      if !isEnded { readSoon() }
    }
  }

  private func readOnce() {
    var buffer = [UInt8](repeating: 0, count: 4096)
    switch buffer.withUnsafeMutableBytes({ SystemCall.read(descriptor, into: $0) }) {
    case .bytes(let count): take(buffer[..<count])
    case .wouldBlock: return
    case .end, .failed:
      let last = pending
      pending = []
      close()
      if !last.isEmpty { onLine(String(decoding: last, as: UTF8.self)) }
      onLine(nil)
    }
  }

  private func take(_ bytes: ArraySlice<UInt8>) {
    for byte in bytes {
      guard byte == 0x0A else {
        if pending.count < Self.line_bytes_max, byte != 0x0D { pending.append(byte) }
        continue
      }
      let line = pending
      pending = []
      onLine(String(decoding: line, as: UTF8.self))
    }
  }
}
