import Branch
import CLibUSB

/// Bytes on their way to the printer.
extension USBPrinter {
  /// Hands the next bytes to libusb: of the job, or, between jobs, of the queries. Inside raster
  /// data a query would become part of the picture.
  func pump() {
    guard case .open(let connection) = state, !connection.isSending, !connection.isResetting,
      !isOutHalted, !isClosed
    else { return }
    if let job {
      if job.isGivenUp { return stopGivenUp(connection) }
      if job.accepted == job.bytes.count { return finishJob(job) }
      submit(job.bytes[job.accepted...], to: connection, of: job.id)
    } else if !queries.isEmpty {
      submit(queries[...], to: connection, of: nil)
    }
  }

  func submit(_ bytes: ArraySlice<UInt8>, to connection: USBConnection, of id: UInt64?) {
    let result = connection.send(bytes) { [weak self, weak connection] result in
      guard let self, let connection, !isClosed else { return }
      sent(result, over: connection, of: id)
    }
    if result == LIBUSB_ERROR_NO_DEVICE.rawValue {
      lose(connection, Self.unplugged)
    } else if result != 0 {
      lose(connection, USBProblem.bus(connection.identity, USBProblem.text(result)))
    }
  }

  func sent(_ result: TransferResult, over connection: USBConnection, of id: UInt64?) {
    account(result.count, of: id)
    // While ending, the loss or the close that is under way tells the rest.
    guard case .open(let open) = state, open === connection else { return }
    switch result.status {
    case .completed where result.count == 0:
      lose(connection, USBProblem.bus(connection.identity, "it takes transfers but no bytes"))
    case .completed: pump()
    case .cancelled, .timedOut:
      if job?.isGivenUp == true { stopGivenUp(connection) } else { pump() }
    case .stalled:
      stopJob(USBProblem.stalled(connection.identity))
      queries = []
      if let endpoint = connection.device.interface.bulkOut {
        isOutHalted = worker?.submit(.clearHalt(connection.device, endpoint: endpoint)) == true
      }
    case .gone: lose(connection, Self.unplugged)
    case .failed(let cause): lose(connection, USBProblem.bus(connection.identity, cause))
    }
  }

  func account(_ count: Int, of id: UInt64?) {
    guard count > 0 else { return }
    guard let id else { return queries.removeFirst(min(count, queries.count)) }
    guard job?.id == id else { return }
    job?.accepted += count
    if let job { tell(.progress(job: id, accepted: job.accepted)) }
  }

  func finishJob(_ finished: Job) {
    job = nil
    tell(.written(job: finished.id))
    pump()
  }

  /// Ends a job that was given up, when none of its bytes are in flight any more.
  func stopGivenUp(_ connection: USBConnection) {
    guard let job, job.isGivenUp else { return }
    if job.accepted == job.bytes.count, job.accepted > 0 { return finishJob(job) }
    stopJob(USBProblem.cancelled(connection.identity))
    pump()
  }

  func stopJob(_ problem: Problem) {
    guard let job else { return }
    self.job = nil
    tell(.stopped(job: job.id, accepted: job.accepted, problem))
  }

  func cleared(_ endpoint: UInt8, _ isCleared: Bool) {
    guard case .open(let connection) = state, !isClosed else { return }
    if endpoint == connection.device.interface.bulkIn { connection.reader?.cleared() }
    guard endpoint == connection.device.interface.bulkOut else { return }
    isOutHalted = false
    if isCleared {
      pump()
    } else {
      lose(connection, USBProblem.bus(connection.identity, "its endpoint stays halted"))
    }
  }
}
