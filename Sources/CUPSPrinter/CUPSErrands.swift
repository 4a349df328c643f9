import Branch
import CCUPS

/// What the loop asks of the worker.
struct Errand: Sendable {
  enum Work: Sendable {
    /// Reads the queue and the states of the jobs that are followed.
    case look
    case submit(job: UInt64, bytes: [UInt8])
    /// Tries a queue that its backend stopped; `ofRunningQueue`: or one that refused a probe.
    case probe(ofRunningQueue: Bool)
    /// Takes the subscription back; nobody hears of it.
    case leave
  }

  let work: Work
  /// Jobs that are followed, by the server's numbers.
  var jobs: [Int] = []
  /// Jobs that are cancelled before anything else.
  var cancels: [Int] = []
  /// The file below CacheDir/rss that the server shall write at each event; nil: none.
  var feed: String?
  /// Events were missed.
  var doubtsEvents = false
}

/// What the worker found.
enum Finding: Sendable {
  case seen(QueueState, jobs: [Int: JobState], cancelled: [Int])
  /// No answer, or one that says that this queue cannot be used.
  case unusable(Problem)
  /// The spooler has the job, whole.
  case taken(job: UInt64, spoolID: Int, QueueState)
  /// The spooler has a probe; nil: the queue is not one that is probed.
  case probing(spoolID: Int?, QueueState)
  /// `accepted` is 0 when it is certain that no job came of it, else all bytes.
  case notTaken(job: UInt64, accepted: Int, Problem, QueueState?)
}

struct Report: Sendable {
  let finding: Finding
  /// The server writes our feed.
  let isSubscribed: Bool
  let lifeline: Lifeline?
}

/// The errands, done one after the other on the worker's thread.
///
/// @unchecked: every stored property that changes is touched on the worker's thread only.
final class CUPSErrands: @unchecked Sendable {
  let queue: String
  let server: String?
  let owner: String
  let patience: Patience
  private let resumes: Bool
  private var mayResume = true
  /// What the printer's backend said last of a job of ours.
  var jobMessage = ""
  var knowsJobMessage = false
  private var library: CUPSLibrary?
  /// How often what nobody follows is still to be cancelled.
  var cleans = 1
  var subscription: EventSubscription?
  private var lifeline: Lifeline?

  init(
    queue: String, server: String?, owner: String, resumes: Bool, patience: Patience
  ) {
    self.queue = queue
    self.server = server
    self.owner = owner
    self.patience = patience
    self.resumes = resumes
  }

  var problems: CUPSProblem { CUPSProblem(queue: queue, server: server ?? "of this box") }

  func perform(_ errand: Errand) -> Report {
    // The loop decides how long it is held.
    defer { lifeline = nil }
    let finding = find(errand)
    return Report(
      finding: finding, isSubscribed: subscription?.id != nil, lifeline: lifeline)
  }

  private func find(_ errand: Errand) -> Finding {
    switch errand.work {
    case .look:
      patience.begin(job: nil)
      do throws(Problem) { return try look(errand) } catch { return .unusable(error) }
    case .submit(let job, let bytes):
      patience.begin(job: job)
      return submit(job: job, bytes: bytes, errand)
    case .probe(let ofRunningQueue):
      patience.begin(job: nil)
      do throws(Problem) {
        return try probe(errand, ofRunningQueue: ofRunningQueue)
      } catch {
        return .unusable(error)
      }
    case .leave:
      unsubscribe()
      return .unusable(problems.cancelled())
    }
  }

  /// A connection on which the errand's cancels are done.
  func begin(_ errand: Errand) throws(Problem) -> CUPSConnection {
    let connection = try connect()
    try clean(connection, keeping: errand.jobs)
    if let feed = errand.feed {
      try keepSubscribed(connection, feed, isDoubted: errand.doubtsEvents)
    }
    for id in errand.cancels { try cancel(id, connection) }
    if subscription?.id != nil { lifeline = connection.lifeline() }
    return connection
  }

  // MARK: - Looking

  private func look(_ errand: Errand) throws(Problem) -> Finding {
    let connection = try begin(errand)
    let state = try queueState(connection, errand)
    var jobs: [Int: JobState] = [:]
    for id in errand.jobs { jobs[id] = try readJob(id, connection) }
    return .seen(state, jobs: jobs, cancelled: errand.cancels)
  }

