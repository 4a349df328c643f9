/// What a printer transport (USB, CUPS, path) tells, in the same words for all of them.
/// Conditions that need ESC/POS to be understood arrive as `received` bytes.
public enum PrinterPortEvent: Equatable, Sendable {
  /// The device is open and takes bytes. `identity` names it for people: model, serial, port.
  case arrived(identity: String)
  /// The device went away or cannot be opened; the transport goes on looking for it by itself.
  case lost(Problem)
  /// So many bytes of the job, in total, were accepted by the device (not: printed).
  case progress(job: UInt64, accepted: Int)
  /// All bytes of the job were accepted.
  case written(job: UInt64)
  /// The job ended before all bytes were accepted, by a cancel, a loss or an error.
  case stopped(job: UInt64, accepted: Int, Problem)
  /// Bytes from the device: status answers, process ids.
  case received([UInt8])
  /// USB GET_PORT_STATUS: 08 not-error, 10 selected, 20 paper empty [Linux usblp].
  case portStatus(UInt8)
  /// Conditions a spooler knows; the whole set each time.
  case conditions(Set<DeviceCondition>)
  /// A spooler finished the job with this word (IPP job-state: completed, aborted, canceled).
  case spooled(job: UInt64, completed: Bool, detail: String)
  /// What a spooler says is wrong, for a technician to read. Nothing depends on it: what it means
  /// for tickets comes as `conditions`, `stopped`, `spooled` or `lost`.
  case troubled(Problem)
}

/// One printer behind one transport. Confined to the event loop's thread; every call returns at
/// once and its result comes as a `PrinterPortEvent`.
public protocol PrinterPort: AnyObject {
  /// Starts looking for the device; `arrived` or `lost` follows.
  func start()
  /// Sends a job; at most one at a time. Ends in `written` or `stopped`, exactly once.
  func write(job: UInt64, bytes: [UInt8])
  /// Sends a status request outside of any job. Dropped while no device is there.
  func send(query bytes: [UInt8])
  /// Asks for `portStatus` where the transport has it, else does nothing.
  func requestPortStatus()
  /// Empties the printer's buffers where the transport can (USB SOFT_RESET), else does nothing.
  /// What is written after this comes behind it.
  func softReset()
  /// Ends the running job as soon as the device lets go; `stopped` or `written` follows.
  func cancel(job: UInt64)
  /// Gives the device back (re-attaching a kernel driver) and stops for good.
  func close()
}
