import Branch
import CCUPS
import LinuxIO

/// A subscription at the server (RFC 3995) that lets its notifier `rss` write our feed. cupsd
/// keeps it over its restarts, once it has saved it (DirtyCleanInterval, 30 s). It has a name,
/// the feed's, and cupsd refuses a second one with the same: what a killed kioskd left is found by
/// it and taken over, so that nothing piles up. What nobody renews ends by itself.
struct EventSubscription {
  /// `notify-lease-duration` that is asked for; the server may give less (MaxLeaseDuration).
  static let lease_s = 6 * 3600
  /// Between renewals. Each also shows whether the server still knows the subscription.
  static let renewal = Span.seconds(3600)
  /// Until a server that refused is asked again.
  static let refusal = Span.seconds(600)
  /// The state of the queue and of the jobs in it (RFC 3995, 5.3.3.4).
  static let events = ["printer-state-changed", "job-created", "job-state-changed"]

  /// nil: refused.
  var id: Int?
  /// When it is to be renewed, or tried again.
  var nextAt: MonotonicTime

  /// The notifier keeps one event: nobody reads them.
  static func recipient(_ file: String) -> String { "rss:///\(file)?max_events=1" }
}

extension CUPSErrands {
  /// Sees to it that the server tells of events. Its refusal is none of ours: then we look.
  ///
  /// - Parameter isDoubted: events were missed; the server is asked whether it still knows of us.
  func keepSubscribed(
    _ connection: borrowing CUPSConnection, _ feed: String, isDoubted: Bool
  ) throws(Problem) {
    let now = Clock.monotonic()
    if let subscription, now < subscription.nextAt, subscription.id == nil || !isDoubted { return }
    if let id = subscription?.id, try renew(id, connection) { return }
    subscription = EventSubscription(nextAt: now + EventSubscription.refusal)
    if let id = try findSubscription(feed, connection), try renew(id, connection) { return }
    if let id = try subscribe(feed, connection) {
      subscription = EventSubscription(id: id, nextAt: now + EventSubscription.renewal)
    }
  }

  /// Takes the subscription back. Nothing waits for it: what stays ends with its lease.
  func unsubscribe() {
    guard let id = subscription?.id else { return }
    subscription = nil
    patience.begin(job: nil)
    do throws(Problem) {
      let connection = try connect()
      let request = try request(IPP_OP_CANCEL_SUBSCRIPTION, connection.library)
      request.add(IPP_TAG_OPERATION, IPP_TAG_INTEGER, "notify-subscription-id", id)
      _ = try ask(request, connection)
    } catch {
      return
    }
  }

  /// false when the server does not know it, or not as ours.
  private func renew(_ id: Int, _ connection: borrowing CUPSConnection) throws(Problem) -> Bool {
    let request = try request(IPP_OP_RENEW_SUBSCRIPTION, connection.library)
    request.add(IPP_TAG_OPERATION, IPP_TAG_INTEGER, "notify-subscription-id", id)
    request.add(
      IPP_TAG_SUBSCRIPTION, IPP_TAG_INTEGER, "notify-lease-duration", EventSubscription.lease_s)
    guard try ask(request, connection).isSuccess else { return false }
    subscription = EventSubscription(
      id: id, nextAt: Clock.monotonic() + EventSubscription.renewal)
    return true
  }

  private func findSubscription(_ feed: String, _ connection: borrowing CUPSConnection)
    throws(Problem) -> Int?
  {
    let request = try request(IPP_OP_GET_SUBSCRIPTIONS, connection.library)
    request.add(IPP_TAG_OPERATION, "my-subscriptions", true)
    request.add(
      IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes",
      ["notify-subscription-id", "notify-recipient-uri"])
    let answer = try ask(request, connection)
    guard answer.isSuccess else { return nil }
    let all = answer.pairs("notify-subscription-id", "notify-recipient-uri")
    return all.first { $0.text.hasPrefix("rss:///\(feed)?") }?.number
  }

  private func subscribe(_ feed: String, _ connection: borrowing CUPSConnection)
    throws(Problem) -> Int?
  {
    let request = try request(IPP_OP_CREATE_PRINTER_SUBSCRIPTIONS, connection.library)
    let recipient = EventSubscription.recipient(feed)
    request.add(IPP_TAG_SUBSCRIPTION, IPP_TAG_URI, "notify-recipient-uri", recipient)
    request.add(
      IPP_TAG_SUBSCRIPTION, IPP_TAG_KEYWORD, "notify-events", EventSubscription.events)
    request.add(
      IPP_TAG_SUBSCRIPTION, IPP_TAG_INTEGER, "notify-lease-duration", EventSubscription.lease_s)
    let answer = try ask(request, connection)
    return answer.isSuccess ? answer.integer("notify-subscription-id") : nil
  }
}
