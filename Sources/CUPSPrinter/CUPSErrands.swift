import Branch
import CCUPS

/// What the loop asks of the worker.
enum Errand: Sendable {
  /// Reads the queue and the states of these jobs; before that, cancels those.
  case look(jobs: [Int], cancels: [Int])
  /// Sends a job, after the cancels; `jobs` are those that are still followed.
  case submit(job: UInt64, bytes: [UInt8], jobs: [Int], cancels: [Int])
}

/// What the worker found.
enum Finding: Sendable {
  case seen(QueueState, jobs: [Int: SpoolState], cancelled: [Int])
  /// No answer, or one that says that this queue cannot be used.
  case unusable(Problem)
  /// The spooler has the job, whole.
  case taken(job: UInt64, spoolID: Int, QueueState)
  /// `accepted` is 0 when it is certain that no job came of it, else all bytes.
  case notTaken(job: UInt64, accepted: Int, Problem, QueueState?)
}

/// The errands, done one after the other on the worker's thread.
///
/// @unchecked: every stored property that changes is touched on the worker's thread only.
final class CUPSErrands: @unchecked Sendable {
  private let queue: String
  private let server: String?
  private let owner: String
  private let patience: Patience
  private let resumes: Bool
  private var mayResume = true
  /// What the printer's backend said last of a job that was followed.
  private var jobMessage = ""
  private var library: CUPSLibrary?
  /// How often what nobody follows is still to be cancelled.
  private var cleans = 1

  init(
    queue: String, server: String?, owner: String, resumes: Bool, patience: Patience
  ) {
    self.queue = queue
    self.server = server
    self.owner = owner
    self.patience = patience
    self.resumes = resumes
  }

  private var problems: CUPSProblem { CUPSProblem(queue: queue, server: server ?? "of this box") }

  func perform(_ errand: Errand) -> Finding {
    switch errand {
    case .look(let jobs, let cancels):
      patience.begin(job: nil)
      do throws(Problem) { return try look(jobs: jobs, cancels: cancels) } catch {
        return .unusable(error)
      }
    case .submit(let job, let bytes, let jobs, let cancels):
      patience.begin(job: job)
      return submit(job: job, bytes: bytes, jobs: jobs, cancels: cancels)
    }
  }

  // MARK: - Looking

  private func look(jobs: [Int], cancels: [Int]) throws(Problem) -> Finding {
    let connection = try connect()
    try clean(connection, keeping: jobs)
    for id in cancels { try cancel(id, connection) }
    // A job that stands in the queue would be printed again, perhaps for the second time.
    let state = try jobs.isEmpty ? runningQueue(connection) : readQueue(connection)
    var states: [Int: SpoolState] = [:]
    for id in jobs { states[id] = try readJob(id, connection) }
    return .seen(state, jobs: states, cancelled: cancels)
  }

  private func readQueue(_ connection: borrowing CUPSConnection) throws(Problem) -> QueueState {
    let request = try request(IPP_OP_GET_PRINTER_ATTRIBUTES, connection.library)
    let answer = try ask(request, connection)
    guard answer.isSuccess else { throw refusal(answer, connection.library) }
    return QueueState(
      state: answer.integer("printer-state") ?? 0,
      reasons: answer.strings("printer-state-reasons"),
      isAccepting: answer.boolean("printer-is-accepting-jobs") ?? true,
      info: answer.strings("printer-info").first ?? "",
      model: answer.strings("printer-make-and-model").first ?? "",
      message: answer.strings("printer-state-message").first ?? "")
  }

  /// The queue, resumed where its backend stopped it and nothing speaks against that.
  private func runningQueue(_ connection: borrowing CUPSConnection) throws(Problem) -> QueueState {
    let state = try readQueue(connection)
    guard resumes, mayResume, state.canBeResumed(jobMessage: jobMessage) else { return state }
    let request = try request(IPP_OP_RESUME_PRINTER, connection.library)
    let answer = try ask(request, connection)
    // Only administrators may, where nobody changed the policy: it is not tried again.
    guard answer.isSuccess else {
      mayResume = false
      return state
    }
    return try readQueue(connection)
  }

