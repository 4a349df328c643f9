import Branch
import QueueEngine
import QueueProtocol

/// The hub's durable store as an auditor reads it: each fact once, in order, in the words of its
/// node; holes only where they are told.
final class HubView {
  private(set) var marks: [String: Seq] = [:]
  private(set) var commands: [String: UInt64] = [:]
  private var stored: [String: Set<Seq>] = [:]
  /// Ratings in the order of the store, and as their nodes told them.
  private(set) var ratings: [(stored: StoredFact, told: Fact)] = []
  private(set) var factCount = 0
  private(set) var missingCount = 0
  var fail: (String) -> Void = { _ in }
  var life: (String) -> LifeLog? = { _ in nil }
  /// What another box does with a copy of the same journal.
  var copy: (String) -> LifeLog? = { _ in nil }
  /// Of two boxes with one journal, the one whose facts the store has.
  private var heard: [String: LifeLog] = [:]

  func startAgain() {
    marks = [:]
    commands = [:]
    stored = [:]
    heard = [:]
    ratings = []
    factCount = 0
    missingCount = 0
  }

  /// The store has facts of another box that goes on with the same journal, so it may never have
  /// one of this.
  func isShutOut(_ log: LifeLog) -> Bool {
    guard let heard = heard[Checker.key(log.node, log.epoch)] else { return false }
    return heard !== log
  }

  /// Whose fact this is. The first one behind the copy decides for all that follow.
  private func life(_ key: String, _ seq: Seq, _ words: ArraySlice<UInt8>) -> LifeLog? {
    guard let first = life(key), let copy = copy(key), let fork = copy.fork, seq > fork else {
      return life(key)
    }
    if let heard = heard[key] { return heard }
    let isOfCopy = copy.fact(seq).map { Self.isSame($0, words) } ?? false
    heard[key] = isOfCopy ? copy : first
    return heard[key]
  }

  /// Whether the hub keeps the fact in its node's words. It puts right the time of one that was
  /// journalled before the node knew the hub's, and ties ratings to visits.
  private static func isSame(_ told: [UInt8], _ kept: ArraySlice<UInt8>) -> Bool {
    if told.elementsEqual(kept) { return true }
    guard var told = try? Fact(parsing: told), var kept = try? Fact(parsing: kept) else {
      return false
    }
    if told.kind == .ratingGiven || told.kind == .ratingReason, told.ticket == nil {
      (kept.ticket, kept.day, kept.service) = (nil, told.day, told.service)
      if told.more["clerk"] == nil { kept.more.removeAll { $0.key == "clerk" } }
      // Whether it may do that, `RatingChecks` says.
      if kept.more["corrects"] == nil { told.more.removeAll { $0.key == "corrects" } }
    }
    if told.more["mono"] != nil, kept.at != told.at {
      guard kept.more["wall"] == told.more["wall"] ?? String(told.at.ms) else { return false }
      kept.at = told.at
      kept.more = told.more
    }
    return kept == told
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
    guard let log = life(key, seq, parts[3]) else { return own(parts[3]) }
    let mark = marks[key, default: 0]
    if seq <= mark { fail("fact \(seq) of \(key) stands twice in the hub's store") }
    if seq > mark + 1 { fail("the hub's store has fact \(seq) of \(key) behind \(mark)") }
    marks[key] = seq
    stored[key, default: []].insert(seq)
    guard let known = log.fact(seq) else {
      return fail("the hub has fact \(seq) of \(key), which never was durable there")
    }
    if !Self.isSame(known, parts[3]) {
      fail("fact \(seq) of \(key) has other words in the hub")
    }
    if parts[3].starts(with: "rating-given".utf8), let stored = StoredFact(parsing: payload),
      let told = try? Fact(parsing: known)
    {
      ratings.append((stored, told))
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
    guard let log = heard[key] ?? life(key) else {
      return fail("facts of \(key) are missing, which never was")
    }
    for seq in first...last where log.fact(seq) != nil && !log.excused.contains(seq) {
      return fail("fact \(seq) of \(key) is told to be missing, and nothing happened to it")
    }
  }
}
