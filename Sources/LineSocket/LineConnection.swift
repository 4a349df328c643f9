import Branch
import CLinux
import Glibc
public import LinuxIO
public import QueueProtocol

/// Why a connection ended.
public enum LineClosure: Equatable, Sendable {
  /// The other side closed it.
  case end
  case failed(SystemError)
  /// A line outgrew the limit. The connection still takes output; close it after the last word.
  case violation(ProtocolError)
  /// The other side does not read what it is sent.
  case tooSlow
}

/// Lines over a connected socket, both ways. Confined to the loop's thread.
public final class LineConnection {
  /// Bytes that may wait to be sent; a reader that is slower than that is cut off.
  public static let output_max_bytes = 1 << 20
  /// Bytes taken from the kernel in one go, so that one peer cannot keep the loop to itself.
  static let readAtOnce_bytes = 16_384
  /// How long the other side may take to close after our last word.
  static let linger: Span = .seconds(2)

  private let loop: EventLoop
  private let descriptor: Descriptor
  private var registration: RegistrationID?
  private var framer = LineFramer()
  private var output: [UInt8] = []
  private var outputStart = 0
  private var onLine: ((UnsafeRawBufferPointer) -> Void)?
  private var onClosed: ((LineClosure) -> Void)?
  /// Bytes had to wait for the other side, and it has taken them all.
  public var onDrained: (() -> Void)?
  /// Asked before anything is read. After a false nothing is read, and so the other side is kept
  /// from sending more, until `readOn`.
  public var mayRead: (() -> Bool)?
  private var isStopped = false
  private var otherSideEnded = false
  /// When something was read last; at first, when the connection was taken.
  public private(set) var heardAt: MonotonicTime
  private var closesWhenSent = false
  private var readsNoMore = false
  /// Itself, while it closes on its own.
  private var lingering: LineConnection?
  private var lingerTimer: TimerID?

  /// - Parameters:
  ///   - onLine: a whole line without its line feed, good until it returns.
  ///   - onClosed: comes once, unless `close` was called first.
  public init(
    loop: EventLoop, descriptor: consuming Descriptor,
    onLine: @escaping (UnsafeRawBufferPointer) -> Void, onClosed: @escaping (LineClosure) -> Void
  ) throws(SystemError) {
    self.loop = loop
    self.descriptor = descriptor
    self.onLine = onLine
    self.onClosed = onClosed
    heardAt = Clock.monotonic()
    setOption(self.descriptor.raw, CInt(IPPROTO_TCP), TCP_NODELAY, 1)
    registration = try loop.register(self.descriptor.raw, [.read]) { [unowned self] readiness in
      ready(readiness)
    }
  }

  deinit { close() }

  /// The other side may have spoken, and it is on us that nothing of it was read: reading was
  /// stopped, or a whole line still waits in the kernel.
  public var isHeldUp: Bool {
    if isStopped { return !otherSideEnded }
    return withUnsafeTemporaryAllocation(byteCount: Line.length_max, alignment: 8) { buffer in
      let flags = CInt(MSG_PEEK) | CInt(MSG_DONTWAIT)
      let count = recv(descriptor.raw, buffer.baseAddress, buffer.count, flags)
      return count > 0 && buffer[..<count].contains(UInt8(ascii: "\n"))
    }
  }

  /// After `mayRead` said no.
  public func readOn() {
    guard isStopped else { return }
    isStopped = false
    heardAt = Clock.monotonic()
    updateInterest()
  }

  public var outputCount_bytes: Int { output.count - outputStart }

  /// Sends bytes at once where the socket takes them, and queues the rest.
  public func send(_ bytes: UnsafeRawBufferPointer) {
    guard registration != nil else { return }
    var taken = 0
    if outputCount_bytes == 0 {
      switch SystemCall.send(descriptor.raw, bytes) {
      case .bytes(let count): taken = count
      case .wouldBlock: break
      case .end: return finish(.end)
      case .failed(let error): return finish(.failed(error))
      }
    }
    guard taken < bytes.count else { return }
    output += bytes[taken...]
    if outputCount_bytes > Self.output_max_bytes { return finish(.tooSlow) }
    watchForRoom(true)
  }

  public func send(_ bytes: [UInt8]) { bytes.withUnsafeBytes { send($0) } }