  private func readJob(_ id: Int, _ connection: borrowing CUPSConnection) throws(Problem)
    -> SpoolState
  {
    let request = try request(IPP_OP_GET_JOB_ATTRIBUTES, connection.library)
    request.add(IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", id)
    let answer = try ask(request, connection)
    // 0x0406 client-error-not-found, 0x0407 client-error-gone.
    if [0x0406, 0x0407].contains(answer.status) { return .forgotten }
    guard answer.isSuccess else { throw refusal(answer, connection.library) }
    if let message = answer.strings("job-printer-state-message").first { jobMessage = message }
    return SpoolState(jobState: answer.integer("job-state") ?? 0)
  }

  /// A job that is done or unknown cannot be cancelled, and need not be.
  private func cancel(_ id: Int, _ connection: borrowing CUPSConnection) throws(Problem) {
    let request = try request(IPP_OP_CANCEL_JOB, connection.library)
    request.add(IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", id)
    _ = try ask(request, connection)
  }

  /// Cancels what stands in the queue under our name and is not followed: jobs of an earlier run
  /// of this program, and jobs whose submission was never answered. The journal calls those
  /// tickets unconfirmed, and they must not come out hours later when the roll is changed.
  private func clean(_ connection: borrowing CUPSConnection, keeping jobs: [Int])
    throws(Problem)
  {
    guard cleans > 0 else { return }
    let request = try request(IPP_OP_GET_JOBS, connection.library)
    request.add(IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "which-jobs", "not-completed")
    request.add(IPP_TAG_OPERATION, "my-jobs", true)
    request.add(IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes", ["job-id", "job-name"])
    let answer = try ask(request, connection)
    guard answer.isSuccess else { throw refusal(answer, connection.library) }
    for job in answer.jobs() where job.name.hasPrefix(owner + " #") && !jobs.contains(job.id) {
      try cancel(job.id, connection)
    }
    cleans -= 1
  }

  // MARK: - Submitting

  private func submit(job: UInt64, bytes: [UInt8], jobs: [Int], cancels: [Int]) -> Finding {
    var state: QueueState?
    do throws(Problem) {
      let connection = try connect()
      try clean(connection, keeping: jobs)
      for id in cancels { try cancel(id, connection) }
      let queueState = try jobs.isEmpty ? runningQueue(connection) : readQueue(connection)
      state = queueState
      if queueState.state == QueueState.stopped { throw problems.paused(queueState.message) }
      if !queueState.isAccepting { throw problems.rejecting() }
      let request = try printRequest(job, connection.library)
      return .taken(job: job, spoolID: try send(request, bytes, connection), queueState)
    } catch {
      let isUnknown = error.code == CUPSProblem.unansweredCode
      // Twice: a server that was frozen may still be making a job of it at the next contact.
      if isUnknown { cleans = 2 }
      return .notTaken(job: job, accepted: isUnknown ? bytes.count : 0, error, state)
    }
  }

  /// Print-Job (RFC 8011, 4.2.1): job and document in one request, so that there is never a job
  /// with half a document in it.
  private func printRequest(_ job: UInt64, _ library: CUPSLibrary) throws(Problem) -> IPPMessage {
    let request = try request(IPP_OP_PRINT_JOB, library)
    request.add(IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", "\(owner) #\(job)")
    request.add(
      IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", "application/vnd.cups-raw")
    // A banner page between tickets would come out of a queue that has one set.
    request.add(IPP_TAG_JOB, IPP_TAG_NAME, "job-sheets", "none")
    request.add(IPP_TAG_JOB, IPP_TAG_KEYWORD, "job-hold-until", "no-hold")
    return request
  }

  /// The job's number at the spooler.
  private func send(
    _ request: consuming IPPMessage, _ bytes: [UInt8], _ connection: borrowing CUPSConnection
  ) throws(Problem) -> Int {
    let answer = try deliver(request, bytes, connection)
    guard answer.isSuccess, let id = answer.integer("job-id") else {
      throw refusal(answer, connection.library)
    }
    return id
  }

  private func deliver(
    _ request: consuming IPPMessage, _ bytes: [UInt8], _ connection: borrowing CUPSConnection
  ) throws(Problem) -> IPPMessage {
    var isAllSent = false
    do throws(ConnectionFailure) {
      return try connection.submit(
        request, document: bytes, at: resource, isWanted: { !patience.isGivenUp },
        onAllSent: { isAllSent = true })
    } catch {
      if error.isGivenUp { throw problems.cancelled() }
      throw isAllSent ? problems.unanswered(error.text) : problems.brokenOff(error.text)
    }
  }

  // MARK: - Requests

  private func connect() throws(Problem) -> CUPSConnection {
    let library = try loaded()
    let (host, port) = address(library)
    do throws(ConnectionFailure) {
      return try CUPSConnection(library, host: host, port: port, patience: patience)
    } catch {
      throw problems.unreachable(error.text)
    }
  }

  private func loaded() throws(Problem) -> CUPSLibrary {
    if let library { return library }
    let loaded = try CUPSLibrary.load()
    // Without this, libcups asks for a password on the terminal (cups/usersys.c).
    loaded.cupsSetPasswordCB2({ _, _, _, _, _ in nil }, nil)
    library = loaded
    return loaded
  }

  /// `host`, `host:port`, or the path of a socket; without one, what client.conf(5) says.
  private func address(_ library: CUPSLibrary) -> (host: String, port: CInt) {
    guard let server else {
      return (library.cupsServer().map { String(cString: $0) } ?? "localhost", library.ippPort())
    }
    if !server.hasPrefix("/"), let colon = server.lastIndex(of: ":"),
      let port = CInt(server[server.index(after: colon)...])
    {
      return (String(server[..<colon]), port)
    }
    return (server, 631)
  }

  private var resource: String { "/printers/" + CUPSName.percentEncoded(queue) }

  private func request(_ operation: ipp_op_t, _ library: CUPSLibrary) throws(Problem)
    -> IPPMessage
  {
    guard let pointer = library.ippNewRequest(operation) else {
      throw problems.brokenOff("no memory for a request")
    }
    let message = IPPMessage(library, owning: pointer)
    message.add(IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", "ipp://localhost" + resource)
    let user = library.cupsUser().map { String(cString: $0) } ?? "kioskd"
    message.add(IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", user)
    return message
  }

  private func ask(_ request: consuming IPPMessage, _ connection: borrowing CUPSConnection)
    throws(Problem) -> IPPMessage
  {
    do throws(ConnectionFailure) {
      return try connection.ask(request, at: resource)
    } catch {
      throw problems.brokenOff(error.text)
    }
  }

  private func refusal(_ answer: borrowing IPPMessage, _ library: CUPSLibrary) -> Problem {
    problems.refused(answer.status, CUPSConnection.lastError(library))
  }
}

enum CUPSName {
  /// RFC 3986: everything but the unreserved characters as %XX.
  static func percentEncoded(_ name: String) -> String {
    name.utf8.map { byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"):
        return String(UnicodeScalar(byte))
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        return "%" + (digits.utf8.count == 1 ? "0" : "") + digits
      }
    }.joined()
  }
}
