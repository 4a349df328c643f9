import Branch
import BranchCore

/// Events and effects as a person reads them in a trace.
extension NodeEvent {
  var short: String {
    switch self {
    case .linkLine(let bytes): "line \(String(decoding: bytes, as: UTF8.self))"
    case .linkClosed: "link closed"
    case .printer(let id, .received(let bytes)): "\(id) says \(bytes)"
    case .printer(let id, .stopped(let job, let accepted, _)):
      "\(id) stopped job \(job) after \(accepted) bytes"
    case .printer(let id, .lost): "\(id) lost"
    case .signLost(let id, _): "\(id) lost"
    case .terminalLost(let id, _): "\(id) lost"
    default: "\(self)"
    }
  }
}

extension NodeEffect {
  var short: String {
    switch self {
    case .print(let id, let job, let bytes): "print job \(job) on \(id), \(bytes.count) bytes"
    case .queryPrinter(let id, let bytes): "ask \(id) \(bytes)"
    case .send(let message): "say \(message.line)"
    default: "\(self)"
    }
  }
}
