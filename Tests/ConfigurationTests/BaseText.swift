import Configuration
import DeviceProfiles
import PositionedJSON
import Testing

/// A sound configuration that tests spoil in one place each.
let baseText = """
  {
    "node": "kiosk-1",
    "branch": {"id": "main", "name": "Town Hall", "timezone": "Europe/Berlin"},
    "journal": {"directory": "/var/lib/kioskd", "segmentMiB": 4, "capMiB": 256},
    "hub": {"addresses": ["127.0.0.1:7557", "[::1]:7557"], "heartbeatSeconds": 0.5},
    "devices": "/etc/kioskd/devices",
    "services": [
      {"id": "cash", "prefix": "A", "name": "Cash desk", "language": "de-AT"},
      {"id": "info", "prefix": "B", "name": "Information"},
    ],
    "tickets": {"template": "/etc/kioskd/ticket.json", "language": "en"},
    "numbers": {"first": 1, "last": 99, "reserve": 20, "leaseAnswerMs": 300},
    "counters": [{"id": "1", "services": ["cash", "info"]}, {"id": "2", "services": ["info"]}],
    "printers": [
      {"id": "front", "profile": "epson-tm-t88v", "usb": {"serial": "J1"}, "confirmSeconds": 9},
      {"id": "side", "profile": "generic-80mm", "usb": {"port": "1-2.3"}, "jobExpirySeconds": 30,
       "rollMetres": 80},
      {"id": "cups", "profile": "generic-80mm", "cups": {"queue": "q", "trustCompleted": true}},
      {"id": "fifo", "profile": "generic-58mm", "path": "/run/p", "template": "/t.json",
       "createFile": true},
    ],
    "signs": [
      {"id": "s1", "profile": "alpha-sign", "port": "/dev/ttyUSB0", "counter": "1", "address": "a"},
      {"id": "all", "profile": "stx-etx-sign", "port": "/dev/ttyUSB1", "main": true},
      {"id": "no", "profile": "stx-etx-sign", "port": "/dev/ttyUSB2", "refreshSeconds": 5},
    ],
    "terminals": [
      {"id": "kiosk", "profile": "kiosk-4-button", "device": {"port": "1-3"}, "sign": "no",
       "keys": {"button1": {"ticket": "cash"}, "button4": null}, "printers": ["front", "fifo"]},
      {"id": "pad", "profile": "counter-keypad", "device": {"byId": "usb-pad"}, "counter": "1"},
      {"id": "smile", "profile": "smiley-5", "device": {"path": "/run/s"}, "counter": "1"},
    ],
  }
  """

func readNode(
  _ text: String
) throws -> (configuration: NodeConfiguration?, diagnostics: [Diagnostic]) {
  NodeConfiguration.read(
    file: "k.json", bytes: Array(text.utf8), profiles: try Shipped.library.get())
}
