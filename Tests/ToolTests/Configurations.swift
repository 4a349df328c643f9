/// A configuration with the devices that a test has.
struct NodeText {
  var hub = "127.0.0.1:1"
  var zone = "Europe/Berlin"
  var journal: String
  /// The folder of the profiles; nil: the usual one.
  var devices: String?
  var printers: [String] = []
  var signs: [String] = []
  var terminals: [String] = []

  init(_ bench: Bench) { journal = bench.path("journal") }

  mutating func add(printer id: String, _ profile: String, path: String, more: String = "") {
    printers.append(#"{"id": "\#(id)", "profile": "\#(profile)", "path": "\#(path)"\#(more)}"#)
  }

  mutating func add(sign id: String, _ profile: String, port: String, more: String = "") {
    signs.append(
      #"{"id": "\#(id)", "profile": "\#(profile)", "port": "\#(port)", "counter": "1"\#(more)}"#)
  }

  mutating func add(keypad id: String, path: String) {
    terminals.append(
      #"{"id": "\#(id)", "profile": "counter-keypad", "device": {"path": "\#(path)"}, "#
        + #""counter": "1"}"#)
  }

  /// With an American keyboard and Tab behind each code.
  mutating func add(scanner id: String, path: String, printer: String) {
    terminals.append(
      #"{"id": "\#(id)", "profile": "hid-scanner", "device": {"path": "\#(path)"}, "#
        + #""scanner": {"suffix": "tab"}, "printers": ["\#(printer)"]}"#)
  }

  var text: String {
    """
    {"node": "k1",
     \(devices.map { "\"devices\": \"\($0)\"," } ?? "")
     "branch": {"id": "main", "name": "Town Hall", "timezone": "\(zone)"},
     "journal": {"directory": "\(journal)"}, "hub": {"addresses": ["\(hub)"]},
     "services": [{"id": "cash", "prefix": "A", "name": "Cash desk"}],
     "counters": [{"id": "1", "services": ["cash"]}],
     "printers": [\(printers.joined(separator: ", "))],
     "signs": [\(signs.joined(separator: ", "))],
     "terminals": [\(terminals.joined(separator: ", "))]}
    """
  }
}
