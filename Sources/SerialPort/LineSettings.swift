import Branch
import CLinux
import Glibc
import LinuxIO

/// The settings of a line as termios takes them.
extension SerialSettings {
  private var speed: speed_t { Self.speed(of: baud) }

  private static func speed(of baud: Int) -> speed_t {
    let code =
      switch baud {
      case 300: B300
      case 600: B600
      case 1200: B1200
      case 2400: B2400
      case 4800: B4800
      case 19_200: B19200
      case 38_400: B38400
      case 57_600: B57600
      case 115_200: B115200
      default: B9600
      }
    return speed_t(code)
  }

  /// Bits of c_cflag that make the form of a character.
  static let formMask = tcflag_t(CSIZE | PARENB | PARODD | CSTOPB)

  var form: tcflag_t {
    var flags = tcflag_t(dataBits == 7 ? CS7 : CS8)
    if parity != .none { flags |= tcflag_t(PARENB) }
    if parity == .odd { flags |= tcflag_t(PARODD) }
    if stopBits == 2 { flags |= tcflag_t(CSTOPB) }
    return flags
  }

  /// Sets the line to raw bytes in this form. Gives what the driver kept otherwise, as cheap
  /// adapters do with seven data bits; empty when all is as it should be.
  ///
  /// Modem lines are ignored (CLOCAL), signs rarely have them. HUPCL is off: with it each start of
  /// the program would drop DTR, and some adapters reset the sign on that.
  func apply(to descriptor: CInt) throws(SystemError) -> [String] {
    var line = termios()
    try SystemCall.check("tcgetattr", tcgetattr(descriptor, &line))
    cfmakeraw(&line)
    cfsetispeed(&line, speed)
    cfsetospeed(&line, speed)
    line.c_cflag &= ~(Self.formMask | tcflag_t(CRTSCTS) | tcflag_t(HUPCL))
    line.c_cflag |= form | tcflag_t(CLOCAL | CREAD)
    do throws(SystemError) {
      try SystemCall.check("tcsetattr", tcsetattr(descriptor, TCSANOW, &line))
    } catch {
      // EINVAL is glibc's word for a driver that kept its own number of bits: found out below.
      if error.errno != EINVAL { throw error }
    }
    var taken = termios()
    try SystemCall.check("tcgetattr", tcgetattr(descriptor, &taken))
    return refused(by: taken)
  }

  func problem(_ path: String, _ refused: [String]) -> Problem {
    Problem(
      code: "serial-refused", what: "\(path) cannot be set to \(self)",
      cause: "its driver does not do \(refused.joined(separator: ", "))",
      cure: "Take another adapter for this sign, or set the sign to what this one does.")
  }

  /// What a line with these flags does otherwise, in words.
  func refused(by taken: termios) -> [String] {
    var taken = taken
    var words: [String] = []
    if cfgetospeed(&taken) != speed {
      let kept = Self.bauds.first { Self.speed(of: $0) == cfgetospeed(&taken) }
      words.append("\(baud) baud (it keeps \(kept.map { "\($0)" } ?? "another speed"))")
    }
    let size = taken.c_cflag & tcflag_t(CSIZE)
    if size != tcflag_t(dataBits == 7 ? CS7 : CS8) {
      let kept = [(CS5, 5), (CS6, 6), (CS7, 7), (CS8, 8)].first { tcflag_t($0.0) == size }
      words.append("\(dataBits) data bits (it keeps \(kept?.1 ?? 8))")
    }
    let parities = tcflag_t(PARENB | PARODD)
    if taken.c_cflag & parities != form & parities {
      words.append(parity == .none ? "no parity" : "\(parity.rawValue) parity")
    }
    if (taken.c_cflag & tcflag_t(CSTOPB) != 0) != (stopBits == 2) {
      words.append(stopBits == 2 ? "2 stop bits" : "1 stop bit")
    }
    return words
  }
}
