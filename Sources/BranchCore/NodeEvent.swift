public import Branch
public import QueueProtocol

/// What happens to a node.
public enum NodeEvent: Sendable {
  case printer(PrinterID, PrinterPortEvent)
  case signOpened(SignID)
  case signLost(SignID, Problem)
  /// Its line is there, but it does not answer as it should; told again when the reason changes.
  case signFailed(SignID, Problem)
  /// It answers as it should again.
  case signRecovered(SignID)
  /// It had lost what it showed, and got it again.
  case signLapsed(SignID, Problem)
  /// Bytes that nobody asked for came over its line.
  case signNoise(SignID, bytes: Int)
  /// Its line works otherwise than it is set up; nil: as set up again.
  case signLineSet(SignID, Problem?)
  case terminalOpened(TerminalID, identity: String)
  case terminalLost(TerminalID, Problem)
  case pressed(TerminalID, code: UInt16)
  /// A key was held down for a while.
  case held(TerminalID, code: UInt16)
  /// Two keys were pressed together.
  case chorded(TerminalID, KeyPair)
  /// A stroke came so many times more while its terminal did not take it.
  case burst(TerminalID, KeyStroke, count: Int)
  /// A customer typed a code or held one before a scanner.
  case codeEntered(TerminalID, code: String)
  /// A customer held a code before a scanner, and not all of it could be read.
  case codeUnreadable(TerminalID)
  case linkConnected
  case linkClosed(Problem)
  /// A whole line of the hub, without its line feed.
  case linkLine([UInt8])
  /// All facts up to this number are on disk.
  case durable(through: Seq)
  /// The journal was asked to send these facts and does not have them any more; what stands before
  /// them in the range was sent, what stands behind them was not.
  case factsUnreadable(ClosedRange<Seq>)
  /// Facts that `reread` asked for, and up to which number they were looked for.
  case reread([(seq: Seq, payload: [UInt8])], through: Seq)
  /// The journal has reached its cap, or has room again.
  case journalFilled(Bool)
  /// The journal comes near its cap, or has room again.
  case journalTight(Bool)
  /// A write to the journal failed and is tried again, or one has worked after that. Prints that
  /// waited for it are not begun; each comes back as stopped with no byte accepted.
  case journalFailed(Bool)
  /// The earliest deadline may have passed.
  case timePassed
}

/// What a node does. Performed in order, each after all records before it are durable.
public enum NodeEffect: Sendable, Equatable {
  /// Job 0 is no ticket but zeros for a device that was interrupted.
  case print(PrinterID, job: UInt64, bytes: [UInt8])
  case cancelPrint(PrinterID, job: UInt64)
  case queryPrinter(PrinterID, bytes: [UInt8])
  case requestPortStatus(PrinterID)
  /// Empty the printer's buffers, before anything that follows.
  case resetPrinter(PrinterID)
  case show(SignID, SignPicture)
  case light(TerminalID, Lamp, on: Bool)
  case connect(address: String)
  case hangUp
  case send(NodeMessage)
  case sendFacts(ClosedRange<Seq>)
  /// Read these facts from the journal and bring them as `NodeEvent.reread`.
  case reread(ClosedRange<Seq>)
  case log(LogLevel, String)
}

/// The two answers a lamp on a terminal can give.
public enum Lamp: String, Sendable, CaseIterable {
  case ok
  case error
}
