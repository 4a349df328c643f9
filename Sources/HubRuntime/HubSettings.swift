public import Branch

extension HubRuntime {
  public struct Settings: Sendable {
    public var hub = NodeID("hub")!
    /// Directory of the store; made when it is not there.
    public var data: String
    /// `host:port`; port 0 lets the kernel choose.
    public var listen: String
    public var heartbeat: Span = .seconds(15)
    /// Facts that a node may have on the way without an ACK, 1 to 4,096.
    public var window = 1024
    /// A rating within this time after the end of a visit at its counter belongs to that visit.
    public var ratingWindow: Span = .minutes(5)
    /// Connections at once, as far as the limit of descriptors allows; more are closed at once.
    public var connections_max = 12_000

    public init(data: String, listen: String) {
      self.data = data
      self.listen = listen
    }
  }
}