  /// A job that stands in a stopped queue would be printed again, perhaps for the second time.
  func queueState(_ connection: borrowing CUPSConnection, _ errand: Errand) throws(Problem)
    -> QueueState
  {
    try errand.jobs.isEmpty ? runningQueue(connection) : readQueue(connection)
  }

  func readQueue(_ connection: borrowing CUPSConnection) throws(Problem) -> QueueState {
    let request = try request(IPP_OP_GET_PRINTER_ATTRIBUTES, connection.library)
    let answer = try ask(request, connection)
    guard answer.isSuccess else { throw refusal(answer, connection.library) }
    var state = QueueState(
      state: answer.integer("printer-state") ?? 0,
      reasons: answer.strings("printer-state-reasons"),
      isAccepting: answer.boolean("printer-is-accepting-jobs") ?? true,
      info: answer.strings("printer-info").first ?? "",
      model: answer.strings("printer-make-and-model").first ?? "",
      message: answer.strings("printer-state-message").first ?? "",
      errorPolicy: answer.strings("printer-error-policy").first ?? "")
    if state.isStopped, !state.message.isEmpty { try readLastMessage(connection) }
    state.mayBeProbed =
      resumes && mayResume && state.isAccepting && state.isWithoutPerson(jobMessage: jobMessage)
    return state
  }

  /// The queue, resumed where its backend stopped it and nothing speaks against that.
  private func runningQueue(_ connection: borrowing CUPSConnection) throws(Problem) -> QueueState {
    let state = try readQueue(connection)
    guard resumes, mayResume, state.canBeResumed(jobMessage: jobMessage) else { return state }
    return try resume(connection) ? readQueue(connection) : state
  }

  /// Only administrators may, where nobody changed the policy: then it is not tried again.
  func resume(_ connection: borrowing CUPSConnection) throws(Problem) -> Bool {
    let request = try request(IPP_OP_RESUME_PRINTER, connection.library)
    mayResume = try ask(request, connection).isSuccess
    return mayResume
  }

  private func readJob(_ id: Int, _ connection: borrowing CUPSConnection) throws(Problem)
    -> JobState
  {
    let request = try request(IPP_OP_GET_JOB_ATTRIBUTES, connection.library)
    request.add(IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", id)
    let answer = try ask(request, connection)
    // 0x0406 client-error-not-found, 0x0407 client-error-gone.
    if [0x0406, 0x0407].contains(answer.status) { return JobState(.forgotten) }
    guard answer.isSuccess else { throw refusal(answer, connection.library) }
    if let message = answer.strings("job-printer-state-message").first {
      jobMessage = message
      knowsJobMessage = true
    }
    return JobState(
      SpoolState(jobState: answer.integer("job-state") ?? 0),
      reasons: answer.strings("job-state-reasons"),
      message: answer.strings("job-printer-state-message").first ?? "",
      startedAt: answer.integer("time-at-processing").flatMap { $0 > 0 ? $0 : nil })
  }

  /// A job that is done or unknown cannot be cancelled, and need not be.
  func cancel(_ id: Int, _ connection: borrowing CUPSConnection) throws(Problem) {
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
    for job in answer.pairs("job-id", "job-name")
    where job.text.hasPrefix(owner + " #") && !jobs.contains(job.number) {
      // Its message tells who stopped the queue.
      _ = try readJob(job.number, connection)
      try cancel(job.number, connection)
    }
    cleans -= 1
  }

  // MARK: - Requests

  func connect() throws(Problem) -> CUPSConnection {
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

  var resource: String { "/printers/" + CUPSName.percentEncoded(queue) }

  func request(_ operation: ipp_op_t, _ library: CUPSLibrary) throws(Problem)
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

  func ask(_ request: consuming IPPMessage, _ connection: borrowing CUPSConnection)
    throws(Problem) -> IPPMessage
  {
    do throws(ConnectionFailure) {
      return try connection.ask(request, at: resource)
    } catch {
      throw problems.brokenOff(error.text)
    }
  }

  func refusal(_ answer: borrowing IPPMessage, _ library: CUPSLibrary) -> Problem {
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
