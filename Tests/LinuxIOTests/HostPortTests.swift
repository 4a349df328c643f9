import LineSocket
import Testing

@Suite("An address is a host and a port")
struct HostPortTests {
  @Test(
    "names and numbers are taken, and written as they are read",
    arguments: [
      ("hub.example.net:7557", "hub.example.net", 7557), ("127.0.0.1:1", "127.0.0.1", 1),
      ("[::1]:7557", "::1", 7557), ("[fe80::1%eth0]:65535", "fe80::1%eth0", 65_535),
      ("my_hub:80", "my_hub", 80),
    ])
  func good(text: String, host: String, port: UInt16) throws {
    let target = try #require(HostPort(text))
    #expect(target.host == host && target.port == port)
    #expect(HostPort(target.description) == target)
  }

  @Test(
    "everything else is none",
    arguments: [
      "", ":", "hub", "hub:", ":7557", "hub:0", "hub:65536", "hub:+80", "hub:-1", "hub: 80",
      "hub:7557 ", "::1:7557", "[]:7557", "[hub]:7557", "[[::1]]:7557", "[::1:7557", "a b:80",
      "h\u{FC}b:80", "hub\u{301}:80", "a:\u{301}80", "hub\n:80",
      String(repeating: "a", count: 254) + ":80",
    ])
  func bad(text: String) {
    #expect(HostPort(text) == nil)
  }

  @Test("port 0 is the kernel's choice where somebody listens")
  func anyPort() {
    #expect(HostPort("127.0.0.1:0", allowsAnyPort: true)?.port == 0)
    #expect(HostPort("127.0.0.1:0") == nil)
  }
}
