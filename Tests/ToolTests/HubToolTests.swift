import Glibc
import Testing

@Suite("queuehub run", .timeLimit(.minutes(3)))
struct HubToolTests {
  let bench: Bench

  init() throws { bench = try Bench() }

  @Test(
    "an address that cannot be used is a wrong command line, told before a store is made",
    arguments: [
      ("foo", "[bad-address]"), ("127.0.0.1:99999", "[bad-address]"), ("::1:7557", "[bad-address]"),
      ("0.0.0.0:0", "[not-loopback]"), ("[::]:0", "[not-loopback]"),
      ("192.0.2.1:7557", "[not-loopback]"), ("[2001:db8::7]:7557", "[not-loopback]"),
      ("[zz]:7557", "[bad-address]"), ("[1:2]:7557", "[host-unknown]"),
    ])
  func badAddress(listen: String, code: String) throws {
    let store = bench.path("store")
    let hub = try bench.start("queuehub", ["run", "--data", store, "--listen", listen])
    try bench.wait("its end") { hub.code != nil }
    #expect(hub.code == 2)
    #expect(hub.errors.contains("--listen") && hub.errors.contains(code), "\(hub.errors)")
    #expect(access(store, F_OK) != 0)
  }

  @Test("an address of this machine is served", arguments: ["127.0.0.2:0", "localhost:0"])
  func loopback(listen: String) throws {
    let hub = try bench.start(
      "queuehub", ["run", "--data", bench.path("store"), "--listen", listen])
    try bench.wait("it to listen") { hub.errors.contains("listening on") || hub.code != nil }
    hub.send(SIGTERM)
    try bench.wait("its end") { hub.code != nil }
    #expect(hub.code == 0, "\(hub.errors)")
  }
}