  /// Sends what is queued, then closes without a word to `onClosed`. The caller may let go: the
  /// connection keeps itself until the other side has closed too, or `linger` is over. Closing at
  /// once with unread input would make the kernel reset the connection and drop the last words.
  public func closeWhenSent() {
    onLine = nil
    onClosed = nil
    onDrained = nil
    mayRead = nil
    guard registration != nil else { return }
    readsNoMore = true
    closesWhenSent = true
    readOn()
    lingering = self
    lingerTimer = loop.schedule(after: Self.linger) { [unowned self] in
      lingerTimer = nil
      close()
    }
    if outputCount_bytes == 0 { endOutput() }
  }

  private func endOutput() { shutdown(descriptor.raw, CInt(SHUT_WR)) }

  /// Closes now, without a word to `onClosed`.
  public func close() {
    onLine = nil
    onClosed = nil
    onDrained = nil
    mayRead = nil
    if let lingerTimer { loop.cancel(lingerTimer) }
    lingerTimer = nil
    defer { lingering = nil }
    guard let registration else { return }
    loop.unregister(registration)
    self.registration = nil
    shutdown(descriptor.raw, CInt(SHUT_RDWR))
  }

  private func finish(_ closure: LineClosure) {
    let tell = onClosed
    close()
    tell?(closure)
  }

  private func ready(_ readiness: Readiness) {
    // A handler may let go of the connection; it lives until this returns.
    withExtendedLifetime(self) {
      if readiness.contains(.write) {
        flush()
        if registration != nil, outputCount_bytes == 0 { onDrained?() }
      }
      guard registration != nil else { return }
      if isStopped { return otherSideMoved(readiness) }
      guard !readiness.isDisjoint(with: [.read, .hangUp, .error]) else { return }
      if mayRead?() == false { stop(readiness) } else { read() }
    }
  }

  private func stop(_ readiness: Readiness) {
    isStopped = true
    otherSideEnded = false
    updateInterest()
    otherSideMoved(readiness)
  }

  /// Nothing is read, but a connection that is gone must not be kept for that.
  private func otherSideMoved(_ readiness: Readiness) {
    if !readiness.isDisjoint(with: [.hangUp, .error]) { return finish(.end) }
    guard readiness.contains(.otherSideEnded), !otherSideEnded else { return }
    otherSideEnded = true
    updateInterest()
  }

  private func read() {
    guard !readsNoMore else { return discardInput() }
    let result = withUnsafeTemporaryAllocation(
      byteCount: Self.readAtOnce_bytes, alignment: 8
    ) { buffer -> Transfer in
      let result = SystemCall.read(descriptor.raw, into: buffer)
      if case .bytes(let count) = result {
        take(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      }
      return result
    }
    switch result {
    case .bytes, .wouldBlock: break
    case .end: finish(.end)
    case .failed(let error): finish(.failed(error))
    }
  }

  private func take(_ bytes: UnsafeRawBufferPointer) {
    // Half a line is no sign of life: whoever sends a byte a minute says nothing.
    var hasLine = false
    defer { if hasLine { heardAt = Clock.monotonic() } }
    do {
      try framer.feed(
        bytes,
        lines: { line in
          hasLine = true
          onLine?(line)
        })
    } catch {
      readsNoMore = true
      let tell = onClosed
      onClosed = nil
      onLine = nil
      tell?(.violation(error))
    }
  }

  /// After a violation nothing is understood any more; bytes are read only to see the end.
  private func discardInput() {
    let result = withUnsafeTemporaryAllocation(
      byteCount: Self.readAtOnce_bytes, alignment: 8
    ) { SystemCall.read(descriptor.raw, into: $0) }
    switch result {
    case .bytes, .wouldBlock: break
    case .end, .failed: close()
    }
  }

  private func flush() {
    while outputCount_bytes > 0 {
      let result = output.withUnsafeBytes {
        SystemCall.send(descriptor.raw, UnsafeRawBufferPointer(rebasing: $0[outputStart...]))
      }
      switch result {
      case .bytes(let count): outputStart += count
      case .wouldBlock: return watchForRoom(true)
      case .end: return finish(.end)
      case .failed(let error): return finish(.failed(error))
      }
    }
    output = []
    outputStart = 0
    watchForRoom(false)
    if closesWhenSent { endOutput() }
  }

  private var isWatchingForRoom = false
  private func watchForRoom(_ on: Bool) {
    if on, outputStart > 65_536 {
      output.removeFirst(outputStart)
      outputStart = 0
    }
    guard on != isWatchingForRoom else { return }
    isWatchingForRoom = on
    updateInterest()
  }

  private func updateInterest() {
    guard let registration else { return }
    var interest: Readiness = isWatchingForRoom ? [.write] : []
    if !isStopped {
      interest.insert(.read)
    } else if !otherSideEnded {
      interest.insert(.otherSideEnded)
    }
    loop.update(registration, interest)
  }
}
