import Branch
import QueueProtocol

/// A number that may be issued now, and what the hub said with it.
struct FoundNumber: Hashable {
  var ticket: TicketNumber
  var service: ServiceID
  var block: NumberBlock
  /// Customers ahead; nil when nobody knows.
  var ahead: Int?
  var details: TicketDetails

  /// - Parameter isMeant: it was asked for a customer like this one.
  init(of stock: NodeMemory.Stock, isMeant: Bool) {
    block = stock.block
    service = block.service
    ticket = TicketNumber(prefix: block.prefix, number: stock.next)
    details = block.details
    // Who waits is known when the hub just said so, not for numbers put by.
    let isTold = isMeant && !block.isReserve
    ahead = isTold ? block.ahead : nil
    // The wait is that of the first customer of the block.
    if !isTold || stock.next != block.numbers.lowerBound { details.wait = nil }
  }
}

/// When ordinary numbers came: what the hub said of the queue with them does not hold for long.
struct FreshBlocks: Hashable {
  /// How long a customer may be told what the hub said with a number.
  static let life: Span = .seconds(60)
  /// More never wait for a press at once.
  static let count_max = 64

  private var came: [NumberBlock: MonotonicTime] = [:]

  mutating func add(_ block: NumberBlock, now: MonotonicTime) {
    guard !block.isReserve else { return }
    came = came.filter { now - $0.value <= Self.life }
    guard came.count < Self.count_max else { return }
    came[block] = now
  }

  func contains(_ block: NumberBlock, now: MonotonicTime) -> Bool {
    came[block].map { now - $0 <= Self.life } ?? false
  }
}

extension FoundNumber {
  /// Without what is out of date.
  mutating func forgetQueue() {
    ahead = nil
    details.wait = nil
  }
}

/// What a ticket says beyond its number, until it is printed.
struct ToldTicket: Hashable {
  var ahead: Int?
  var details = TicketDetails()
}
