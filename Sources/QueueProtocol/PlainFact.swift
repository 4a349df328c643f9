public import Branch
import Glibc

/// A `FACT` line with the very bytes that `Fact.encode` writes for it, of a kind that comes in
/// great numbers after an outage. A hub keeps such a fact as it came, without taking it apart and
/// putting it together again.
public struct PlainFact: Equatable {
  /// What a hub has to know of it beyond its bytes.
  public enum Content: Equatable {
    case ticketIssued(TicketNumber, ServiceID, ServiceDay, at: WallTime)
    /// Without a ticket: it may belong to the visit that just ended at its counter.
    case ratingGiven(CounterID?)
    case other
  }

  public let seq: Seq
  public let content: Content
  /// Where `kind at=… …` stands in the line.
  public let text: Range<Int>

  /// nil for any other line, good or bad: `NodeMessage` says which. A fact with `mono` is none of
  /// these either, since a hub may work its time out anew.
  /// - Parameter line: without its line feed, shorter than `Line.length_max`.
  public init?(line: UnsafeRawBufferPointer) {
    var reader = PlainFactReader(line: line)
    guard reader.skip("FACT "), let seq = reader.number(), seq > 0, reader.skip(" ") else {
      return nil
    }
    let start = reader.position
    guard let content = reader.fact() else { return nil }
    self.seq = seq
    self.content = content
    text = start..<line.count
  }
}

/// Goes through the bytes once, left to right. Whatever it does not expect makes the whole line
/// none of its own.
private struct PlainFactReader {
  /// Fields in their order on the wire; those without a form of their own are the last.
  private enum Place: Int {
    case kind, ticket, service, day, counter, terminal, printer, device, rating, reason, more
  }

  let line: UnsafeRawBufferPointer
  private(set) var position = 0
  private var place = Place.kind
  private var ticket: Range<Int>?
  private var service: Range<Int>?
  private var day: ServiceDay?
  private var counter: Range<Int>?
  private var hasRating = false
  /// Names of fields without a form; with more of them a line is not read here.
  private var moreKeys = [4 of Range<Int>](repeating: 0..<0)
  private var moreCount = 0

  init(line: UnsafeRawBufferPointer) { self.line = line }

  // MARK: the fact

  mutating func fact() -> PlainFact.Content? {
    guard let kind = kind(), skip(" at="), let at = number(), at <= WallTime.onWire_max.ms else {
      return nil
    }
    while position < line.count {
      guard skip(" "), field() else { return nil }
    }
    switch kind {
    case .ratingGiven:
      guard hasRating, ticket == nil else { return nil }
      return .ratingGiven(counter.flatMap { CounterID(bytes: part($0)) })
    case .ticketIssued:
      guard let ticket, let service, let day, let number = TicketNumber(bytes: part(ticket)),
        let id = ServiceID(bytes: part(service))
      else { return nil }
      return .ticketIssued(number, id, day, at: WallTime(ms: Int64(at)))
    default:
      guard let ticket, service != nil, day != nil, TicketNumber(bytes: part(ticket)) != nil
      else { return nil }
      return .other
    }
  }

  private mutating func kind() -> FactKind? {
    if skip("ticket-") {
      if skip("issued") { return .ticketIssued }
      if skip("sending") { return .ticketSending }
      if skip("printed") { return .ticketPrinted }
      if skip("unconfirmed") { return .ticketUnconfirmed }
      return nil
    }
    return skip("rating-given") ? .ratingGiven : nil
  }

  /// `key=value`: a form that holds, and behind all that come before it on the wire.
  private mutating func field() -> Bool {
    let start = position
    while position < line.count, isKey(line[position]) { position += 1 }
    let key = start..<position
    guard !key.isEmpty, skip("="), let value = value() else { return false }
    switch key.count {
    case 3 where matches(key, "day"):
      day = ServiceDay(bytes: part(value))
      return day != nil && step(to: .day)
    case 6 where matches(key, "ticket"):
      ticket = value
      return step(to: .ticket)
    case 6 where matches(key, "rating"):
      hasRating =
        value.count == 1 && (UInt8(ascii: "1")...UInt8(ascii: "5")).contains(line[value.lowerBound])
      return hasRating && step(to: .rating)
    case 6 where matches(key, "device"): return step(to: .device)
    case 6 where matches(key, "reason"): return step(to: .reason)
    case 7 where matches(key, "service"):
      service = value
      return ServiceID.isName(part(value)) && step(to: .service)
    case 7 where matches(key, "counter"):
      counter = value
      return CounterID.isName(part(value)) && step(to: .counter)
    case 7 where matches(key, "printer"):
      return PrinterID.isName(part(value)) && step(to: .printer)
    case 8 where matches(key, "terminal"):
      return TerminalID.isName(part(value)) && step(to: .terminal)
    default: return another(key)
    }
  }

  private mutating func step(to next: Place) -> Bool {
    guard place.rawValue < next.rawValue else { return false }
    place = next
    return true
  }

  /// A field without a form. No long names: two of the fields with one have such.
  private mutating func another(_ key: Range<Int>) -> Bool {
    guard key.count < "waiting_ms".utf8.count, moreCount < moreKeys.count else { return false }
    // These change who is called when.
    if matches(key, "priority") || matches(key, "code") { return false }
    if matches(key, "at") || matches(key, "mono") || matches(key, "kind") || matches(key, "node")
      || matches(key, "epoch") || matches(key, "seq")
    {
      return false
    }
    for index in 0..<moreCount where isSame(moreKeys[index], key) { return false }
    moreKeys[moreCount] = key
    moreCount += 1
    place = .more
    return true
  }

  // MARK: bytes

  private func part(_ range: Range<Int>) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: line[range])
  }

  /// Inlined, so that the length is known where it is called and no call is left.
  @inline(__always)
  private func matches(_ range: Range<Int>, _ text: StaticString) -> Bool {
    guard range.count == text.utf8CodeUnitCount, let start = line.baseAddress else { return false }
    return memcmp(start + range.lowerBound, text.utf8Start, text.utf8CodeUnitCount) == 0
  }

  private func isSame(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
    part(left).elementsEqual(part(right))
  }

  @inline(__always)
  mutating func skip(_ text: StaticString) -> Bool {
    let end = position + text.utf8CodeUnitCount
    guard end <= line.count, matches(position..<end, text) else { return false }
    position = end
    return true
  }

  /// As `appendDecimal` writes it: no zeros in front.
  mutating func number() -> UInt64? {
    let start = position
    var value: UInt64 = 0
    while position < line.count, (48...57).contains(line[position]), position - start < 16 {
      value = value * 10 + UInt64(line[position] - 48)
      position += 1
    }
    guard position > start, value <= Line.number_max,
      line[start] != UInt8(ascii: "0") || position == start + 1
    else { return nil }
    return value
  }

  /// Bare ASCII up to the next space or the end.
  private mutating func value() -> Range<Int>? {
    let start = position
    while position < line.count, line[position] != UInt8(ascii: " ") {
      guard line[position] < 0x80, isBare(line[position]) else { return nil }
      position += 1
    }
    return position > start ? start..<position : nil
  }
}

/// A small letter, digit or `_`.
func isKey(_ byte: UInt8) -> Bool {
  (97...122).contains(byte) || (48...57).contains(byte) || byte == UInt8(ascii: "_")
}
