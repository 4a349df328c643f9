import Branch
import QueueEngine
import QueueProtocol

/// The hub's durable store as an auditor reads it: each fact once, in order, in the words of its
/// node; holes only where they are told.
final class HubView {
  private(set) var marks: [String: Seq] = [:]
  private(set) var commands: [String: UInt64] = [:]
  private var stored: [String: Set<Seq>] = [:]
  private(set) var factCount = 0
  private(set) var missingCount = 0
  var fail: (String) -> Void = { _ in }
  var life: (String) -> LifeLog? = { _ in nil }

  func startAgain() {
    marks = [:]
    commands = [:]
    stored = [:]
    factCount = 0
    missingCount = 0
  }

  func has(_ key: String, _ seq: Seq) -> Bool { stored[key]?.contains(seq) ?? false }

  func apply(_ record: DurableRecord) {
    switch record.kind {
    case .fact: fact(record.payload)
    case .local: if record.payload.starts(with: "CMD".utf8) { command(record.payload) }
    case .checkpoint: break
    }
  }

  private func command(_ payload: [UInt8]) {
    guard let line = try? Line(record: payload), let node = line["node"], let epoch = line["epoch"],
      let number = line["n"].flatMap(UInt64.init)
    else { return fail("the hub's store has a command that cannot be read") }
    let key = "\(node) \(epoch)"
    if number <= commands[key, default: 0] { fail("command \(number) of \(key) is given twice") }
    commands[key] = number
  }

  private func fact(_ payload: [UInt8]) {
    let parts = payload.split(separator: UInt8(ascii: " "), maxSplits: 3)
    guard parts.count == 4, let seq = Seq(String(decoding: parts[2], as: UTF8.self)) else {
      return fail("the hub's store has a fact that cannot be read")
    }
    factCount += 1
    let key =
      String(decoding: parts[0], as: UTF8.self) + " "
      + String(decoding: parts[1], as: UTF8.self)
    guard let log = life(key) else { return own(parts[3]) }
    let mark = marks[key, default: 0]
    if seq <= mark { fail("fact \(seq) of \(key) stands twice in the hub's store") }
    if seq > mark + 1 { fail("the hub's store has fact \(seq) of \(key) behind \(mark)") }
    marks[key] = seq
    stored[key, default: []].insert(seq)
    guard let known = log.fact(seq) else {
      return fail("the hub has fact \(seq) of \(key), which never was durable there")
    }
    // The hub ties ratings to visits.
    if !known.elementsEqual(parts[3]), !known.starts(with: "rating-given".utf8) {
      fail("fact \(seq) of \(key) has other words in the hub")
    }
  }

  private func own(_ text: ArraySlice<UInt8>) {
    guard text.starts(with: "facts-missing".utf8), let fact = try? Fact(parsing: text),
      let node = fact.more["of"], let epoch = fact.more["of_epoch"],
      let first = fact.more["first"].flatMap(Seq.init),
      let last = fact.more["last"].flatMap(Seq.init)
    else { return }
    let key = "\(node) \(epoch)"
    missingCount += 1
    marks[key] = max(marks[key, default: 0], last)
    guard let log = life(key) else { return fail("facts of \(key) are missing, which never was") }
    for seq in first...last where log.fact(seq) != nil && !log.excused.contains(seq) {
      return fail("fact \(seq) of \(key) is told to be missing, and nothing happened to it")
    }
  }
}
