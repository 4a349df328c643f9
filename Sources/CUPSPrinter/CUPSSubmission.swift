import Branch
import CCUPS

extension CUPSErrands {
  func submit(job: UInt64, bytes: [UInt8], _ errand: Errand) -> Finding {
    var state: QueueState?
    do throws(Problem) {
      let connection = try begin(errand)
      let queueState = try queueState(connection, errand)
      state = queueState
      if queueState.state == QueueState.stopped { throw problems.paused(queueState.message) }
      if !queueState.isAccepting { throw problems.rejecting() }
      let request = try printRequest("\(job)", connection.library)
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
  func printRequest(_ job: String, _ library: CUPSLibrary) throws(Problem) -> IPPMessage {
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
  func send(
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
}
