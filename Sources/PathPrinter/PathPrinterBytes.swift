import Branch
import Glibc
import LinuxIO

/// Bytes out and back.
extension PathPrinter {
  func interest(_ open: OpenNode, isWriting: Bool) -> Readiness {
    var interest: Readiness = []
    if open.isReading, open.node.kind.hasWayBack { interest.insert(.read) }
    if isWriting { interest.insert(.write) }
    return interest
  }

  func updateInterest() {
    guard let node, let registration = node.registration else { return }
    let isWriting = job != nil || !queries.isEmpty
    loop.update(registration, interest(node, isWriting: isWriting))
  }

  func ready(_ readiness: Readiness) {
    if readiness.contains(.read) { read() }
    guard node != nil else { return }
    if !readiness.isDisjoint(with: [.hangUp, .error]) {
      lose(PathProblem.lost(path, "the other side hung up"))
    } else if readiness.contains(.write) {
      pump()
    }
  }

  /// Offers what waits until the device has enough for now. A query waits for the running job to
  /// end; inside raster data it would become part of the picture.
  func pump() {
    guard let node else { return }
    if job != nil { node.registration == nil ? pumpInTurns() : pumpJob() }
    while job == nil, !queries.isEmpty, self.node != nil {
      guard let count = offer(queries[...]) else { break }
      queries.removeFirst(count)
    }
    updateInterest()
  }

  func pumpJob() {
    while let job {
      if job.accepted == job.bytes.count { return finishJob(job) }
      let end = min(job.accepted + Self.write_max, job.bytes.count)
      guard let count = offer(job.bytes[job.accepted..<end]) else { return }
      advance(by: count)
    }
  }

  /// For what knows no readiness: a bounded piece a turn, so that other events come in between.
  func pumpInTurns() {
    guard let job else { return }
    let end = min(job.accepted + Self.turn_max, job.bytes.count)
    if job.accepted < end {
      guard let count = offer(job.bytes[job.accepted..<end]) else { return }
      advance(by: count)
    }
    guard let job = self.job else { return }
    if job.accepted == job.bytes.count { finishJob(job) } else { soon { $0.pump() } }
  }

  func advance(by count: Int) {
    guard job != nil else { return }
    job?.accepted += count
    if let job { onEvent(.progress(job: job.id, accepted: job.accepted)) }
  }

  func finishJob(_ finished: Job) {
    job = nil
    onEvent(.written(job: finished.id))
  }

  /// How many of the bytes the device took; nil when it takes none now, or is gone.
  func offer(_ bytes: ArraySlice<UInt8>) -> Int? {
    guard let node else { return nil }
    switch bytes.withUnsafeBytes({ SystemCall.write(node.node.descriptor.raw, $0) }) {
    case .bytes(let count):
      node.readPace.sent(at: Clock.monotonic())
      if !node.isReading { resumeReading(node) }
      return count
    case .wouldBlock, .end: return nil
    case .failed(let error):
      let problem = PathProblem.writing(path, error)
      if problem.code == "disk-full" { stopJob(problem) } else { lose(problem) }
      return nil
    }
  }

  func stopJob(_ problem: Problem) {
    guard let job else { return }
    self.job = nil
    onEvent(.stopped(job: job.id, accepted: job.accepted, problem))
  }

  // MARK: - Bytes back

  func read() {
    guard let node, node.isReading else { return }
    var buffer = [UInt8](repeating: 0, count: Self.read_max)
    switch buffer.withUnsafeMutableBytes({ SystemCall.read(node.node.descriptor.raw, into: $0) }) {
    case .bytes(let count): onEvent(.received(Array(buffer[0..<count])))
    case .wouldBlock: break
    case .end:
      // usblp gives 0 for a zero-length packet; a terminal gives 0 when it is gone.
      if node.node.kind == .terminal {
        lose(PathProblem.lost(path, "the line was closed"))
      } else {
        pauseReading(node)
      }
    case .failed(let error): lose(PathProblem.lost(path, error.description))
    }
  }

  func pauseReading(_ open: OpenNode) {
    open.isReading = false
    updateInterest()
    let pause = open.readPace.pauseAfterEmptyRead(at: Clock.monotonic())
    open.readTimer = loop.schedule(after: pause) { [weak self, weak open] in
      guard let self, let open, open === node else { return }
      resumeReading(open)
      updateInterest()
    }
  }

  func resumeReading(_ open: OpenNode) {
    open.isReading = true
    if let timer = open.readTimer { loop.cancel(timer) }
    open.readTimer = nil
  }

  func openStatusWorker() -> Worker<CInt, UInt8?>? {
    if statusWorker == nil {
      statusWorker = try? Worker(
        loop: loop, name: "lp-status", capacity: 1, perform: LinePrinterStatus.read,
        deliver: { [weak self] in
          guard let self, let status = $0, node != nil else { return }
          onEvent(.portStatus(status))
        })
    }
    return statusWorker
  }
}
