import Branch
import CLibUSB
import Glibc
import LinuxIO

/// Finding the device, opening it, and letting it go.
extension USBPrinter {
  func busChanged() {
    guard !isClosed else { return }
    switch state {
    case .open(let connection):
      let node = "\(nodes)/\(connection.device.candidate.node)"
      if access(node, F_OK) != 0 { lose(connection, "its node is gone") }
    case .looking:
      retryPace.reset()
      settleStep = 0
      lookLater(problem: nil)
    case .idle, .opening, .ending: break
    }
  }

  func look() {
    guard case .looking = state, !isClosed else { return }
    if let timer { loop.cancel(timer) }
    timer = nil
    do throws(Problem) {
      let candidate = try selector.choose(from: tree.devices())
      let context = try openContext()
      let task = USBDoor.Task.open(
        candidate, node: "\(nodes)/\(candidate.node)", context: .init(raw: context.raw))
      if try openWorker().submit(task) { state = .opening } else { lookLater(problem: nil) }
    } catch {
      lookLater(problem: error)
    }
  }

  /// Waits for the next look. While a device settles its refusals are no news yet, unless nothing
  /// was told so far.
  func lookLater(problem: Problem?) {
    let isSettling = settleStep < Self.settling.count
    if let problem, !isSettling || reported == nil { report(problem) }
    if let timer { loop.cancel(timer) }
    var wait = retryPace.longest
    if isSettling {
      wait = Self.settling[settleStep]
      settleStep += 1
    } else {
      wait = retryPace.wait()
    }
    timer = loop.schedule(after: wait) { [weak self] in
      self?.timer = nil
      self?.look()
    }
  }

  /// Tells why there is no device, when that is news: after "went away", "not there" is none.
  func report(_ problem: Problem) {
    let isNews =
      problem != reported && !(reported?.code == "device-lost" && problem.code == "absent")
    guard isNews else { return }
    reported = problem
    tell(.lost(problem))
  }

  /// libusb is set up when the first device is there to be opened.
  func openContext() throws(Problem) -> USBContext {
    if let context { return context }
    let fresh = try USBContext(loop: loop)
    fresh.onDescriptorGone = { [weak self] descriptor in
      guard let self, case .open(let connection) = state,
        connection.device.wrapped.descriptor == descriptor
      else { return }
      lose(connection, Self.unplugged)
    }
    context = fresh
    return fresh
  }

  func openWorker() throws(Problem) -> Worker<USBDoor.Task, USBDoor.Outcome> {
    if let worker { return worker }
    do throws(SystemError) {
      let fresh = try Worker(
        loop: loop, name: "usb-door", capacity: 8, perform: USBDoor.perform,
        deliver: { [weak self] in self?.workerDone($0) })
      worker = fresh
      return fresh
    } catch {
      throw Problem(
        code: "no-thread", what: "the USB printer cannot be opened", cause: error.description,
        cure: "Check the limits of the service (TasksMax, LimitNOFILE).")
    }
  }

  func workerDone(_ outcome: USBDoor.Outcome) {
    switch outcome {
    case .opened(let device): opened(device)
    case .notOpened(let problem, let wrapped):
      if let wrapped { context?.close(wrapped) }
      lookAgain(problem)
    case .cleared(let endpoint, let isCleared): cleared(endpoint, isCleared)
    case .released(let device):
      if case .ending(let connection) = state { connection.free() }
      context?.close(device.wrapped)
      lookAgain(nil)
    }
  }

  func lookAgain(_ problem: Problem?) {
    state = .looking
    if isClosed { finishClosing() } else { lookLater(problem: problem) }
  }

  func opened(_ device: OpenUSBDevice) {
    guard !isClosed, let context,
      let connection = USBConnection(loop: loop, context: context, device: device)
    else {
      USBDoor.release(device)
      context?.close(device.wrapped)
      return lookAgain(USBProblem.library(LIBUSB_ERROR_NO_MEM.rawValue))
    }
    state = .open(connection)
    isOutHalted = false
    queries = []
    settleStep = Self.settling.count
    context.followDescriptors()
    attachReader(connection)
    connection.identify { [weak self, weak connection] isThere in
      guard let self, let connection else { return }
      if isThere { identified(connection) } else { lose(connection, Self.unplugged) }
    }
  }

  func attachReader(_ connection: USBConnection) {
    guard let reader = connection.reader else { return }
    reader.onBytes = { [weak self] in self?.tell(.received($0)) }
    reader.onGone = { [weak self, weak connection] in
      guard let self, let connection else { return }
      lose(connection, Self.unplugged)
    }
    reader.onHalt = { [weak self, weak connection] endpoint in
      guard let self, let connection else { return }
      _ = worker?.submit(.clearHalt(connection.device, endpoint: endpoint))
    }
  }

  func identified(_ connection: USBConnection) {
    guard case .open(let open) = state, open === connection, !isClosed else { return }
    reported = nil
    tell(.arrived(identity: connection.identity))
    guard case .open = state else { return }
    connection.reader?.read()
    pump()
  }

  // MARK: - Loss

  func lose(_ connection: USBConnection, _ cause: String) {
    lose(connection, USBProblem.lost(connection.identity, cause))
  }

  /// Takes every transfer back, and only then tells: until then bytes may still count.
  func lose(_ connection: USBConnection, _ problem: Problem) {
    guard case .open(let open) = state, open === connection else { return }
    state = .ending(connection)
    if Clock.monotonic() - connection.openedAt >= Self.soundAfter { retryPace.reset() }
    // After an unplug it may be back at once; after an error on the bus, trying at once would spin.
    settleStep = problem.code == "device-lost" ? 1 : Self.settling.count
    connection.end { [weak self] in self?.ended(connection, problem) }
  }

  func ended(_ connection: USBConnection, _ problem: Problem) {
    queries = []
    if !isClosed {
      stopJob(problem)
      report(problem)
    }
    if worker?.submit(.release(connection.device)) != true {
      // The worker has room for every task that can be under way at a time.
      preconditionFailure("the worker takes no release")
    }
  }
}
